/**
 * Standby: the power a home never stops drawing, refrigeration excluded.
 *
 * Of each day, the low quantile of the quiet night slots: at that moment even the compressors rest, and nobody is up. Of
 * the days of the context, the median: one night with a lamp left on does not move it, and it changes slowly from week
 * to week.
 */
import type { DayCurve } from '../energy/load-curve.ts'

/** The quiet part of the night [h after midnight]. */
const nightHours = 6
/** The quantile of the night's slots that stands for its floor. */
const quietQuantile = 0.05
/** A night with less measured time says nothing [s]. */
const leastMeasuredS = 5400

/** The floor of one day [W], or `undefined` where too little of it was measured. */
export function floorOfDayW(day: DayCurve): number | undefined {
  const nightSlots = Math.min(day.powerW.length, (nightHours * 3600) / day.slotS)
  return quietQuantileW(day, nightSlots) ?? quietQuantileW(day, day.powerW.length)
}

/** The floor of a context of days [W]: the median of theirs; 0 where none has one. */
export function standbyOfDaysW(floorsW: readonly (number | undefined)[]): number {
  const known = floorsW.filter((floorW) => floorW !== undefined).sort((a, b) => a - b)
  return known[(known.length - 1) >> 1] ?? 0
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
