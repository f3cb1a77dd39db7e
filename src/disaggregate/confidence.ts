/**
 * How sure the method is of a column, 0–1. The share of whole runs it gets right on the recorded homes (F1 of runs,
 * `loadlens evaluate`; docs/accuracy.md), less while the home is known for less than a week. Refrigeration and standby
 * have no label in those homes: their figures are cautious estimates. 0 says that the method has no way to tell the
 * appliance apart: its column is 0 and its energy is in `smallAppliances`.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { type HomeModel, modelDays } from './home-model.ts'

const atMinutes: Readonly<Partial<Record<ApplianceKey, number>>> = {
  waterHeater: 0.95,
  kettle: 0.9,
  standby: 0.8,
  dishwasher: 0.75,
  washingMachine: 0.6,
  fridge: 0.6,
  freezer: 0.4,
  microwave: 0.4,
}
const atQuarterHours: Readonly<Partial<Record<ApplianceKey, number>>> = { standby: 0.6 }

/** What is left of it for a home of which nothing is known but the day itself. */
const firstDayShare = 0.5

/**
 * The confidence in a day's column, two decimals.
 * @param home what was known of the home, `undefined` = nothing measured
 * @param seen whether a network looked at the day; without one, standby alone is told apart
 */
export function confidenceOf(
  appliance: ApplianceKey,
  slotS: SlotS,
  home: HomeModel | undefined,
  seen: boolean,
): number {
  if (home === undefined || home.days === 0 || !(seen || appliance === 'standby')) return 0
  const known = (slotS === 60 ? atMinutes : atQuarterHours)[appliance] ?? 0
  const days = Math.min(1, home.days / modelDays)
  return Math.round(known * (firstDayShare + (1 - firstDayShare) * days) * 100) / 100
}
