/**
 * How long a home's compressor usually runs and rests, and what it usually draws: learned from the cycles that a network saw
 * well, of some days.
 *
 * By day, among other loads, a network takes a cycle apart or sees one in what is none; most of those are short. It also
 * misses cycles for hours, which makes few and long rests. So lengths are weighted by their square roots: many short ones
 * count for little, and one long one does not outweigh the rest.
 */
import { median } from 'simple-statistics'
import type { Stretch } from './familiar-program.ts'
import type { Session } from './session.ts'

/** How long something lasts: log-normal, by its median [slots] and the standard deviation of its logarithm. */
export interface UsualLength {
  readonly medianSlots: number
  readonly spread: number
}

export interface CompressorHabits {
  readonly running: UsualLength
  readonly resting: UsualLength
}

/** Fewer cycles show no habit. */
const leastCycles = 6
/** A compressor is never steadier than this, and one whose cycles were seen to vary more was not seen well. */
const [leastSpread, mostSpread] = [0.25, 0.5]
/** The standard deviation of a normal distribution, in medians of its absolute deviations (Hampel 1974). */
const deviationsOfMedian = 1.4826

/** The habits of a compressor; `undefined` where too few cycles were seen, or no rest between two. @param seen the cycles of each session, by start */
export function habitsOf(seen: readonly (readonly Stretch[])[]): CompressorHabits | undefined {
  const runs = seen.flatMap((cycles) => cycles.map(({ start, stop }) => stop - start))
  const rests = seen.flatMap((cycles) => cycles.slice(1).map(({ start }, place) => start - (cycles[place]?.stop ?? 0)))
  if (runs.length < leastCycles || rests.length === 0) return undefined
  return { running: usualLength(runs), resting: usualLength(rests) }
}

function usualLength(lengths: readonly number[]): UsualLength {
  const medianSlots = weightedMedian(lengths.map((slots) => [slots, Math.sqrt(slots)]))
  const deviation = weightedMedian(lengths.map((slots) => [Math.abs(Math.log(slots / medianSlots)), Math.sqrt(slots)]))
  const spread = Math.min(mostSpread, Math.max(leastSpread, deviationsOfMedian * deviation))
  return { medianSlots, spread }
}

/** The value below which half of the weight lies, of pairs of value and weight. */
function weightedMedian(pairs: readonly (readonly [value: number, weight: number])[]): number {
  const sorted = [...pairs].sort((one, other) => one[0] - other[0])
  let half = sorted.reduce((sum, [, weight]) => sum + weight, 0) / 2
  for (const [value, weight] of sorted) {
    half -= weight
    if (half <= 0) return value
  }
  throw new RangeError('no values')
}

/** How near to the edge of a cycle its surroundings are measured [slots], the edge itself left out: it is cut. */
const besideSlots = [2, 3]
/** Before and after a calm cycle the home draws the same to this [W]; it is no shorter than this [slots]. */
const [calmMostW, leastSlots] = [15, 4]
/**
 * A cycle that draws more or less than a network says by more than this factor is another load's: a heater of the night switches as
 * calmly, and as often.
 */
const mostApart = 1.5
/** So many calm cycles tell the power, and no network is believed to be off by more than this factor. */
const [leastCalm, mostFactor] = [6, 2]

/**
 * What a compressor draws in a calm cycle [W]: what the meter shows above what the home draws before and after. `undefined` where
 * something else switches beside it, where it or its surroundings are not measured, or where the meter shows something else than it.
 * @param believedW what a network says that it draws, slot by slot of the session
 */
export function calmPowerW(session: Session, { start, stop }: Stretch, believedW: Float32Array): number | undefined {
  if (stop - start < leastSlots || session.measured.subarray(start, stop).includes(0)) return undefined
  const beforeSlots = besideSlots.map((slots) => start - slots)
  const afterSlots = besideSlots.map((slots) => stop + slots - 1)
  const [beforeW, afterW] = [meanOfW(session, beforeSlots), meanOfW(session, afterSlots)]
  if (!(Math.abs(beforeW - afterW) <= calmMostW)) return undefined
  const drawsW = median([...session.powerW.slice(start + 1, stop - 1)]) - (beforeW + afterW) / 2
  const wouldBeW = median([...believedW.slice(start, stop)])
  return drawsW < mostApart * wouldBeW && wouldBeW < mostApart * drawsW ? drawsW : undefined
}

/** What a compressor usually draws [W], by its calm cycles of some days; `undefined` where there are too few. */
export function usualPowerW(cycles: readonly { readonly calmPowerW?: number }[]): number | undefined {
  const calmPowersW = cycles.flatMap((cycle) => cycle.calmPowerW ?? [])
  return calmPowersW.length < leastCalm ? undefined : median(calmPowersW)
}

/**
 * The factor from the power that a network believes a compressor to draw in the cycles of a session to what it usually draws; 1
 * where either is not known. One for all cycles: what differs between them, two compressors or a defrost, differs still.
 */
export function factorToUsual(
  { measured }: Session,
  usualW: number | undefined,
  believedW: Float32Array,
  cycles: readonly Stretch[],
): number {
  const believedThenW = cycles.flatMap(({ start, stop }) =>
    Array.from(believedW.slice(start, stop).filter((_, slot) => measured[start + slot] === 1)),
  )
  if (usualW === undefined || believedThenW.length === 0) return 1
  const wouldBeW = median(believedThenW)
  return wouldBeW > 0 ? Math.min(mostFactor, Math.max(1 / mostFactor, usualW / wouldBeW)) : 1
}

/** The mean of some slots [W]; not a number where one of them is unmeasured. */
function meanOfW({ powerW, measured }: Session, slots: readonly number[]): number {
  const sumW = slots.reduce((sum, slot) => sum + (measured[slot] === 1 ? (powerW[slot] ?? 0) : Number.NaN), 0)
  return sumW / slots.length
}
