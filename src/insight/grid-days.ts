/** A zone's history as local days of 24 hours by the wall clock: what the forecast of the next day learns from. */
import {
  addDays,
  type CivilDay,
  daysFrom,
  localDayOf,
  type TimeZone,
  wallClockHour,
  weekdayOf,
} from '../energy/civil-time.ts'
import type { MeasuredGridHour } from '../energy/grid-hours.ts'

export const hoursPerDay = 24

/** One local day of a zone. */
export interface GridDay {
  readonly day: CivilDay
  /** 0 = Monday. */
  readonly weekday: number
  /** Day of the year, 0–365. */
  readonly yearDay: number
  /** Renewable share per wall-clock hour; `null` where unknown or skipped by the clock, the mean where doubled. */
  readonly shares: readonly (number | null)[]
}

/** Every local day from the first to the last hour of a history, and one more for the forecast to look at. */
export function gridDaysOf(history: readonly MeasuredGridHour[], timeZone: TimeZone): GridDay[] {
  const byDay = Map.groupBy(history, ({ startAt }) => localDayOf(startAt, timeZone))
  const known = [...byDay.keys()].sort()
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined) return []
  return daysFrom(first, addDays(last, 2)).map((day) => gridDayOf(day, byDay.get(day) ?? [], timeZone))
}

function gridDayOf(day: CivilDay, hours: readonly MeasuredGridHour[], timeZone: TimeZone): GridDay {
  const sums = new Float64Array(hoursPerDay)
  const counts = new Uint8Array(hoursPerDay)
  for (const { startAt, renewableShare } of hours) {
    const hour = wallClockHour(startAt, timeZone)
    sums[hour] = (sums[hour] ?? 0) + renewableShare
    counts[hour] = (counts[hour] ?? 0) + 1
  }
  const shares = Array.from(sums, (sum, hour) => (counts[hour] === 0 ? null : sum / (counts[hour] ?? 1)))
  return { day, weekday: weekdayOf(day), yearDay: yearDayOf(day), shares }
}

function yearDayOf(day: CivilDay): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return Math.round((Date.UTC(year, month - 1, date) - Date.UTC(year, 0, 1)) / 86_400_000)
}
