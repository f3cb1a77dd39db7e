/**
 * Standby: the power a home never stops drawing, refrigeration excluded.
 *
 * Of each day, the low quantile of the quiet night slots: at that moment even the compressors rest, and nobody is up. Of
 * the days of the context, the lower quartile: what is on in some nights only is not standby, and one night of absence
 * or of a failing meter does not move it. So it changes slowly from week to week. In a slot, standby is never more than
 * the least the home drew around it in its session: where the load falls below, something that is usually always on was off.
 */
import type { DayCurve } from '../energy/load-curve.ts'
import { leastAround } from './least-around.ts'
import { give, type Ledger } from './ledger.ts'

/** The quiet part of the night: so many hours from midnight on. */
const nightHours = 6
/** The quantile of the night's slots that stands for its floor. */
const quietQuantile = 0.05
/** A night, or a day, with less measured time says nothing [s]. */
const leastMeasuredS = 5400

/** The floor of one day [W]: its night's, else that of all of it; `undefined` where too little of it was measured. */
export function floorOfDayW(day: DayCurve): number | undefined {
  const nightSlots = Math.min(day.powerW.length, (nightHours * 3600) / day.slotS)
  return quietQuantileW(day, nightSlots) ?? quietQuantileW(day, day.powerW.length)
}

/** Which of the days' floors stands for the home: the lower quartile. */
const daysQuantile = 0.25
/** How far around a slot its least load is sought, on either side [s]: further than a compressor stays on. */
const leastReachS = 5400

/** The floor of a context of days [W]; `undefined` where none has one. */
export function standbyOfDaysW(floorsW: readonly (number | undefined)[]): number | undefined {
  const known = floorsW.filter((floorW) => floorW !== undefined).sort((a, b) => a - b)
  return known[Math.floor(daysQuantile * (known.length - 1))]
}

function quietQuantileW(day: DayCurve, slots: number): number | undefined {
  const powersW = new Float64Array(slots)
  let count = 0
  for (let slot = 0; slot < slots; slot++) {
    if (day.measured[slot] === 1) powersW[count++] = day.powerW[slot] ?? 0
  }
  if (count * day.slotS < leastMeasuredS) return undefined
  return powersW.subarray(0, count).sort()[Math.floor(quietQuantile * (count - 1))]
}

/** Gives standby its slots. */
export function giveStandby(ledger: Ledger, standbyW: number): void {
  const { powerW, measured, slotS } = ledger.session
  const seenW = powerW.map((hereW, slot) => (measured[slot] === 1 ? hereW : standbyW))
  const leastW = leastAround(seenW, Math.round(leastReachS / slotS))
  for (let slot = 0; slot < powerW.length; slot++) give(ledger, 'standby', slot, Math.min(standbyW, leastW[slot] ?? 0))
}
