/**
 * What a week of a home teaches about it: the floor it never falls below.
 *
 * A model for a day is made of the day and the six before, each summed up on its own, so that the day after (which sees
 * one day more into the past than it needs for itself) makes the very same model of the day before.
 */
import { sum } from 'simple-statistics'
import { analysisContext } from '../energy/analysis.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { floorOfDayW, standbyOfDaysW } from './floor.ts'

/** Days a model looks back, the day itself included: one less than a day sees, so that the next day makes the same model of it. */
export const modelDays = analysisContext.daysBefore

/** One day, summed up. */
export interface DayProfile {
  /** Measured share of the day, 0–1. */
  readonly measuredShare: number
  readonly floorW: number | undefined
}

/** What the analysis of a day knows of the home. */
export interface HomeModel {
  /** The floor [W]; `undefined` where too little was measured to tell. */
  readonly standbyW: number | undefined
  /** Days of which more than a tenth is measured. */
  readonly days: number
  /**
   * What is measured, in days, of as many days as a model looks back: up to the day itself or, where that is more, up to the day before. So a
   * day that still runs knows no less of a home than a closed one; nor does one whose meter broke in it, which no curve tells from one that
   * runs. For the confidence of the day alone: the day after does not see so far back.
   */
  readonly measuredDays: number
}

/** Sums up one day, or its first slots. @param daySlots how many the whole day has */
export function profileOf(day: DayCurve, daySlots = day.powerW.length): DayProfile {
  let measuredSlots = 0
  for (const flag of day.measured) measuredSlots += flag
  return { measuredShare: measuredSlots / Math.max(1, daySlots), floorW: floorOfDayW(day) }
}

/**
 * The model that a few consecutive days make.
 * @param earlier the day before the first of them
 */
export function modelOf(profiles: readonly DayProfile[], earlier?: DayProfile): HomeModel {
  const shares = profiles.map((profile) => profile.measuredShare)
  return {
    standbyW: standbyOfDaysW(profiles.map((profile) => profile.floorW)),
    days: profiles.filter((profile) => profile.measuredShare > 0.1).length,
    measuredDays: Math.max(sum(shares), (earlier?.measuredShare ?? 0) + sum(shares.slice(0, -1))),
  }
}
