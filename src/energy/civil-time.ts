/**
 * Civil time: the one file that turns instants into local days, hours and months, and back.
 *
 * An instant is an `EpochMs`: milliseconds since 1970-01-01T00:00:00Z, UTC. A civil day is a date in a named IANA time
 * zone, passed to every function that needs it. Local days last 23, 24 or 25 hours; intervals are half-open.
 * Nothing here reads the machine's clock or its `TZ`.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number

/** A local date, `YYYY-MM-DD`. Sorts as text. */
export type CivilDay = string & { readonly civilDay: unique symbol }

/** A local month, `YYYY-MM`. Sorts as text. */
export type CivilMonth = string & { readonly civilMonth: unique symbol }

/** An IANA time zone name, such as `Europe/Rome`. */
export type TimeZone = string

/** The civil time of Italy: of its grid, its files and, where nothing else is said, its homes. */
export const italianTime: TimeZone = 'Europe/Rome'

/** The source of "now"; a parameter everywhere, so that tests and recordings choose it. */
export type Clock = () => EpochMs

/** A half-open interval of instants. */
export interface Interval {
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
}

/** One local hour that really elapsed: `hour` is what the wall clock says (2 stands twice on the autumn day). */
export interface LocalHour {
  readonly startAt: EpochMs
  readonly stopAt: EpochMs
  readonly hour: number
}

export const minuteMs = 60_000
export const hourMs = 3_600_000
/** 24 hours: a local day on which the clock does not change. */
export const dayMs = 24 * hourMs
export const weekMs = 7 * dayMs
/** A mean year of the Gregorian calendar [days]. */
export const meanYearDays = 365.2425

/** The local day of an instant. */
export function localDayOf(at: EpochMs, timeZone: TimeZone): CivilDay {
  const guess = lastDay.get(timeZone)
  if (guess !== undefined && at >= guess.fromAt && at < guess.toAt) return guess.day
  const day = toDay(Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone).toPlainDate())
  lastDay.set(timeZone, { day, ...dayInterval(day, timeZone) })
  return day
}

/** From the first instant of a local day to the first of the next. */
export function dayInterval(day: CivilDay, timeZone: TimeZone): Interval {
  const key = `${timeZone} ${day}`
  const known = dayIntervals.get(key)
  if (known !== undefined) return known
  const date = Temporal.PlainDate.from(day)
  const interval = {
    fromAt: date.toZonedDateTime(timeZone).epochMilliseconds,
    toAt: date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds,
  }
  if (dayIntervals.size >= dayIntervalsMax) dayIntervals.clear()
  dayIntervals.set(key, interval)
  return interval
}

/** The local hours of a day in the order they elapse: 23, 24 or 25 of them. */
export function hoursOfDay(day: CivilDay, timeZone: TimeZone): LocalHour[] {
  const { fromAt, toAt } = dayInterval(day, timeZone)
  if (toAt - fromAt === dayMs)
    return Array.from({ length: 24 }, (_, hour) => {
      const startAt = fromAt + hour * hourMs
      return { startAt, stopAt: startAt + hourMs, hour }
    })
  const hours: LocalHour[] = []
  for (let startAt = fromAt; startAt < toAt; startAt += hourMs) {
    const { hour } = Temporal.Instant.fromEpochMilliseconds(startAt).toZonedDateTimeISO(timeZone)
    hours.push({ startAt, stopAt: Math.min(startAt + hourMs, toAt), hour })
  }
  return hours
}

/** What the wall clock's hour hand says at an instant, 0–23. */
export function wallClockHour(at: EpochMs, timeZone: TimeZone): number {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone).hour
}

/** The day `count` days later (earlier when negative). */
export function addDays(day: CivilDay, count: number): CivilDay {
  const key = `${count} ${day}`
  const known = daysAfter.get(key)
  if (known !== undefined) return known
  const after = toDay(Temporal.PlainDate.from(day).add({ days: count }))
  if (daysAfter.size >= dayIntervalsMax) daysAfter.clear()
  daysAfter.set(key, after)
  return after
}

/** Days from one date to another: 0 for the same, negative when `to` is earlier. */
export function daysBetween(from: CivilDay, to: CivilDay): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'day' }).days
}

/** Every day from `from` up to, not including, `to`. */
export function daysFrom(from: CivilDay, to: CivilDay): CivilDay[] {
  const days: CivilDay[] = []
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day)
  return days
}

