/**
 * Minutes that only repeat a coarser meter: quarter-hour energy on a day that has a power reading as well, a device that is asked
 * every five minutes. They show no kettle and no wash's shape, and a network of minutes finds nothing in their steps; in
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
/** So many hours must look coarse before a day does. */
const coarseHoursLeast = 2

/** Whether the minutes of a day repeat a coarser meter for most of it. */
export function isCoarse(day: DayCurve): boolean {
  if (day.slotS !== 60) return false
  const steps = stepsOf(day)
  let [coarse, fine] = [0, 0]
  for (let from = 0; from < steps.length; from += hourSlots) {
    const look = lookOf(steps.subarray(from, from + hourSlots))
    if (look === 'coarse') coarse += 1
    if (look === 'fine') fine += 1
  }
  return coarse >= coarseHoursLeast && coarse > fine
}

/**
 * Where the power differs from the last that was measured, within an hour: 1 up, -1 down, 0 elsewhere. What changed while nothing was
 * measured counts at the bound of a quarter-hour, where one lies there.
 */
function stepsOf({ powerW, measured }: DayCurve): Int8Array {
  const steps = new Int8Array(powerW.length)
  let last = -1
  for (let slot = 0; slot < powerW.length; slot++) {
    if (measured[slot] !== 1) continue
    const bound = slot - (slot % quarterSlots)
    const step = Math.sign((powerW[slot] ?? 0) - (powerW[last] ?? 0))
    if (last >= 0 && slot - last <= hourSlots) steps[bound > last ? bound : slot] = step
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

/** A day of minutes in quarter-hours: one counts when half of its minutes are known, and has the energy of these. */
export function asQuarters(day: DayCurve): ToldDay {
  const { powerW, known, knownShare } = quartersOf(day.powerW, day.measured)
  return { ...day, slotS: 900, powerW, measured: known, knownShare }
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
