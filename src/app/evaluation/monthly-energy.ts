/** How far the energy of calendar months is off: what a household sees of an appliance that only quarter-hours show. */
import type { CurvePair } from '../../disaggregate/score.ts'
import { type CivilMonth, monthOf } from '../../energy/civil-time.ts'
import type { SubMeteredHome } from './sub-metered-home.ts'

/** The error over calendar months (local). */
export interface MonthlyEnergy {
  /** Σ |estimated − true energy of a month| / Σ true energy; `null` where no month has any. */
  readonly monthlyEnergyError: number | null
  /** Months with at least a week of measured time. */
  readonly months: number
}

/** A month with less measured time than this says little [s]. */
const leastMeasuredS = 7 * 86_400

/** Compares the months of a home. */
export function monthlyEnergyOf({ truthW, estimateW, mask }: CurvePair, home: SubMeteredHome): MonthlyEnergy {
  const months = new Map<CivilMonth, { truth: number; estimate: number; slots: number }>()
  let slot = 0
  for (const { day, powerW } of home.days) {
    const month = months.getOrInsertComputed(monthOf(day), () => ({ truth: 0, estimate: 0, slots: 0 }))
    for (const end = slot + powerW.length; slot < end; slot++) {
      if (mask[slot] !== 1) continue
      month.truth += truthW[slot] ?? 0
      month.estimate += estimateW[slot] ?? 0
      month.slots += 1
    }
  }
  const whole = [...months.values()].filter(({ slots }) => slots * home.slotS >= leastMeasuredS)
  const truth = whole.reduce((sum, month) => sum + month.truth, 0)
  const error = whole.reduce((sum, month) => sum + Math.abs(month.estimate - month.truth), 0)
  return { monthlyEnergyError: truth > 0 ? error / truth : null, months: whole.length }
}
