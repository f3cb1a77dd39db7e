/** Which appliance ran when? Each detected run that starts in a period. */
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { formatInstant, type Interval, type TimeZone } from '../energy/civil-time.ts'
import { type Meta, metaOf, type SummedDay } from './answers.ts'

export interface UsagesQuestion {
  readonly accountNumber: string
  readonly period: string
  readonly timeZone: TimeZone
  readonly columns: readonly ApplianceKey[]
  readonly selected: Interval
  readonly days: readonly SummedDay[]
  /** Runs that start in the period, by start. */
  readonly runs: readonly Run[]
}

export interface UsagesData {
  readonly account_number: string
  readonly period: string
  readonly usages: readonly {
    readonly appliance: ApplianceKey
    readonly start: string
    readonly stop: string
    readonly energy_wh: number
  }[]
  readonly meta: Meta
}

/** The answer of `GET …/usages`; runs of appliances that the home no longer declares are left out. */
export function usagesAnswer({ accountNumber, period, timeZone, columns, ...question }: UsagesQuestion): UsagesData {
  const { selected, days, runs } = question
  return {
    account_number: accountNumber,
    period,
    usages: runs
      .filter(({ appliance }) => columns.includes(appliance))
      .map(({ appliance, startAt, stopAt, energyWh }) => ({
        appliance,
        start: formatInstant(startAt),
        stop: formatInstant(stopAt),
        energy_wh: Math.round(energyWh),
      })),
    meta: metaOf({ unit: 'Wh', timeZone, interval: selected, days, columns }),
  }
}
