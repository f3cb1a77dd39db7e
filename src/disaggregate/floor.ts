/**
 * Standby: the power a home never stops drawing, refrigeration excluded.
 *
 * Of each day, the low quantile of the quiet night slots: at that moment even the compressors rest, and nobody is up. Of
 * the days of the context, the lower quartile: what is on in some nights only is not standby, and one night of absence
 * or of a failing meter does not move it. So it changes slowly from week to week. Around a slot, standby is never more than
 * the least the home drew in its session: where the load falls below, something that is usually always on was off.
 *
 * A single minute may be low by a meter's noise, or lie between two pulses of its register. So a minute counts as its
 * quarter-hour, or as a rest of some minutes where that is less; and what a minute has too little of, the others of its
 * quarter-hour make up for.
 */
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { minutesPerQuarter, quartersOf } from '../energy/quarter-hours.ts'
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
/** So many minutes that stay the same are a rest; fewer may be by accident. */
const restMinutes = 5

/** The floor of a context of days [W]; `undefined` where none has one. */
export function standbyOfDaysW(floorsW: readonly (number | undefined)[]): number | undefined {
  const known = floorsW.filter((floorW) => floorW !== undefined).sort((a, b) => a - b)
  return known[Math.floor(daysQuantile * (known.length - 1))]
}

function quietQuantileW(day: DayCurve, slots: number): number | undefined {
  const seenW = day.powerW.subarray(0, slots).filter((_, slot) => day.measured[slot] === 1)
  if (seenW.length * day.slotS < leastMeasuredS) return undefined
  const loadW = settled(seenW, new Uint8Array(seenW.length).fill(1), day.slotS)
  return loadW.sort()[Math.floor(quietQuantile * (loadW.length - 1))]
}

/** Gives standby its slots: of each quarter-hour, what lies below one level. */
export function giveStandby(ledger: Ledger, standbyW: number): void {
  const { powerW, measured, slotS } = ledger.session
  const leastW = leastAround(settled(powerW, measured, slotS), Math.round(leastReachS / slotS))
  const together = slotS === 60 ? minutesPerQuarter : 1
  for (let from = 0; from < powerW.length; from += together) {
    let [seen, sumW, lowestW] = [0, 0, Number.POSITIVE_INFINITY]
    for (let slot = from; slot < from + together; slot++) {
      if (measured[slot] !== 1) continue
      seen += 1
      sumW += Math.min(standbyW, leastW[slot] ?? 0)
      lowestW = Math.min(lowestW, powerW[slot] ?? 0)
    }
    const evenW = sumW / seen
    const seenW = () => powerW.subarray(from, from + together).filter((_, slot) => measured[from + slot] === 1)
    const levelW = evenW <= lowestW ? evenW : levelOf(seenW(), sumW)
    for (let slot = from; slot < from + together; slot++) give(ledger, 'standby', slot, levelW)
  }
}

/**
 * What is drawn in each slot, without a meter's noise and pulses [W]: the mean of its quarter-hour, or a rest of some minutes around it
 * where that is less. Infinite where neither is known.
 */
function settled(powerW: Float64Array, measured: Uint8Array, slotS: SlotS): Float64Array {
  const unknown = Number.POSITIVE_INFINITY
  if (slotS === 900) return powerW.map((hereW, slot) => (measured[slot] === 1 ? hereW : unknown))
  const quarters = quartersOf(powerW, measured)
  const settledW = powerW.map((_, slot) => {
    const quarter = Math.floor(slot / minutesPerQuarter)
    return quarters.known[quarter] === 1 ? (quarters.powerW[quarter] ?? unknown) : unknown
  })
  for (let from = 0; from + restMinutes <= powerW.length; from++) {
    const restW = restOf(powerW, measured, from)
    for (let slot = from; slot < from + restMinutes; slot++) if (restW < (settledW[slot] ?? 0)) settledW[slot] = restW
  }
  return settledW
}

/**
 * The power of a rest that begins in a minute [W]: the mean, and half the range. Where that range is noise or a pulse, it is more
 * than the mean of a quarter-hour. Infinite where a minute lacks, and where nothing is drawn: a register may be between two pulses.
 */
function restOf(powerW: Float64Array, measured: Uint8Array, from: number): number {
  let sumW = 0
  let leastW = Number.POSITIVE_INFINITY
  let mostW = 0
  for (let slot = from; slot < from + restMinutes; slot++) {
    if (measured[slot] !== 1) return Number.POSITIVE_INFINITY
    const hereW = powerW[slot] ?? 0
    sumW += hereW
    if (hereW < leastW) leastW = hereW
    if (hereW > mostW) mostW = hereW
  }
  return mostW === 0 ? Number.POSITIVE_INFINITY : sumW / restMinutes + (mostW - leastW) / 2
}

/** The level below which there is so much of some powers in all [W]; infinite where there is not. */
function levelOf(powersW: Float64Array, sumW: number): number {
  powersW.sort()
  let leftW = sumW
  for (let place = 0; place < powersW.length; place++) {
    const powerW = powersW[place] ?? 0
    const levelW = leftW / (powersW.length - place)
    if (levelW <= powerW) return levelW
    leftW -= powerW
  }
  return Number.POSITIVE_INFINITY
}
