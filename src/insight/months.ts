/**
 * How was the year? The twelve complete calendar months before the current one, by tariff band (trend), by appliance
 * (compound), and by appliance in one row (yearly distribution). All three are sums of the same days, rounded once.
 */
import type { DayTotals } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import {
  addMonths,
  type CivilMonth,
  type EpochMs,
  firstDayOf,
  type Interval,
  localDayOf,
  monthNumber,
  monthOf,
  type TimeZone,
} from '../energy/civil-time.ts'
import { intervalOf, lastTwelveMonths } from '../energy/periods.ts'
import { roundToTotal } from '../energy/rounding.ts'
import { bands } from '../energy/tariff-bands.ts'
import {
  coverageOf,
  type ElectricityData,
  inColumns,
  type Meta,
  metaOf,
  type Reason,
  type SummedDay,
  totalOf,
} from './answers.ts'

/** The value of `period` in the twelve-month answers. */
export const lastTwelveMonthsPeriod = 'last-twelve-months'

export interface YearQuestion {
  readonly accountNumber: string
  readonly timeZone: TimeZone
  readonly now: EpochMs
  readonly columns: readonly ApplianceKey[]
  /** The analysed days of the twelve months and of the current one. */
  readonly days: readonly SummedDay[]
}

export interface YearData {
  readonly account_number: string
  readonly period: typeof lastTwelveMonthsPeriod
  readonly electricity_data: ElectricityData<number, number | null>
  /** `2025-11`, oldest first. */
  readonly months: readonly CivilMonth[]
  /** Measured share of each month. */
  readonly months_coverage: readonly number[]
  readonly month_to_date: { readonly month: CivilMonth; readonly data: readonly (number | null)[] }
  readonly meta: Meta
}

/** What a year's answer makes of days: some columns and a day's energies in them [Wh], together the day's total. */
interface Breakdown {
  readonly columns: readonly string[]
  /** Whether the columns are appliances, so that confidence and model belong to the answer. */
  readonly appliances?: readonly ApplianceKey[]
  energiesWh(totals: DayTotals): readonly number[]
}

/** The answer of `GET …/consumption/trend`: Wh per month and tariff band. */
export function trendAnswer(question: YearQuestion): YearData {
  const byBand = { columns: bands, energiesWh: (totals: DayTotals) => bands.map((band) => totals.bandWh[band]) }
  return yearAnswer(question, byBand, monthRows)
}

/** The answer of `GET …/consumption/compound`: Wh per month and appliance. */
export function compoundAnswer(question: YearQuestion): YearData {
  return yearAnswer(question, byAppliance(question.columns), monthRows)
}

/** The answer of `GET …/consumption/yearly-distribution`: Wh per appliance over the twelve months. */
export function yearlyDistributionAnswer(question: YearQuestion): YearData {
  return yearAnswer(question, byAppliance(question.columns), (months, breakdown) => ({
    index: [0],
    columns: breakdown.columns,
    data: [
      rowOf(
        months.flatMap(({ days }) => days),
        breakdown,
      ),
    ],
  }))
}

/** The first and the last day (exclusive) that a year's answer needs. */
export function yearDays(now: EpochMs, timeZone: TimeZone) {
  const current = monthOf(localDayOf(now, timeZone))
  return { fromOn: firstDayOf(addMonths(current, -12)), toOn: firstDayOf(addMonths(current, 1)) }
}

interface Month {
  readonly month: CivilMonth
  readonly interval: Interval
  readonly days: readonly SummedDay[]
}

function byAppliance(columns: readonly ApplianceKey[]): Breakdown {
  return { columns, appliances: columns, energiesWh: ({ applianceWh }) => inColumns(applianceWh, columns) }
}

function yearAnswer(
  question: YearQuestion,
  breakdown: Breakdown,
  table: (months: readonly Month[], breakdown: Breakdown) => ElectricityData<number, number | null>,
): YearData {
  const { accountNumber, timeZone, now } = question
  const months = lastTwelveMonths(now, timeZone).map((month) => monthData(month, question))
  const current = monthData(monthOf(localDayOf(now, timeZone)), question)
  const days = months.flatMap((one) => one.days)
  const interval = { fromAt: months[0]?.interval.fromAt ?? now, toAt: months.at(-1)?.interval.toAt ?? now }
  const told = breakdown.appliances === undefined ? {} : { columns: breakdown.appliances }
  return {
    account_number: accountNumber,
    period: lastTwelveMonthsPeriod,
    electricity_data: table(months, breakdown),
    months: months.map(({ month }) => month),
    months_coverage: months.map(coverageOfMonth),
    month_to_date: { month: current.month, data: rowOf(current.days, breakdown) },
    meta: metaOf({ unit: 'Wh', timeZone, interval, days, ...told, reason: reasonOf(days, current.days) }),
  }
}

/** A home that is measured only since this month has no complete month yet. */
function reasonOf(days: readonly SummedDay[], current: readonly SummedDay[]): Reason | null {
  return days.length === 0 && current.length > 0 ? 'not_enough_history' : null
}

function monthRows(months: readonly Month[], breakdown: Breakdown): ElectricityData<number, number | null> {
  return {
    index: months.map(({ month }) => monthNumber(month)),
    columns: breakdown.columns,
    data: months.map(({ days }) => rowOf(days, breakdown)),
  }
}

function monthData(month: CivilMonth, { days, timeZone }: YearQuestion): Month {
  const interval = intervalOf(firstDayOf(month), firstDayOf(addMonths(month, 1)), timeZone)
  return { month, interval, days: days.filter(({ totals }) => monthOf(totals.day) === month) }
}

/** One row, adding up to the rounded total; `null`s where nothing was measured. */
function rowOf(days: readonly SummedDay[], breakdown: Breakdown): (number | null)[] {
  const sumsWh = breakdown.columns.map(() => 0)
  const { totalWh, measuredS } = totalOf(days)
  for (const { totals } of days) {
    for (const [index, energyWh] of breakdown.energiesWh(totals).entries())
      sumsWh[index] = (sumsWh[index] ?? 0) + energyWh
  }
  return measuredS === 0 ? sumsWh.map(() => null) : roundToTotal(sumsWh, totalWh)
}

function coverageOfMonth({ days, interval }: Month): number {
  return coverageOf(totalOf(days).measuredS, interval) ?? 0
}
