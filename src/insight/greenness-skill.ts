/**
 * How good the forecast of the next day is, measured as it would have been made: for each day, fitted and issued on what
 * was known the day before at noon or at six in the evening, against the day itself.
 */
import type { CivilDay } from '../energy/civil-time.ts'
import { mean } from '../energy/quantiles.ts'
import { climatologyShares } from './greenness-climatology.ts'
import { type AheadModel, fitAhead, forecastAhead } from './greenness-forecast.ts'
import { type GridDay, type HourValues, meanOf } from './grid-days.ts'
import type { GridPast, Issue } from './grid-past.ts'
import { staleAfterDays } from './issue-greenness.ts'

/** Hours of use that a household would move. */
const windowHours = 2
/** The model is fitted anew this often [days]; a server fits it for each issue. */
const refitDays = 30
/** Age of a history that is old, as the one that the project carries is for 2026 [days]. */
const oldDays = 3 * 365

/** Errors over the days of a back-test; shares are 0–1. */
export interface GreennessSkill {
  /** Days that were measured whole, as was the day before. */
  readonly days: number
  /** Mean absolute error of all hours of the next day. */
  readonly maeDayAhead: number
  /** The same of the hours still to come of the day of the issue; `null` where no such day is whole. */
  readonly maeRestOfToday: number | null
  /** The same of "as at that hour of the day before". */
  readonly maeRestOfTodayPersistence: number | null
  /** The same of "tomorrow is like today". */
  readonly maePersistence24h: number
  /** The same of "the next day is like the one a week before". */
  readonly maePersistenceWeek: number
  /** The same of the substitute that answers when the newest measured day is three days old. */
  readonly maeClimatology: number
  /** The same of that substitute when the history ended three years before; `null` where it does not reach so far back. */
  readonly maeClimatologyOld: number | null
  /** What the best two hours by the forecast miss of the day's best two, as a share of (best − mean). */
  readonly regret: number
  readonly regretPersistence: number
  readonly regretClimatology: number
}

/** Mean absolute errors of the hours of the day of the issue that were still to come. */
interface RestOfToday {
  readonly error: number
  /** Of "as at that hour of the day before". */
  readonly errorOfYesterday: number
}

/** One day of the back-test. */
export interface BackTestedDay {
  readonly day: CivilDay
  readonly actual: readonly number[]
  readonly forecast: readonly number[]
  readonly today: readonly number[]
  readonly weekBefore: readonly number[] | undefined
  /** What the substitute says where nothing is known of the last days. */
  readonly usual: readonly number[]
  /** The same where nothing is known of the last years. */
  readonly usualOld: readonly number[] | undefined
  /** Of the day before, on which it was told. */
  readonly restOfToday: RestOfToday | undefined
}

/**
 * Forecasts every day `fromOn` ≤ day < `toOn` from the day before it, of which `knownHours` are known, as it is asked for the next:
 * `undefined` for a day that is not known whole, or has no year and a half before it.
 */
export function* backTest(
  past: GridPast,
  fromOn: CivilDay,
  toOn: CivilDay,
  knownHours: number,
): Generator<BackTestedDay | undefined> {
  let models: { readonly today: AheadModel; readonly tomorrow: AheadModel } | undefined
  let fittedAt = Number.NEGATIVE_INFINITY
  for (const [index, { day }] of past.days.entries()) {
    if (day < fromOn || day >= toOn) continue
    const issue = { day: index - 1, knownHours }
    if (models === undefined || issue.day - fittedAt >= refitDays) {
      const [today, tomorrow] = [0, 1].map((daysAhead) => fitAhead(past, issue, daysAhead))
      models = today && tomorrow && { today, tomorrow }
      fittedAt = issue.day
    }
    if (models === undefined) {
      yield undefined
      continue
    }
    const forecast = whole(forecastAhead(past, models.tomorrow, issue.day))
    const restOfToday = restOfTodayOf(past, models.today, issue)
    const told = { day, ...knownOf(past.days, index), forecast, restOfToday }
    yield isWhole(told) ? told : undefined
  }
}

