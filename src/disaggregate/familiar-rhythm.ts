/**
 * A compressor keeps its rhythm: where it was seen to cycle regularly before and after, it cycled in between.
 *
 * Under an oven or a wash a network does not see a fridge. So where the pause between two cycles that were seen is as long
 * as a few periods, the cycles that are missing are put there: as long and strong as those around, each where the belief is
 * highest near the beat, and only where the meter has room for it.
 */
import { median, quantile } from 'simple-statistics'
import type { Stretch } from './familiar-program.ts'
import type { Candidate, Outputs } from './runs-from-belief.ts'
import type { Session } from './session.ts'

/** A rhythm is made of up to so many cycles on either side of a pause, and of no fewer intervals than this. */
const [cyclesAround, leastIntervals] = [8, 5]
/** This quantile of the intervals misses no cycle; those longer than so many times it miss one themselves. */
const [shortQuantile, singleShare] = [0.3, 1.6]
/** The middle half of the intervals lies within this share of the period, or there is no rhythm. */
const spreadShare = 0.35
/** At most so many cycles are missing at once; they divide the pause into periods right to this share. */
const [mostMissing, periodShare] = [5, 0.2]
/** How far from the beat a cycle may lie [share of the period], and what distance costs in belief. */
const [offBeatShare, offBeatCost] = [0.2, 0.3]
/** A compressor rests at least this long between two cycles [s]. */
const leastRestS = 120
/** A network that believes less than this saw that there is none. */
const leastBelief = 0.15
/** The meter shows at least this share of the cycle's power throughout. */
const roomShare = 0.9

/** A cycle that was seen, and the power [W] that it draws where it draws. */
interface Cycle extends Stretch {
  readonly typicalW: number
}

interface Rhythm {
  readonly periodSlots: number
  readonly cycleSlots: number
  readonly powerW: number
}

/** The cycles that are missing among those that were seen in a session; both by start, none over another. */
export function missingCycles(session: Session, { belief }: Outputs, seen: readonly Candidate[]): Candidate[] {
  const cycles = seen.map((cycle) => ({ ...cycle, typicalW: typicalOfW(cycle.powerW) }))
  const restSlots = Math.ceil(leastRestS / session.slotS)
  return cycles.flatMap((before, index) => {
    const after = cycles[index + 1]
    const rhythm = after === undefined ? undefined : rhythmAround(cycles, index)
    if (after === undefined || rhythm === undefined) return []
    const placed: Candidate[] = []
    for (const beat of beatsBetween(before, after, rhythm)) {
      const from = (placed.at(-1) ?? before).stop + restSlots
      const cycle = cycleNear(beat, { session, belief, rhythm, from, to: after.start - restSlots })
      if (cycle !== undefined) placed.push(cycle)
    }
    return placed
  })
}

function typicalOfW(powerW: Float32Array): number {
  const drawnW = [...powerW].filter((hereW) => hereW > 0)
  return drawnW.length === 0 ? 0 : median(drawnW)
}

/** The rhythm of the cycles around the pause after one of them, if they have one. */
function rhythmAround(cycles: readonly Cycle[], index: number): Rhythm | undefined {
  const around = cycles.slice(Math.max(0, index - cyclesAround + 1), index + cyclesAround + 1)
  const intervals = around.slice(1).map((cycle, place) => cycle.start - (around[place]?.start ?? 0))
  if (intervals.length < leastIntervals) return undefined
  const longest = singleShare * quantile(intervals, shortQuantile)
  const single = intervals.filter((interval) => interval < longest)
  if (single.length < leastIntervals) return undefined
  const periodSlots = median(single)
  if (quantile(single, 0.75) - quantile(single, 0.25) > spreadShare * periodSlots) return undefined
  return {
    periodSlots,
    cycleSlots: Math.floor(median(around.map((cycle) => cycle.stop - cycle.start))),
    powerW: median(around.map((cycle) => cycle.typicalW)),
  }
}

/** When the cycles between two that were seen would begin [slots]; none where the pause is no multiple of the period. */
function beatsBetween(before: Cycle, after: Cycle, { periodSlots }: Rhythm): number[] {
  const pauseSlots = after.start - before.start
  const periods = Math.round(pauseSlots / periodSlots)
  if (periods < 2 || periods > mostMissing + 1) return []
  const beatSlots = pauseSlots / periods
  if (Math.abs(beatSlots - periodSlots) > periodShare * periodSlots) return []
  return Array.from({ length: periods - 1 }, (_, missing) => before.start + (missing + 1) * beatSlots)
}

interface Pause {
  readonly session: Session
  readonly belief: Float32Array
  readonly rhythm: Rhythm
  /** The first slot in which a cycle may begin, and the one by which it has ended. */
  readonly from: number
  readonly to: number
}

/** The likeliest cycle near a beat, if there is room for one. */
function cycleNear(beat: number, { session, belief, rhythm, from, to }: Pause): Candidate | undefined {
  const { periodSlots, cycleSlots, powerW } = rhythm
  let [best, bestWorth, bestBelief] = [-1, Number.NEGATIVE_INFINITY, 0]
  const last = Math.min(to - cycleSlots, Math.floor(beat + offBeatShare * periodSlots))
  for (let start = Math.max(from, Math.ceil(beat - offBeatShare * periodSlots)); start <= last; start++) {
    const believed = meanOf(belief, start, start + cycleSlots)
    const worth = believed - (offBeatCost * Math.abs(start - beat)) / periodSlots
    if (worth > bestWorth) [best, bestWorth, bestBelief] = [start, worth, believed]
  }
  if (best < 0 || bestBelief < leastBelief || !hasRoom(session, best, best + cycleSlots, powerW)) return undefined
  return { start: best, stop: best + cycleSlots, belief: bestBelief, powerW: new Float32Array(cycleSlots).fill(powerW) }
}

function hasRoom({ powerW, measured }: Session, start: number, stop: number, neededW: number): boolean {
  for (let slot = start; slot < stop; slot++)
    if (measured[slot] !== 1 || (powerW[slot] ?? 0) < roomShare * neededW) return false
  return true
}

function meanOf(values: Float32Array, start: number, stop: number): number {
  let sum = 0
  for (let slot = start; slot < stop; slot++) sum += values[slot] ?? 0
  return sum / (stop - start)
}
