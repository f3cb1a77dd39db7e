/** When do we use it? Wh of a typical hour, for each hour of the week. */
import type { HourTotals } from '../energy/analysis.ts'
import { type CivilDay, type Interval, type TimeZone, weekdayOf } from '../energy/civil-time.ts'
import { meanPowerWOf } from '../energy/load-curve.ts'
import { type ElectricityData, type Meta, metaOf, type SummedDay } from './answers.ts'

/** A cell that was measured for less is `null` [s]. */
const measuredSMin = 1800
const cells = 7 * 24

export interface HabitsQuestion {
  readonly accountNumber: string
  readonly period: string
  readonly timeZone: TimeZone
  readonly selected: Interval
  readonly days: readonly SummedDay[]
  readonly hours: readonly { readonly day: CivilDay; readonly hours: readonly HourTotals[] }[]
}

export interface HabitsData {
  readonly account_number: string
  readonly period: string
  /** All 168 `[weekday, hour]`, weekday 0 = Monday, local hours. */
  readonly electricity_data: ElectricityData<readonly [number, number], number | null>
  readonly meta: Meta
}

/** The answer of `GET …/consumption/habits`. */
export function habitsAnswer({ accountNumber, period, timeZone, selected, days, hours }: HabitsQuestion): HabitsData {
  const measuredS = new Float64Array(cells)
  const totalWh = new Float64Array(cells)
  for (const day of hours) {
    for (const hour of day.hours) {
      const cell = weekdayOf(day.day) * 24 + hour.hour
      measuredS[cell] = (measuredS[cell] ?? 0) + hour.measuredS
      totalWh[cell] = (totalWh[cell] ?? 0) + hour.totalWh
    }
  }
  const data = Array.from(measuredS, (seconds, cell) => [typicalHourWh(totalWh[cell] ?? 0, seconds)])
  return {
    account_number: accountNumber,
    period,
    electricity_data: {
      index: Array.from({ length: cells }, (_, cell) => [Math.floor(cell / 24), cell % 24] as const),
      columns: ['consumption'],
      data,
    },
    meta: metaOf({
      unit: 'Wh',
      timeZone,
      interval: selected,
      days,
      isEmpty: data.every(([wh]) => wh === null),
    }),
  }
}

/** One hour at the mean power of what was measured. */
function typicalHourWh(totalWh: number, measuredS: number): number | null {
  return measuredS < measuredSMin ? null : Math.round(meanPowerWOf(totalWh, measuredS))
}