/** The errors over the hours of the day of the issue that are still to come. */
function restOfTodayOf(past: GridPast, model: AheadModel, { day, knownHours }: Issue): RestOfToday | undefined {
  const rest = (shares: HourValues | undefined) => whole(shares?.slice(knownHours))
  const actual = rest(past.days[day]?.values.share)
  const yesterday = rest(past.days[day - 1]?.values.share)
  const forecast = rest(forecastAhead(past, model, day))
  if (actual === undefined || yesterday === undefined || forecast === undefined) return undefined
  return { error: errorOf(actual, forecast), errorOfYesterday: errorOf(actual, yesterday) }
}

/** The day itself, and what can be said of it without a forecast; the days on which the clock changes are not whole. */
function knownOf(days: readonly GridDay[], index: number) {
  const measured = (one: number) => whole(days[one]?.values.share)
  const usual = (until: number) => whole(climatologyShares(days, index, until))
  return {
    actual: measured(index),
    today: measured(index - 1),
    weekBefore: measured(index - 7),
    usual: usual(index - staleAfterDays),
    usualOld: usual(index - oldDays),
  }
}

type Told = { readonly [Name in keyof BackTestedDay]: BackTestedDay[Name] | undefined }

function isWhole(day: Told): day is BackTestedDay {
  return [day.actual, day.today, day.usual, day.forecast].every((shares) => shares !== undefined)
}

/** The errors over some days. @throws {RangeError} where there are none */
export function skillOf(days: readonly BackTestedDay[]): GreennessSkill {
  if (days.length === 0) throw new RangeError('There is no day to measure the forecast on.')
  const withWeek = days.flatMap(({ actual, weekBefore }) => (weekBefore === undefined ? [] : [{ actual, weekBefore }]))
  const old = days.map(({ actual, usualOld }) => (usualOld === undefined ? null : errorOf(actual, usualOld)))
  const rests = days.flatMap(({ restOfToday }) => restOfToday ?? [])
  return {
    days: days.length,
    maeDayAhead: mean(days.map(({ actual, forecast }) => errorOf(actual, forecast))),
    maeRestOfToday: meanOf(rests.map(({ error }) => error)),
    maeRestOfTodayPersistence: meanOf(rests.map(({ errorOfYesterday }) => errorOfYesterday)),
    maePersistence24h: mean(days.map(({ actual, today }) => errorOf(actual, today))),
    maePersistenceWeek: mean(withWeek.map(({ actual, weekBefore }) => errorOf(actual, weekBefore))),
    maeClimatology: mean(days.map(({ actual, usual }) => errorOf(actual, usual))),
    maeClimatologyOld: meanOf(old),
    regret: mean(days.flatMap(({ actual, forecast }) => regretOf(actual, forecast))),
    regretPersistence: mean(days.flatMap(({ actual, today }) => regretOf(actual, today))),
    regretClimatology: mean(days.flatMap(({ actual, usual }) => regretOf(actual, usual))),
  }
}

/** The shares of a day without a gap; the days on which the clock changes are not among them. */
function whole(shares: readonly (number | null)[] | undefined): number[] | undefined {
  const known = shares?.filter((share) => share !== null)
  return known === undefined || known.length !== shares?.length ? undefined : known
}

function errorOf(actual: readonly number[], forecast: readonly number[]): number {
  return mean(actual.map((share, hour) => Math.abs(share - (forecast[hour] ?? 0))))
}

/** Nothing on a day on which all hours are alike: there is nothing to miss. */
function regretOf(actual: readonly number[], forecast: readonly number[]): number[] {
  const best = mean(bestHours(actual).map((hour) => actual[hour] ?? 0))
  const chosen = mean(bestHours(forecast).map((hour) => actual[hour] ?? 0))
  const usual = mean(actual)
  return best === usual ? [] : [(best - chosen) / (best - usual)]
}

/** The hours of the greatest shares; of equal ones the earlier. */
function bestHours(shares: readonly number[]): number[] {
  const order = [...shares.keys()].sort((one, other) => (shares[other] ?? 0) - (shares[one] ?? 0) || one - other)
  return order.slice(0, windowHours)
}
