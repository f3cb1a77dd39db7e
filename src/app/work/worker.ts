/** What runs in a worker thread; `pool.ts` starts the threads and names the tasks. */
import { createDisaggregator } from '../../disaggregate/index.ts'
import type { CivilDay, TimeZone } from '../../energy/civil-time.ts'
import type { Household } from '../../energy/household.ts'
import { dayCurveFromReadings } from '../../energy/slots-from-readings.ts'
import { bandCalendar } from '../../energy/tariff-bands.ts'
import { analyseDays } from '../../rollup/analyse-days.ts'
import { type EncodedDay, encodeAnalysedDay, type PackedReadings, unpackSeries } from '../../store/codec/index.ts'

/** Days of one home to analyse, with the readings of those days and of their context. */
export interface AnalyseTask {
  readonly household: Household
  readonly timeZone: TimeZone
  /** Consecutive local days: context, the days to analyse (`from`…`to`), context. */
  readonly days: readonly CivilDay[]
  readonly from: number
  readonly to: number
  readonly readings: PackedReadings
  /** Whether 4 October is a holiday of the tariff bands. */
  readonly fourOctober: boolean
}

const disaggregator = createDisaggregator()

/** Analyses a stretch of days: readings to slots, slots to appliances, both to sums, packed for the store. */
export function analyse(task: AnalyseTask): EncodedDay[] {
  const series = unpackSeries(task.readings)
  const days = task.days.map((day) => dayCurveFromReadings(day, task.timeZone, series))
  const { household, timeZone, from, to } = task
  const calendar = bandCalendar({ fourOctober: task.fourOctober })
  return analyseDays({ household, timeZone, days, from, to }, disaggregator, calendar).map(encodeAnalysedDay)
}

export { renderConsumption } from '../../insight/consumption.ts'
