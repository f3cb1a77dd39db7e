/**
 * What an hour of the grid is usually like: the mean renewable share of past years at the same hour of the day, in the
 * same weeks of the year, on the same kind of day. It knows nothing of the weather: a substitute, and named so.
 */
import { type EpochMs, hourMs, localDayOf, type TimeZone, wallClockHour, weekdayOf } from '../energy/civil-time.ts'
import type { GridHour, MeasuredGridHour } from '../energy/grid-hours.ts'
import type { GreennessForecast } from './greenness.ts'

/** Name and version of the method. */
export const climatologyModel = 'climatology-1'

/** Only the newest years count: solar and wind grow. */
const yearsBack = 3
/** Days around the day of the year that count. */
const reachDays = 10
const dayMs = 86_400_000
const yearMs = 365.2425 * dayMs

/** Says what hours are usually like. */
export interface Climatology {
  /** Every whole hour from `fromAt` to `toAt` that the history can say something of. */
  forecast(fromAt: EpochMs, toAt: EpochMs): GreennessForecast
}

interface PastHour extends MeasuredGridHour {
  readonly kind: number
  readonly hour: number
}

/** Learns from a zone's history. @param madeAt when that is done, as answers say it */
export function climatologyOf(history: readonly MeasuredGridHour[], timeZone: TimeZone, madeAt: EpochMs): Climatology {
  const newestAt = history.reduce((newest, { startAt }) => Math.max(newest, startAt), 0)
  const past = history.filter(({ startAt }) => startAt > newestAt - yearsBack * yearMs)
  const byHour = Map.groupBy(
    past.map((one) => pastHour(one, timeZone)),
    keyOf,
  )
  return {
    forecast(fromAt, toAt) {
      const hours: GridHour[] = []
      for (let startAt = fromAt; startAt < toAt; startAt += hourMs) {
        const renewableShare = usualShare(pastHour({ startAt, renewableShare: 0 }, timeZone), byHour)
        if (renewableShare !== undefined) hours.push({ startAt, renewableShare, kind: 'substitute', madeAt })
      }
      return { model: climatologyModel, hours }
    },
  }
}

function usualShare(target: PastHour, byHour: ReadonlyMap<string, readonly PastHour[]>): number | undefined {
  let sum = 0
  let count = 0
  for (const past of byHour.get(keyOf(target)) ?? []) {
    if (daysApartInYear(past.startAt, target.startAt) > reachDays) continue
    sum += past.renewableShare
    count++
  }
  return count === 0 ? undefined : sum / count
}

function pastHour(hour: MeasuredGridHour, timeZone: TimeZone): PastHour {
  const weekday = weekdayOf(localDayOf(hour.startAt, timeZone))
  // Working days are alike; Saturdays and Sundays are not, because demand falls and gas with it.
  return { ...hour, kind: Math.max(4, weekday), hour: wallClockHour(hour.startAt, timeZone) }
}

function keyOf({ kind, hour }: PastHour): string {
  return `${kind} ${hour}`
}

/** Days between two instants if both lay in the same year, across the turn of the year if that is shorter. */
function daysApartInYear(oneAt: EpochMs, otherAt: EpochMs): number {
  const apartMs = Math.abs(oneAt - otherAt) % yearMs
  return Math.min(apartMs, yearMs - apartMs) / dayMs
}
