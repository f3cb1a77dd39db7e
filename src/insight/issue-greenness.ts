/**
 * All that can be said now of a zone's hours, today and tomorrow: what was measured, what sources publish, our own
 * forecast from the newest measured hours, and what such hours are usually like. `greenness.ts` picks the best of each.
 *
 * Our own forecast needs measured hours that are at most three days old: from older ones it would know no more than the
 * usual. Takes a second or two: it runs in a worker thread.
 */
import {
  addDays,
  dayInterval,
  daysBetween,
  type EpochMs,
  hourMs,
  hoursOfDay,
  localDayOf,
  type TimeZone,
  wallClockHour,
} from '../energy/civil-time.ts'
import type { GridEvent, GridHour } from '../energy/grid-hours.ts'
import { climatologyOf } from './greenness-climatology.ts'
import { fitAhead, forecastAhead, forecastModel } from './greenness-forecast.ts'
import { gridDaysOf, hoursPerDay, type PastGridHour } from './grid-days.ts'
import { GridPast, type Issue } from './grid-past.ts'
import { type MeasuredHours, measuredHoursOf, publishedHoursOf } from './published-mix.ts'

/** Measured hours that are older are no base for a forecast. */
const staleAfterMs = 3 * 24 * hourMs
/** Local days that are told of: today and tomorrow. */
const daysTold = 2

export interface IssueQuestion {
  readonly timeZone: TimeZone
  readonly now: EpochMs
  /** Hours of the zone that the project carries, by start; none for a zone that it has no history of. */
  readonly embedded: readonly PastGridHour[]
  /** Stored hours of the zone, any kind and source. */
  readonly stored: readonly Omit<GridEvent, 'durationS'>[]
}

/** Everything that can be said of each hour; of two of a kind for one hour the better comes first. */
export function issueGreenness({ timeZone, now, embedded, stored }: IssueQuestion): GridHour[] {
  const measured = measuredHoursOf(stored, now)
  const history = mergedHistory(embedded, measured, now)
  const today = localDayOf(now, timeZone)
  // One day more for the moment after midnight, until the next issue.
  const [fromAt, toAt] = [dayInterval(today, timeZone).fromAt, dayInterval(addDays(today, daysTold), timeZone).toAt]
  const known = history.flatMap(({ startAt, renewableShare }) =>
    renewableShare === null ? [] : [{ startAt, renewableShare }],
  )
  const isTold = ({ startAt }: GridHour) => startAt >= fromAt && startAt < toAt
  return [
    ...actualHoursOf(measured).filter(isTold),
    ...publishedHoursOf(stored, now).filter(isTold),
    ...ownForecast(history, measured, timeZone, now).filter(isTold),
    ...climatologyOf(known, timeZone, now).hours(fromAt, toAt),
  ]
}

function actualHoursOf(measured: MeasuredHours): GridHour[] {
  return [...measured.values()].flatMap(({ startAt, renewableShare, madeAt, source }) =>
    renewableShare === null ? [] : [{ startAt, renewableShare, kind: 'actual', madeAt, source, model: null }],
  )
}

/** What is stored counts before what the project carries; nothing after now is known. */
function mergedHistory(embedded: readonly PastGridHour[], measured: MeasuredHours, now: EpochMs): PastGridHour[] {
  const carried = embedded.filter(({ startAt }) => startAt + hourMs <= now && !measured.has(startAt))
  return [...carried, ...measured.values()].sort((one, other) => one.startAt - other.startAt)
}

/** From the newest measured hour to the end of tomorrow; nothing where that hour is stale. */
function ownForecast(
  history: readonly PastGridHour[],
  measured: MeasuredHours,
  timeZone: TimeZone,
  now: EpochMs,
): GridHour[] {
  const shares = [...measured.values()].filter(({ renewableShare }) => renewableShare !== null)
  const newestAt = shares.reduce((newest, { startAt }) => Math.max(newest, startAt), Number.NEGATIVE_INFINITY)
  if (now - newestAt > staleAfterMs) return []
  const issueDay = localDayOf(newestAt, timeZone)
  const daysToToday = daysBetween(issueDay, localDayOf(now, timeZone))
  const past = new GridPast(gridDaysOf(history, timeZone, daysToToday + 1))
  const issue: Issue = {
    day: past.days.findIndex(({ day }) => day === issueDay),
    knownHours: Math.min(hoursPerDay, wallClockHour(newestAt, timeZone) + 1),
  }
  return Array.from({ length: daysToToday + daysTold }, (_, daysAhead) => daysAhead).flatMap((daysAhead) => {
    const model = fitAhead(past, issue, daysAhead)
    const byHour = model === undefined ? [] : forecastAhead(past, model, issue.day)
    return hoursOfDay(addDays(issueDay, daysAhead), timeZone).flatMap(({ startAt, hour }): GridHour[] => {
      const renewableShare = byHour[hour] ?? null
      if (renewableShare === null || startAt <= newestAt) return []
      const source = measured.get(newestAt)?.source ?? null
      return [{ startAt, renewableShare, kind: 'forecast', madeAt: now, source, model: forecastModel }]
    })
  })
}
