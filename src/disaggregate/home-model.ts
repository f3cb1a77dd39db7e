/**
 * What a week of a home teaches about it: its floor, its refrigeration, the power of its kettle.
 *
 * A model for a day is made of the day and the six before, each summed up on its own, so that the day after (which sees
 * one day more into the past than it needs for itself) makes the very same model of the day before.
 */
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { floorOfDayW, standbyOfDaysW } from './floor.ts'
import { findPulses, type Pulse } from './pulses.ts'
import { type Refrigeration, refrigerationOf } from './refrigeration.ts'

/** Days a model looks back, the day itself included. */
export const modelDays = 7
/** Smallest pulse worth pairing [W]. */
export const leastPulseW = 40

/** One day, summed up. */
export interface DayProfile {
  readonly slotS: SlotS
  /** Measured share of the day, 0–1. */
  readonly measuredShare: number
  readonly floorW: number | undefined
  readonly pulses: readonly Pulse[]
}

/** What the analysis of a day knows of the home. */
export interface HomeModel {
  readonly standbyW: number
  /** Days that had a say. */
  readonly days: number
  readonly refrigeration: Refrigeration | undefined
  /** Power [W] of the short pulses the home makes most often in the kettle's range. */
  readonly kettleW: number | undefined
  readonly microwaveW: number | undefined
}

/** Sums up one day. */
export function profileOf(day: DayCurve): DayProfile {
  let measuredSlots = 0
  for (const flag of day.measured) measuredSlots += flag
  const floorW = floorOfDayW(day)
  const pulses = day.slotS === 60 ? findPulses(day.powerW, day.measured, leastPulseW, floorW ?? 0) : []
  return { slotS: day.slotS, measuredShare: measuredSlots / Math.max(1, day.powerW.length), floorW, pulses }
}

/** The model that a few consecutive days make, the newest last. */
export function modelOf(profiles: readonly DayProfile[]): HomeModel {
  const pulses = profiles.flatMap((profile) => profile.pulses)
  return {
    standbyW: standbyOfDaysW(profiles.map((profile) => profile.floorW)),
    days: profiles.filter((profile) => profile.measuredShare > 0.1).length,
    refrigeration: refrigerationOf(pulses),
    kettleW: commonHeightW(pulses, 1700, 3200, 6),
    microwaveW: commonHeightW(pulses, 900, 1650, 9),
  }
}

/** The most frequent height among sure, short pulses in a range; `undefined` below three of them. */
function commonHeightW(pulses: readonly Pulse[], fromW: number, toW: number, maxSlots: number): number | undefined {
  const heights = pulses
    .filter((one) => one.sure && one.heightW >= fromW && one.heightW < toW && one.stop - one.start <= maxSlots)
    .map((one) => one.heightW)
    .sort((a, b) => a - b)
  let best: number | undefined
  let bestCount = 2
  for (let low = 0, high = 0; low < heights.length; low++) {
    const top = (heights[low] ?? 0) * 1.08
    while (high < heights.length && (heights[high] ?? 0) <= top) high += 1
    if (high - low > bestCount) {
      bestCount = high - low
      best = heights[(low + high - 1) >> 1]
    }
  }
  return best
}
