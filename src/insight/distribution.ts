/** What used how much? Wh per appliance over a period, the total beside that of the period before. */
import type { ApplianceKey } from '../energy/appliances.ts'
import { type EpochMs, formatInstant, type Interval, type TimeZone } from '../energy/civil-time.ts'
import { type DayCurve, energyWhOf } from '../energy/load-curve.ts'
import { roundToTotal } from '../energy/rounding.ts'
import {
  coverageOf,
  type ElectricityData,
  type MeasuredEnergy,
  type Meta,
  metaOf,
  roundedWh,
  type SummedDay,
  sumDays,
} from './answers.ts'

export interface DistributionQuestion {
  readonly accountNumber: string
  readonly period: string
  readonly timeZone: TimeZone
  readonly columns: readonly ApplianceKey[]
  readonly selected: Interval
  readonly days: readonly SummedDay[]
  /** The period before and what it used; `null` when a running period has measured nothing yet. */
  readonly previous: { readonly interval: Interval; readonly energy: MeasuredEnergy } | null
}

export interface DistributionData {
  readonly account_number: string
  readonly period: string
  readonly total_consumption: { readonly selected_period: number | null; readonly previous_period: number | null }
  readonly electricity_data: ElectricityData<number, number | null>
  readonly meta: Meta & {
    readonly previous: { readonly from: string; readonly to: string; readonly coverage: number | null } | null
  }
}

/** The answer of `GET …/consumption/distribution`. */
export function distributionAnswer(question: DistributionQuestion): DistributionData {
  const { accountNumber, period, timeZone, columns, selected, days, previous } = question
  const sums = sumDays(days, columns)
  const row = sums.measuredS === 0 ? columns.map(() => null) : roundToTotal(sums.columnsWh, sums.totalWh)
  return {
    account_number: accountNumber,
    period,
    total_consumption: { selected_period: roundedWh(sums), previous_period: previous && roundedWh(previous.energy) },
    electricity_data: { index: [0], columns, data: [row] },
    meta: {
      ...metaOf({ unit: 'Wh', timeZone, interval: selected, days, columns }),
      previous: previous && {
        from: formatInstant(previous.interval.fromAt),
        to: formatInstant(previous.interval.toAt),
        coverage: coverageOf(previous.energy.measuredS, previous.interval),
      },
    },
  }
}

/** What a day's curve measured before an instant. */
export function energyBefore(curve: DayCurve, toAt: EpochMs): MeasuredEnergy {
  const slots = Math.min(curve.powerW.length, Math.max(0, (toAt - curve.startAt) / 1000 / curve.slotS))
  let powerSumW = 0
  let measured = 0
  for (let slot = 0; slot < slots; slot++) {
    // The instant may lie inside a slot: the two periods need not have slots of one length.
    const share = Math.min(1, slots - slot)
    powerSumW += (curve.powerW[slot] ?? 0) * share
    measured += (curve.measured[slot] ?? 0) * share
  }
  return { totalWh: energyWhOf(powerSumW, curve.slotS), measuredS: measured * curve.slotS }
}
