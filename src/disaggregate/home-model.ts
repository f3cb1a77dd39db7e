/**
 * What a week of a home teaches about it: the floor it never falls below, and the most it ever drew.
 *
 * A model for a day is made of the day and the six before, each summed up on its own, so that the day after (which sees
 * one day more into the past than it needs for itself) makes the very same model of the day before.
 */
import type { DayCurve } from '../energy/load-curve.ts'
import { floorOfDayW, standbyOfDaysW } from './floor.ts'

/** Days a model looks back, the day itself included. */
export const modelDays = 7

/** One day, summed up. */
export interface DayProfile {
  /** Measured share of the day, 0–1. */
  readonly measuredShare: number
  readonly floorW: number | undefined
  /** The most drawn in a slot [W]. */
  readonly peakW: number
}

/** What the analysis of a day knows of the home. */
export interface HomeModel {
  readonly standbyW: number
  /** Days that had a say. */
  readonly days: number
  /** The most drawn in a slot of those days [W]. */
  readonly peakW: number
}

/** Sums up one day. */
export function profileOf(day: DayCurve): DayProfile {
  let measuredSlots = 0
  let peakW = 0
  for (let slot = 0; slot < day.powerW.length; slot++) {
    if (day.measured[slot] !== 1) continue
    measuredSlots += 1
    peakW = Math.max(peakW, day.powerW[slot] ?? 0)
  }
  return { measuredShare: measuredSlots / Math.max(1, day.powerW.length), floorW: floorOfDayW(day), peakW }
}

/** The model that a few consecutive days make. */
export function modelOf(profiles: readonly DayProfile[]): HomeModel {
  return {
    standbyW: standbyOfDaysW(profiles.map((profile) => profile.floorW)),
    days: profiles.filter((profile) => profile.measuredShare > 0.1).length,
    peakW: Math.max(0, ...profiles.map((profile) => profile.peakW)),
  }
}
