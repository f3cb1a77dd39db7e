/**
 * Minutes that only repeat a coarser meter: quarter-hour energy on a day that has a power reading as well, a device that is asked
 * every five minutes or once an hour. They show no kettle and no wash's shape, and a network of minutes finds nothing in their steps; in
 * quarter-hours they are what its networks know.
 */
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type EpochMs, minuteMs } from '../energy/civil-time.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { minutesPerQuarter as quarterSlots, quartersOf } from '../energy/quarter-hours.ts'
import { flooredToStep } from './ledger.ts'
import type { ToldDay } from './session.ts'

/** Slots of an hour of minutes. */
const hourSlots = 60
/** A meter of minutes moves up and down within three of them again and again; one that is read further apart does so by accident at most. */
const fineMovesLeast = 2
/** An hour of quarter-hours steps on their bounds alone, this often at least. */
const quarterStepsLeast = 2
/** An hour of readings some minutes apart steps this often. Where a meter rounds, a compressor's switching is not as frequent. */
const spacedStepsLeast = 8
/**
 * Readings further apart step at multiples of one spacing: so are nearly all distances between steps, and some are just that. A
 * compressor that switches on the minute has multiples alone.
 */
const distancesLeast = 8
const spacedShareLeast = 0.9
const nextShareLeast = 0.1
/** Minutes that are read in pairs still show a kettle. */
const minutesApartLeast = 3
const quartersApartLeast = 2
/** So many hours must look coarse before a day does. */
const coarseHoursLeast = 2

/**
 * Whether the minutes of a day repeat a coarser meter for most of it.
 * @param before the day before it: where a day does not show it, in its first hours or where little changes, it is as that one shows itself
 */
export function isCoarse(day: DayCurve, before?: DayCurve): boolean {
  if (day.slotS !== 60) return false
  const { coarse, fine, unclear, steps } = hoursOf(day)
  const isSpaced = coarse + unclear > fine && spacingOf(steps, minutesApartLeast, hourSlots) > 1
  const found = isSpaced ? coarse + unclear : coarse
  if (found >= coarseHoursLeast && found > fine) return true
  return fine === 0 && before !== undefined && isCoarse(before)
}

/**
 * How far apart the readings are that a day's slots repeat [s]: an hour at most; the length of a slot where they repeat none.
 * @param day minutes that are coarse, or quarter-hours
 */
export function readingsApartS(day: DayCurve): number {
  const spacing =
    day.slotS === 60
      ? spacingOf(hoursOf(day).steps, minutesApartLeast, hourSlots)
      : spacingOf(stepsOf(day), quartersApartLeast, hourSlots / quarterSlots)
  return day.slotS * spacing
}

/** How many hours of a day of minutes look coarse, fine, and like neither though power steps in them; and the steps of all that are not fine. */
function hoursOf(day: DayCurve): { coarse: number; fine: number; unclear: number; steps: Int8Array } {
  const steps = stepsOf(day)
  let [coarse, fine, unclear] = [0, 0, 0]
  for (let from = 0; from < steps.length; from += hourSlots) {
    const hour = steps.subarray(from, from + hourSlots)
    const look = lookOf(hour)
    if (look === 'coarse') coarse += 1
    else if (look === 'fine') {
      fine += 1
      hour.fill(0)
    } else if (hour.some((step) => step !== 0)) unclear += 1
  }
  return { coarse, fine, unclear, steps }
}

/** The number of slots that nearly all distances between moves are multiples of, and some are; 1 where there is none, or too few to tell. */
function spacingOf(steps: Int8Array, least: number, most: number): number {
  const distances: number[] = []
  let last = -1
  for (const [slot, step] of steps.entries()) {
    // What is switched within a slot is two steps in one direction.
    if (step === 0 || (slot - last === 1 && steps[last] === step)) continue
    if (last >= 0) distances.push(slot - last)
    last = slot
  }
  if (distances.length < distancesLeast) return 1
  for (let spacing = most; spacing >= least; spacing--) {
    const fitting = distances.filter((distance) => distance % spacing === 0)
    const next = fitting.filter((distance) => distance === spacing)
    if (fitting.length >= spacedShareLeast * distances.length && next.length >= nextShareLeast * distances.length)
      return spacing
  }
  return 1
}

/**
 * Where the power differs from the last that was measured, within an hour: 1 up, -1 down, 0 elsewhere. What changed while no minutes were
 * measured counts at the bound of a quarter-hour, where one lies there.
 */
