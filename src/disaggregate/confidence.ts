/**
 * How sure the method is of a column, 0–1. The share of whole runs that networks get right on homes and devices they
 * never saw (F1 of runs, docs/accuracy.md), less while the home is known for less than a week, and less where the day's curve
 * cannot show the appliance clearly. Appliances that no recorded home checks have cautious figures. 0 says that the appliance was
 * not told apart: its energy is in `smallAppliances`.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { clarityOf, type Haze } from './clarity.ts'
import type { Head } from './heads.ts'
import { type HomeModel, modelDays } from './home-model.ts'

/** `waterHeater` is one that heats water as it flows, `boiler` one that stores it. */
type Figures = Readonly<Partial<Record<ApplianceKey | 'boiler', number>>>

const atMinutes: Figures = {
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
  boiler: 0.3,
  washerDryer: 0.3,
  airConditioner: 0.2,
  electricVehicle: 0.2,
}
const atQuarterHours: Figures = {
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
  boiler: 0.1,
  airConditioner: 0.1,
  electricVehicle: 0.1,
}

/** What is left of it for a home of which nothing is known but the day itself. */
const firstDayShare = 0.5

/**
 * Of the cycles that a fridge is told to have run, the belief of the networks on average: from the first on the figure stands, at the
 * second a tenth of it is left. On days of 140 mixed homes with one compressor, of devices never seen, MAE in the median is 0.11 to 0.13
 * of predicting nothing where that belief is above 0.9, 0.26 to 0.28 from 0.8 on, 0.37 to 0.47 from 0.7 on, 0.58 to 0.63 from 0.6 on
 * (docs/accuracy.md).
 */
const [sureBelief, doubtfulBelief, doubtfulShare] = [0.85, 0.5, 0.1]

/**
 * What is left of the confidence in a fridge's day, 0.1–1, by how far the networks believe in the cycles that it is told to have run.
 * @param columnW what it is told to have drawn, slot by slot of the day
 * @param belief what its head says there
 */
export function sureOfCycles(columnW: Float32Array, belief: Float32Array): number {
  let [sum, slots] = [0, 0]
  for (let slot = 0; slot < columnW.length; slot++) {
    if ((columnW[slot] ?? 0) === 0) continue
    sum += belief[slot] ?? 0
    slots += 1
  }
  if (slots === 0) return 1
  const share = (sum / slots - doubtfulBelief) / (sureBelief - doubtfulBelief)
  return Math.min(1, Math.max(doubtfulShare, share))
}

/** What heats for long; what nobody is given of such heat was perhaps one of them, and what they are given perhaps was not. */
const heating: ReadonlySet<ApplianceKey> = new Set(['dishwasher', 'washingMachine', 'washerDryer'])
/** A home draws more than this beyond what it is told [W]: something heats or cools that is not among its appliances, or was missed. */
const unknownHeatW = 1000
/** So much of it in a day [s] says nothing, and from so much on so little is left of the figure (docs/accuracy.md, "Confidence"). */
const [usualHeatS, muchHeatS, muchHeatShare] = [30 * 60, 240 * 60, 0.8]

/** How long a day draws much that no column explains [s]. @param columns everything that is told apart of it */
export function unknownHeatS({ powerW, measured, slotS }: DayCurve, columns: Iterable<Float32Array>): number {
  const restW = Float64Array.from(powerW)
  for (const column of columns)
    for (let slot = 0; slot < restW.length; slot++) restW[slot] = (restW[slot] ?? 0) - (column[slot] ?? 0)
  return slotS * restW.reduce((slots, watts, slot) => slots + (measured[slot] === 1 && watts > unknownHeatW ? 1 : 0), 0)
}

/** What is left of the confidence in an appliance beside so much unknown heat in a day of minutes, 0–1. */
export function sureBesideHeat(appliance: ApplianceKey, heatS: number): number {
  if (!heating.has(appliance)) return 1
  const share = Math.min(1, Math.max(0, (heatS - usualHeatS) / (muchHeatS - usualHeatS)))
  return 1 - (1 - muchHeatShare) * share
}

/**
 * The confidence in a day's column, two decimals.
 * @param haze what stands in the way of telling appliances apart in the day
 * @param home what was known of the home, `undefined` = nothing measured
 * @param heads the networks' heads that speak for the appliance; without one, nothing but standby is told apart
 * @param sure what is left of it by how sure the networks were of this day, 0–1
 */
export function confidenceOf(
  appliance: ApplianceKey,
  slotS: SlotS,
  haze: Haze,
  home: HomeModel | undefined,
  heads: readonly Head[],
  sure = 1,
): number {
  if (home === undefined || home.measuredDays === 0) return 0
  if (appliance === 'standby' ? home.standbyW === undefined : heads.length === 0) return 0
  const known = (slotS === 60 ? atMinutes : atQuarterHours)[heads.includes('boiler') ? 'boiler' : appliance] ?? 0
  const week = Math.min(1, home.measuredDays / modelDays)
  const clarity = Math.min(...(heads.length === 0 ? [undefined] : heads).map((head) => clarityOf(haze, head)))
  return Math.round(known * sure * clarity * (firstDayShare + (1 - firstDayShare) * week) * 100) / 100
}
