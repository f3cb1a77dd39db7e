/**
 * Periods: which instants "yesterday" or "this-month" mean now, and which earlier ones they are compared with.
 *
 * A complete period is made of whole local days and compared with the whole one before. A running one starts at a local
 * midnight and ends with the newest closed slot; it is compared with the same wall-clock span of the one before, both
 * sides ending at the newest *measured* slot, because a meter that reports a day late would always appear to save.
 */
import {
  addDays,
  addMonths,
  type CivilDay,
  type CivilMonth,
  dayInterval,
  daysBetween,
  daysFrom,
  type EpochMs,
  firstDayOf,
  type Interval,
  localDayOf,
  mondayOf,
  monthOf,
  type TimeZone,
  wallClockReachedOn,
} from './civil-time.ts'
import type { SlotS } from './load-curve.ts'

export const periodNames = [
  'yesterday',
  'last-seven-days',
  'this-week',
  'last-week',
  'this-month',
  'last-month',
] as const

export type PeriodName = (typeof periodNames)[number]

/** The most local days that `from` and `to` may span. */
export const periodDaysMax = 62

/** A named period, or local dates (`toOn` exclusive). */
export type PeriodRequest = { readonly period: PeriodName } | { readonly fromOn: CivilDay; readonly toOn: CivilDay }

export interface PeriodContext {
  readonly now: EpochMs
  readonly timeZone: TimeZone
  /** Length of a slot [s]: a running period ends with the newest closed one. */
  readonly slotS: SlotS
  /** End of the newest measured slot, or `null` when nothing was measured. */
  readonly newestMeasuredAt: EpochMs | null
}

export interface ResolvedPeriod {
  readonly selected: Interval
  /** What the selected period is compared with; `null` when a running period has measured nothing yet. */
  readonly previous: Interval | null
  readonly running: boolean
}

/** The instants of a period now. */
export function resolvePeriod(request: PeriodRequest, context: PeriodContext): ResolvedPeriod {
  const days = daysOf(request, localDayOf(context.now, context.timeZone))
  const whole = intervalOf(days.fromOn, days.toOn, context.timeZone)
  const closedAt = Math.floor(context.now / (context.slotS * 1000)) * context.slotS * 1000
  const running = whole.toAt > closedAt
  if (!running)
    return { selected: whole, previous: intervalOf(days.previousFromOn, days.fromOn, context.timeZone), running }
  const selected = { fromAt: whole.fromAt, toAt: Math.max(whole.fromAt, closedAt) }
  return { selected, previous: previousOfRunning(days, selected, context), running }
}

/** The twelve complete calendar months before the current one, oldest first. */
export function lastTwelveMonths(now: EpochMs, timeZone: TimeZone): CivilMonth[] {
  const current = monthOf(localDayOf(now, timeZone))
  return Array.from({ length: 12 }, (_, index) => addMonths(current, index - 12))
}

/** Whole local days in a row. */
export interface WholeDays {
  readonly fromOn: CivilDay
  /** The day after the last. */
  readonly toOn: CivilDay
  /** Oldest first. */
  readonly days: readonly CivilDay[]
  readonly interval: Interval
}

/** The last 28 complete local days. */
export function last28Days(now: EpochMs, timeZone: TimeZone): WholeDays {
  const toOn = localDayOf(now, timeZone)
  const fromOn = addDays(toOn, -28)
  return { fromOn, toOn, days: daysFrom(fromOn, toOn), interval: intervalOf(fromOn, toOn, timeZone) }
}

/** From the first instant of `fromOn` to the first of `toOn`. */
export function intervalOf(fromOn: CivilDay, toOn: CivilDay, timeZone: TimeZone): Interval {
  return { fromAt: dayInterval(fromOn, timeZone).fromAt, toAt: dayInterval(toOn, timeZone).fromAt }
}

/** A period in local days, and where the one before starts (it ends where this one starts). */
interface PeriodDays {
  readonly fromOn: CivilDay
  readonly toOn: CivilDay
  readonly previousFromOn: CivilDay
}

function daysOf(request: PeriodRequest, today: CivilDay): PeriodDays {
  if (!('period' in request))
    return { ...request, previousFromOn: addDays(request.fromOn, -daysBetween(request.fromOn, request.toOn)) }
  const monday = mondayOf(today)
  const month = monthOf(today)
  const monthStart = (offset: number) => firstDayOf(addMonths(month, offset))
  switch (request.period) {
    case 'yesterday':
      return { fromOn: addDays(today, -1), toOn: today, previousFromOn: addDays(today, -2) }
    case 'last-seven-days':
      return { fromOn: addDays(today, -7), toOn: today, previousFromOn: addDays(today, -14) }
    case 'this-week':
      return { fromOn: monday, toOn: addDays(monday, 7), previousFromOn: addDays(monday, -7) }
    case 'last-week':
      return { fromOn: addDays(monday, -7), toOn: monday, previousFromOn: addDays(monday, -14) }
    case 'this-month':
      return { fromOn: monthStart(0), toOn: monthStart(1), previousFromOn: monthStart(-1) }
    case 'last-month':
      return { fromOn: monthStart(-1), toOn: monthStart(0), previousFromOn: monthStart(-2) }
  }
}

/**
 * The same elapsed wall-clock span of the period before: as many whole days, then the same time of day, at most to the
 * end of that period (on 31 March: all of February).
 */
function previousOfRunning(days: PeriodDays, selected: Interval, context: PeriodContext): Interval | null {
  const { timeZone, newestMeasuredAt } = context
  if (newestMeasuredAt === null || newestMeasuredAt <= selected.fromAt) return null
  const endAt = Math.min(newestMeasuredAt, selected.toAt)
  const wholeDays = daysBetween(days.fromOn, localDayOf(endAt, timeZone))
  const previous = intervalOf(days.previousFromOn, days.fromOn, timeZone)
  const sameTimeAt = wallClockReachedOn(addDays(days.previousFromOn, wholeDays), endAt, timeZone)
  return { fromAt: previous.fromAt, toAt: Math.min(sameTimeAt, previous.toAt) }
}
