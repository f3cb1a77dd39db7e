/**
 * All that can be said now of a zone's hours, today, tomorrow and the day after: what was measured, what sources publish, our own
 * forecast from the newest measured hours, and what such hours are usually like. `greenness.ts` picks the best of each.
 *
 * Our own forecast needs measured hours that are at most three days old: from older ones it would know no more than the
 * usual. Takes a second or two: it runs in a worker thread.
 */
import {
  addDays,
  type CivilDay,
  dayMs,
  daysBetween,
  daysFrom,
  type EpochMs,
  hourMs,
  hoursOfDay,
  localDayOf,
  type TimeZone,
  wallClockHour,
} from '../energy/civil-time.ts'
import { type GridEvent, type GridHour, type GridSource, gridSources } from '../energy/grid-hours.ts'
import type { Place } from '../energy/sun.ts'
import { climatologyHours } from './greenness-climatology.ts'
import { fitAhead, forecastAhead, forecastModel } from './greenness-forecast.ts'
import { type GridDay, gridDaysOf, type PastGridHour } from './grid-days.ts'
import { GridPast, type Issue } from './grid-past.ts'
import { type MeasuredHours, measuredHoursOf, publishedHoursOf } from './published-mix.ts'

/** Measured hours that are older are no base for a forecast [days]. */
export const staleAfterDays = 3
const staleAfterMs = staleAfterDays * dayMs
/** Local days that are told of: today, tomorrow, and the night after it, for runs that start within 24 hours. */
const daysTold = 3
/** Whose figures the history is that the project carries. */
const embeddedSource: GridSource = 'entsoe'

export interface IssueQuestion {
  readonly timeZone: TimeZone
  readonly now: EpochMs
  /** The middle of the zone, for the height of the sun. */
  readonly place: Place
  /** Hours of the zone that the project carries, by start; none for a zone that it has no history of. */
  readonly embedded: readonly PastGridHour[]
  /** Stored hours of the zone, any kind and source. */
  readonly stored: readonly Omit<GridEvent, 'durationS'>[]
  /** Whether to leave out our own forecast, which takes most of the time. */
  readonly isQuick?: boolean
}

/** What history says, and whose figures it is made of. */
interface History {
  /** Consecutive local days up to the last that is told of. */
  readonly days: readonly GridDay[]
  readonly measured: MeasuredHours
  readonly restsOn: readonly GridSource[]
}

/** Everything that can be said of each hour; of two of a kind for one hour the better comes first. */
export function issueGreenness(question: IssueQuestion): GridHour[] {
  const { timeZone, now, stored, isQuick = false } = question
  const today = localDayOf(now, timeZone)
  const told = daysFrom(today, addDays(today, daysTold))
  const history = historyOf(question, addDays(today, daysTold - 1))
  const isTold = ({ startAt }: GridHour) => told.includes(localDayOf(startAt, timeZone))
  return [
    ...actualHoursOf(history.measured).filter(isTold),
    ...publishedHoursOf(stored, now).filter(isTold),
    ...(isQuick ? [] : ownForecast(history, told, timeZone, now).filter(isTold)),
    ...climatologyHours(history.days, told, { timeZone, madeAt: now, restsOn: history.restsOn }),
  ]
}

/** What is stored counts before what the project carries; nothing after now is known. */
function historyOf({ timeZone, now, place, embedded, stored }: IssueQuestion, lastOn: CivilDay): History {
  const measured = measuredHoursOf(stored, now)
  const carried = embedded.filter(({ startAt }) => startAt + hourMs <= now && !measured.has(startAt))
  const hours = [...carried, ...measured.values()].sort((one, other) => one.startAt - other.startAt)
  const newest = hours.at(-1)
  const daysAhead = newest === undefined ? 0 : daysBetween(localDayOf(newest.startAt, timeZone), lastOn)
  const used = new Set([...measured.values()].map(({ source }) => source))
  if (carried.length > 0) used.add(embeddedSource)
  return {
    days: gridDaysOf(hours, { timeZone, place, daysAhead }),
    measured,
    restsOn: gridSources.filter((source) => used.has(source)),
  }
}

function actualHoursOf(measured: MeasuredHours): GridHour[] {
  return [...measured.values()].flatMap(({ startAt, renewableShare, madeAt, source }): GridHour[] =>
    renewableShare === null
      ? []
      : [{ startAt, renewableShare, kind: 'actual', madeAt, source, restsOn: [source], model: null }],
  )
}

/** From the newest measured hour to the end of the last day told; nothing where that hour is stale. */
function ownForecast(
  { days, measured, restsOn }: History,
  told: readonly CivilDay[],
  timeZone: TimeZone,
  now: EpochMs,
): GridHour[] {
  const newest = newestOf(measured)
  const [today] = told
  if (newest === undefined || today === undefined || now - newest.startAt > staleAfterMs) return []
  const { startAt: newestAt, source } = newest
  const issueDay = localDayOf(newestAt, timeZone)
  const past = new GridPast(days)
  const issue: Issue = {
    day: past.days.findIndex(({ day }) => day === issueDay),
    knownHours: hoursOverWith(newestAt, timeZone),
  }
  return Array.from({ length: daysBetween(issueDay, today) + daysTold }, (_, daysAhead) => daysAhead).flatMap(
    (daysAhead) => {
      const model = fitAhead(past, issue, daysAhead)
      const byHour = model === undefined ? [] : forecastAhead(past, model, issue.day)
      return hoursOfDay(addDays(issueDay, daysAhead), timeZone).flatMap(({ startAt, hour }): GridHour[] => {
        const renewableShare = byHour[hour] ?? null
        if (renewableShare === null || startAt <= newestAt) return []
        return [{ startAt, renewableShare, kind: 'forecast', madeAt: now, source, restsOn, model: forecastModel }]
      })
    },
  )
}

/** Hours of the wall clock that are over with an hour: one that autumn repeats is with its second. */
function hoursOverWith(startAt: EpochMs, timeZone: TimeZone): number {
  const hour = wallClockHour(startAt, timeZone)
  return wallClockHour(startAt + hourMs, timeZone) === hour ? hour : hour + 1
}

/** The newest hour whose share was measured. */
function newestOf(measured: MeasuredHours) {
  let newest: Pick<GridEvent, 'startAt' | 'source'> | undefined
  for (const hour of measured.values())
    if (hour.renewableShare !== null && (newest === undefined || hour.startAt > newest.startAt)) newest = hour
  return newest
}