/** 0 = Monday … 6 = Sunday, as pandas' `dayofweek`. */
export function weekdayOf(day: CivilDay): number {
  return Temporal.PlainDate.from(day).dayOfWeek - 1
}

/** The day of its year: 0 on 1 January. */
export function yearDayOf(day: CivilDay): number {
  return Temporal.PlainDate.from(day).dayOfYear - 1
}

/** The month a day lies in. */
export function monthOf(day: CivilDay): CivilMonth {
  return day.slice(0, 7) as CivilMonth
}

/** The month `count` months later (earlier when negative). */
export function addMonths(month: CivilMonth, count: number): CivilMonth {
  return Temporal.PlainYearMonth.from(month).add({ months: count }).toString() as CivilMonth
}

/** The calendar number of a month, 1–12. */
export function monthNumber(month: CivilMonth): number {
  return Number(month.slice(5, 7))
}

/** The first day of a month. */
export function firstDayOf(month: CivilMonth): CivilDay {
  return `${month}-01` as CivilDay
}

/** The Monday of the week a day lies in. */
export function mondayOf(day: CivilDay): CivilDay {
  return addDays(day, -weekdayOf(day))
}

/**
 * The instant of the same wall-clock time on another day. Of a time that the spring change skips it is the instant of the change, so
 * that later times are later; of a doubled one the first.
 */
export function sameWallClockOn(day: CivilDay, at: EpochMs, timeZone: TimeZone): EpochMs {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainTime()
  const there = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: time })
  if (there.toPlainTime().equals(time)) return there.epochMilliseconds
  // What is skipped is told an hour later: at the change or after it.
  return (there.add({ milliseconds: 1 }).getTimeZoneTransition('previous') ?? there).epochMilliseconds
}

/** As `sameWallClockOn`, and no earlier as time goes on: while an hour is repeated here, it is the end of that hour there. */
export function wallClockReachedOn(day: CivilDay, at: EpochMs, timeZone: TimeZone): EpochMs {
  const here = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  const first = here.toPlainDateTime().toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const change = first.epochMilliseconds < at ? here.add({ milliseconds: 1 }).getTimeZoneTransition('previous') : null
  return change === null
    ? sameWallClockOn(day, at, timeZone)
    : sameWallClockOn(day, change.epochMilliseconds - 1, timeZone) + 1
}

/** The instant of a wall-clock hour and minute on a day (Temporal's "compatible" where it is skipped or doubled). */
export function wallClockAt(day: CivilDay, hour: number, minute: number, timeZone: TimeZone): EpochMs {
  return Temporal.PlainDate.from(day).toZonedDateTime({
    timeZone,
    plainTime: Temporal.PlainTime.from({ hour, minute }),
  }).epochMilliseconds
}

/**
 * The instant of a wall-clock time without a zone, `2026-10-25T02:30:00`; of two in autumn, the one nearer to `nearAt`.
 * `undefined` where the text is none.
 */
export function localTimeNear(text: string, timeZone: TimeZone, nearAt: EpochMs): EpochMs | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}$/.test(text)) return undefined
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' })
    const at = (disambiguation: 'earlier' | 'later') =>
      local.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds
    const [earlier, later] = [at('earlier'), at('later')]
    return Math.abs(later - nearAt) < Math.abs(earlier - nearAt) ? later : earlier
  } catch {
    return undefined
  }
}

/** RFC 3339 in UTC, whole seconds (rounded down), as the wire wants it: `2025-07-21T00:00:00Z`. */
export function formatInstant(at: EpochMs): string {
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`
}

/** A date that exists, 1900 to 2199 (no meter knows others), or `undefined`: `2026-02-30` and `2026-2-3` are refused. */
export function parseDay(text: string): CivilDay | undefined {
  if (!/^(?:19|20|21)\d{2}-\d{2}-\d{2}$/.test(text)) return undefined
  try {
    return toDay(Temporal.PlainDate.from(text, { overflow: 'reject' }))
  } catch {
    return undefined
  }
}

/** Whether the machine knows this IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const dayIntervalsMax = 20_000
const dayIntervals = new Map<string, Interval>()
const daysAfter = new Map<string, CivilDay>()
const lastDay = new Map<TimeZone, Interval & { day: CivilDay }>()

function toDay(date: Temporal.PlainDate): CivilDay {
  return date.toString() as CivilDay
}
