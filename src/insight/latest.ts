/** What did the latest hours look like? The meter's mean power [W] per slot over the latest six hours. */
import { type EpochMs, formatInstant, hourMs, type Interval, minuteMs, type TimeZone } from '../energy/civil-time.ts'
import type { ReadingSeries } from '../energy/reading-series.ts'
import { slotLengthOf, slotsBetween } from '../energy/slots-from-readings.ts'
import { coverageOf, type ElectricityData, type Meta } from './answers.ts'

/** How far the answer looks back [h]. */
export const latestHours = 6
/** Rows are minutes whatever the meter sends: the mean power of a quarter-hour stands for each of its minutes [s]. */
const minuteS = 60

export interface LatestQuestion {
  readonly accountNumber: string
  readonly timeZone: TimeZone
  readonly now: EpochMs
  /** The readings of the latest hours and those that reach into them. */
  readonly series: ReadingSeries
}

export interface LatestData {
  readonly account_number: string
  readonly electricity_data: ElectricityData<string, number | null>
  readonly meta: Meta
}

/** The answer of `GET …/consumption/latest`. */
export function latestAnswer({ accountNumber, timeZone, now, series }: LatestQuestion): LatestData {
  const slotS = slotLengthOf(series, now - latestHours * hourMs, now)
  const interval = latestInterval(now)
  const { powerW, measured } = slotsBetween(interval.fromAt, interval.toAt, minuteS, series)
  const measuredS = measured.reduce((sum, flag) => sum + flag, 0) * minuteS
  return {
    account_number: accountNumber,
    electricity_data: {
      index: Array.from(powerW, (_, slot) => formatInstant(interval.fromAt + slot * minuteS * 1000)),
      columns: ['active_power_received'],
      data: Array.from(powerW, (watts, slot) => [measured[slot] === 1 ? Math.round(watts) : null]),
    },
    meta: {
      unit: 'W',
      time_zone: timeZone,
      from: formatInstant(interval.fromAt),
      to: formatInstant(interval.toAt),
      resolution_s: measuredS === 0 ? null : slotS,
      coverage: coverageOf(measuredS, interval),
      estimated: false,
      model: null,
      reason: measuredS === 0 ? 'no_readings' : null,
    },
  }
}

/** Six hours that end with the newest closed minute. */
function latestInterval(now: EpochMs): Interval {
  const toAt = Math.floor(now / minuteMs) * minuteMs
  return { fromAt: toAt - latestHours * hourMs, toAt }
}
