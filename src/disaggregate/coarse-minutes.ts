/**
 * Minutes that only repeat a coarser meter: quarter-hour energy on a day that has a power reading as well, a device that is asked
 * every five minutes. They show no kettle and no wash's shape, and a network of minutes finds nothing in their steps; in
 * quarter-hours they are what its networks know.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { flooredToStep } from './ledger.ts'

/** Slots of an hour of minutes. */
const hourSlots = 60
const quarterSlots = 15
/** A meter of minutes moves twice within three of them again and again; one that is read further apart does so by accident at most. */
const fineMovesLeast = 2
/** An hour of quarter-hours steps on their bounds alone, this often at least. */
const quarterStepsLeast = 2
/** An hour of readings some minutes apart steps this often; a meter that rounds steps seldom and at any time. */
const spacedStepsLeast = 8
/** So many hours must look coarse before a day does. */
const coarseHoursLeast = 2

/** Whether the minutes of a day repeat a coarser meter for most of it. */
export function isCoarse({ slotS, powerW, measured }: DayCurve): boolean {
  if (slotS !== 60) return false
  const steps = powerW.map((hereW, slot) =>
    slot > 0 && measured[slot] === 1 && measured[slot - 1] === 1 && hereW !== powerW[slot - 1] ? 1 : 0,
  )
  let [coarse, fine] = [0, 0]
  for (let from = 0; from < steps.length; from += hourSlots) {
    const look = lookOf(steps.subarray(from, from + hourSlots))
    if (look === 'coarse') coarse += 1
    if (look === 'fine') fine += 1
  }
  return coarse >= coarseHoursLeast && coarse > fine
}

/** What the steps of an hour look like; `undefined` where there are too few to tell. */
function lookOf(steps: Float64Array): 'coarse' | 'fine' | undefined {
  let [all, onQuarters, fineMoves] = [0, 0, 0]
  for (const [slot, step] of steps.entries()) {
    if (step === 0) continue
    all += 1
    if (slot % quarterSlots === 0) onQuarters += 1
    if (steps[slot + 2] === 1) fineMoves += 1
  }
  if (fineMoves >= fineMovesLeast) return 'fine'
  const isOnQuarters = onQuarters === all && all >= quarterStepsLeast
  return isOnQuarters || (fineMoves === 0 && all >= spacedStepsLeast) ? 'coarse' : undefined
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