function stepsOf({ powerW, measured, slotS }: DayCurve): Int8Array {
  const steps = new Int8Array(powerW.length)
  let last = -1
  for (let slot = 0; slot < powerW.length; slot++) {
    if (measured[slot] !== 1) continue
    const bound = slotS === 60 ? slot - (slot % quarterSlots) : slot
    const step = Math.sign((powerW[slot] ?? 0) - (powerW[last] ?? 0))
    if (last >= 0 && (slot - last) * slotS <= 3600) steps[bound > last ? bound : slot] = step
    last = slot
  }
  return steps
}

/** What the steps of an hour look like; `undefined` where there are too few to tell. */
function lookOf(steps: Int8Array): 'coarse' | 'fine' | undefined {
  let [all, onQuarters, fineMoves, moves] = [0, 0, 0, 0]
  for (const [slot, step] of steps.entries()) {
    if (step === 0) continue
    all += 1
    if (slot % quarterSlots === 0) onQuarters += 1
    // What is switched within a minute is two steps in one direction.
    if ((steps[slot - 1] ?? 0) === 0) moves += 1
    if ((steps[slot + 1] ?? 0) * step < 0 || (steps[slot + 2] ?? 0) !== 0) fineMoves += 1
  }
  if (fineMoves >= fineMovesLeast) return 'fine'
  const isOnQuarters = onQuarters === all && all >= quarterStepsLeast
  return isOnQuarters || (fineMoves === 0 && moves >= spacedStepsLeast) ? 'coarse' : undefined
}

/** A coarse day of minutes in quarter-hours. Any minute says what its quarter-hour draws, which has the energy of the known ones. */
export function asQuarters(day: DayCurve): ToldDay {
  const { powerW, known, knownShare } = quartersOf(day.powerW, day.measured, 1)
  return { ...day, slotS: 900, powerW, measured: known, knownShare, readingsApartS: readingsApartS(day) }
}

/**
 * Columns of quarter-hours in the minutes of the day: in each minute the share of its quarter-hour's power, at most the meter's.
 * Kept in steps of 1/16 W, like a ledger's: an appliance loses less than that in a minute.
 * @param quarters the day in quarter-hours, as it was told apart
 */
export function inMinutes(
  day: DayCurve,
  quarters: DayCurve,
  columns: ReadonlyMap<ApplianceKey, Float32Array>,
): Map<ApplianceKey, Float32Array> {
  const minutes = new Map([...columns.keys()].map((appliance) => [appliance, new Float32Array(day.powerW.length)]))
  for (let slot = 0; slot < day.powerW.length; slot++) {
    const quarter = Math.floor(slot / quarterSlots)
    let leftW = day.measured[slot] === 1 ? (day.powerW[slot] ?? 0) : 0
    if (leftW === 0 || quarters.measured[quarter] !== 1) continue
    const share = leftW / (quarters.powerW[quarter] ?? 0)
    for (const [appliance, column] of minutes) {
      const gotW = flooredToStep(Math.min(leftW, share * (columns.get(appliance)?.[quarter] ?? 0)))
      column[slot] = gotW
      leftW -= gotW
    }
  }
  return minutes
}

/**
 * Runs that begin and end with a measured minute, where a quarter-hour at either end is known in part. Every day that tells of a
 * run says the same: its ends are looked for in the days in which they lie.
 * @param coarse days of minutes that were told apart in quarter-hours
 */
export function betweenMeasured(runs: readonly Run[], coarse: readonly DayCurve[]): Run[] {
  if (coarse.length === 0) return [...runs]
  return runs.map(({ startAt, stopAt, ...rest }) => ({
    ...rest,
    startAt: firstMeasuredAt(dayAt(coarse, startAt), startAt),
    stopAt: lastMeasuredAt(dayAt(coarse, stopAt - minuteMs), stopAt),
  }))
}

function dayAt(days: readonly DayCurve[], at: EpochMs): DayCurve | undefined {
  return days.find(({ startAt, measured }) => at >= startAt && at < startAt + measured.length * minuteMs)
}

/** The first measured minute from an instant on in its quarter-hour; the instant itself where there is none. */
function firstMeasuredAt(day: DayCurve | undefined, from: EpochMs): EpochMs {
  if (day === undefined) return from
  const start = Math.round((from - day.startAt) / minuteMs)
  const first = day.measured.indexOf(1, start)
  return first >= 0 && first < start + quarterSlots ? day.startAt + first * minuteMs : from
}

/** The end of the last measured minute up to an instant in the quarter-hour before it; the instant itself where there is none. */
function lastMeasuredAt(day: DayCurve | undefined, until: EpochMs): EpochMs {
  if (day === undefined) return until
  const stop = Math.round((until - day.startAt) / minuteMs)
  const last = day.measured.lastIndexOf(1, stop - 1)
  return last >= 0 && last >= stop - quarterSlots ? day.startAt + (last + 1) * minuteMs : until
}
