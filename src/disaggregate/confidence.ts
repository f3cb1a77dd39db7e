/**
 * How sure the method is of a column, 0–1. The share of whole runs that networks get right on homes and devices they
 * never saw (F1 of runs, docs/accuracy.md), less while the home is known for less than a week. Appliances that no recorded
 * home checks have cautious figures. 0 says that the method has no way to tell the appliance apart: its column is 0 and
 * its energy is in `smallAppliances`.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { type HomeModel, modelDays } from './home-model.ts'

const atMinutes: Readonly<Partial<Record<ApplianceKey, number>>> = {
  waterHeater: 0.9,
  kettle: 0.85,
  standby: 0.8,
  washingMachine: 0.75,
  dishwasher: 0.75,
  fridge: 0.75,
  microwave: 0.45,
  freezer: 0.3,
  tumbleDryer: 0.3,
  oven: 0.3,
  washerDryer: 0.3,
  airConditioner: 0.2,
  electricVehicle: 0.2,
}
const atQuarterHours: Readonly<Partial<Record<ApplianceKey, number>>> = {
  standby: 0.6,
  dishwasher: 0.5,
  waterHeater: 0.5,
  washingMachine: 0.4,
  kettle: 0.3,
  fridge: 0.3,
  tumbleDryer: 0.2,
  oven: 0.2,
  washerDryer: 0.2,
  microwave: 0.1,
  freezer: 0.1,
  airConditioner: 0.1,
  electricVehicle: 0.1,
}

/** What is left of it for a home of which nothing is known but the day itself. */
const firstDayShare = 0.5

/**
 * The confidence in a day's column, two decimals.
 * @param home what was known of the home, `undefined` = nothing measured
 * @param hasNetwork whether there is a network for the day's slots; without one, standby alone is told apart
 */
export function confidenceOf(
  appliance: ApplianceKey,
  slotS: SlotS,
  home: HomeModel | undefined,
  hasNetwork: boolean,
): number {
  if (home === undefined || home.days === 0 || !(hasNetwork || appliance === 'standby')) return 0
  const known = (slotS === 60 ? atMinutes : atQuarterHours)[appliance] ?? 0
  const days = Math.min(1, home.days / modelDays)
  return Math.round(known * (firstDayShare + (1 - firstDayShare) * days) * 100) / 100
}
