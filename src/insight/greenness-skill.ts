/**
 * How good the forecast of the next day is, measured as it would have been made: for each day, fitted and issued on what
 * was known the day before at noon or at six in the evening, against the day itself.
 */
import type { CivilDay } from '../energy/civil-time.ts'
import { type AheadModel, fitAhead, forecastAhead } from './greenness-forecast.ts'
import type { GridPast } from './grid-past.ts'

/** Hours of use that a household would move. */
const windowHours = 2
/** The model is fitted anew this often [days]. */
const refitDays = 60

/** Errors over the days of a back-test; shares are 0–1. */
export interface GreennessSkill {
  /** Days that were measured whole, as was the day before. */
  readonly days: number
  /** Mean absolute error of all hours of the next day. */
  readonly maeDayAhead: number
  /** The same of "tomorrow is like today". */
  readonly maePersistence24h: number
  /** The same of "the next day is like the one a week before". */
  readonly maePersistenceWeek: number
  /** The same of what such a day is usually like, by the hours measured until two days before. */
  readonly maeClimatology: number
  /** What the best two hours by the forecast miss of the day's best two, as a share of (best − mean). */
  readonly regret: number
  readonly regretPersistence: number
  readonly regretClimatology: number
}

/** One day of the back-test. */
export interface BackTestedDay {
  readonly day: CivilDay
  readonly actual: readonly number[]
  readonly forecast: readonly number[]
  readonly today: readonly number[]
  readonly weekBefore: readonly number[] | undefined
  readonly usual: readonly number[]
}

/** Forecasts every day `fromOn` ≤ day < `toOn` from the day before it, of which `knownHours` are known. */
export function backTest(past: GridPast, fromOn: CivilDay, toOn: CivilDay, knownHours: number): BackTestedDay[] {
  const tested: BackTestedDay[] = []
  let model: AheadModel | undefined
  let fittedAt = Number.NEGATIVE_INFINITY
  for (const [index, { day, values }] of past.days.entries()) {
    if (day < fromOn || day >= toOn) continue
    const issue = index - 1
    if (model === undefined || issue - fittedAt >= refitDays) {
      model = fitAhead(past, { day: issue, knownHours }, 1)
      fittedAt = issue
    }
    const actual = whole(values.share)
    const today = whole(past.days[issue]?.values.share)
    const usual = whole(past.usualShares(index))
    const forecast = model === undefined ? undefined : whole(forecastAhead(past, model, issue))
    if (actual === undefined || today === undefined || usual === undefined || forecast === undefined) continue
    tested.push({ day, actual, forecast, today, usual, weekBefore: whole(past.days[index - 7]?.values.share) })
  }
  return tested
}

/** The errors over some days. @throws {RangeError} where there are none */
export function skillOf(days: readonly BackTestedDay[]): GreennessSkill {
  if (days.length === 0) throw new RangeError('There is no day to measure the forecast on.')
  const withWeek = days.flatMap(({ actual, weekBefore }) => (weekBefore === undefined ? [] : [{ actual, weekBefore }]))
  return {
    days: days.length,
    maeDayAhead: mean(days.map(({ actual, forecast }) => errorOf(actual, forecast))),
    maePersistence24h: mean(days.map(({ actual, today }) => errorOf(actual, today))),
    maePersistenceWeek: mean(withWeek.map(({ actual, weekBefore }) => errorOf(actual, weekBefore))),
    maeClimatology: mean(days.map(({ actual, usual }) => errorOf(actual, usual))),
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
