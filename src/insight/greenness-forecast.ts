/**
 * The renewable share of every hour of the day after the issue, from the zone's own history alone.
 *
 * What such a day is usually like (mean of the three years before: the same hour, ± 12 days, the same kind of day), plus
 * what the last days' departures from that say of the next: a ridge regression per wall-clock hour (Hoerl & Kennard,
 * Technometrics 12, 1970, doi:10.1080/00401706.1970.10488634) on departures of the last hours and days, the kind of day
 * and the season. Fitted on the four years before the issue, never on anything after it.
 */
import { Matrix, solve } from 'ml-matrix'
import { type GridDay, hoursPerDay } from './grid-days.ts'

/** Name and version of the method. */
export const forecastModel = 'ridge-1'

/** Years that the usual day is made of, and that the regression is fitted on [days]. */
const usualDays = 3 * 366
const fitDays = 4 * 365
/** Days around the day of the year that count for the usual day. */
const reachDays = 12
/** Days of one kind below which any kind counts. */
const sameKindMin = 5
/** Weight of the ridge; departures are of the order of 0.1. */
const ridge = 1
/** Days that features look back. */
const lookBackDays = 8

type Shares = readonly (number | null)[]

/** History prepared for forecasts: the usual share and the departure from it, for every day that has years behind it. */
export class GridPast {
  readonly days: readonly GridDay[]
  readonly usual: readonly (Shares | undefined)[]
  readonly #departures: readonly Shares[]

  constructor(days: readonly GridDay[]) {
    this.days = days
    this.usual = days.map((_, index) => usualSharesOf(days, index))
    this.#departures = days.map(({ shares }, index) =>
      shares.map((share, hour) => {
        const usual = this.usual[index]?.[hour] ?? null
        return share === null || usual === null ? null : share - usual
      }),
    )
  }

  /** First day whose features can be told. */
  get firstUsable(): number {
    const first = this.usual.findIndex((shares) => shares !== undefined)
    return first < 0 ? Number.POSITIVE_INFINITY : first + lookBackDays
  }

  departure(index: number, hour: number): number | null {
    return this.#departures[index]?.[hour] ?? null
  }
}

/** One regression per wall-clock hour. */
export interface DayAheadModel {
  /** Hours of the day of the issue that are known. */
  readonly knownHours: number
  readonly weights: readonly (readonly number[])[]
}

/**
 * Fits the forecast issued in the days up to `issueIndex`.
 * @returns `undefined` where the history is too short to say anything of the next day
 */
export function fitDayAhead(past: GridPast, issueIndex: number, knownHours: number): DayAheadModel | undefined {
  const from = Math.max(past.firstUsable, issueIndex - fitDays)
  const issues = Array.from({ length: Math.max(0, issueIndex - 1 - from) }, (_, offset) => from + offset)
  if (issues.length < 100) return undefined
  const shared = issues.map((issue) => sharedFeatures(past, issue, knownHours))
  const weights = Array.from({ length: hoursPerDay }, (_, hour) => {
    const rows: number[][] = []
    const targets: number[] = []
    for (const [index, issue] of issues.entries()) {
      const target = past.departure(issue + 1, hour)
      if (target === null) continue
      rows.push([...(shared[index] ?? []), ...hourFeatures(past, issue, knownHours, hour)])
      targets.push(target)
    }
    return ridgeWeights(rows, targets)
  })
  return { knownHours, weights }
}

/** The shares of the day after `issueIndex` per wall-clock hour, 0–1; `null` where nothing is known of such an hour. */
export function forecastDayAhead(past: GridPast, model: DayAheadModel, issueIndex: number): (number | null)[] {
  const shared = sharedFeatures(past, issueIndex, model.knownHours)
  return Array.from({ length: hoursPerDay }, (_, hour) => {
    const usual = past.usual[issueIndex + 1]?.[hour] ?? null
    const weights = model.weights[hour]
    if (usual === null || weights === undefined) return null
    const features = [...shared, ...hourFeatures(past, issueIndex, model.knownHours, hour)]
    const departure = features.reduce((sum, feature, index) => sum + feature * (weights[index] ?? 0), 0)
    return Math.min(1, Math.max(0, usual + departure))
  })
}

/** Yesterday is the newest day that may count: of today the issue knows only the morning. */
function usualSharesOf(days: readonly GridDay[], index: number): Shares | undefined {
  const target = days[index]
  if (target === undefined || index < 366) return undefined
  const near: GridDay[] = []
  for (let past = Math.max(0, index - usualDays); past < index - 1; past++) {
    const day = days[past]
    if (day === undefined) continue
    const apart = Math.abs(day.yearDay - target.yearDay)
    if (Math.min(apart, 365 - apart) <= reachDays) near.push(day)
  }
  const alike = near.filter((day) => kindOf(day) === kindOf(target))
  const used = alike.length < sameKindMin ? near : alike
  return Array.from({ length: hoursPerDay }, (_, hour) => meanOf(used.map(({ shares }) => shares[hour] ?? null)))
}

/** Working days are alike; Saturdays and Sundays are not. */
function kindOf({ weekday }: GridDay): number {
  return Math.max(4, weekday)
}

/** What the last hours and days say, the same for every hour of the day to come. */
function sharedFeatures(past: GridPast, issue: number, knownHours: number): number[] {
  const recent: (number | null)[] = []
  for (let day = issue - lookBackDays; day <= issue; day++) {
    const hours = day === issue ? knownHours : hoursPerDay
    for (let hour = 0; hour < hours; hour++) recent.push(past.departure(day, hour))
  }
  const yesterday = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, offset) => past.departure(issue - 1, from + offset))
  const target = past.days[issue + 1]
  const season = (2 * Math.PI * (target?.yearDay ?? 0)) / 365.2425
  return [
    1,
    ...[1, 3, 11, 24, 72, 168].map((hours) => meanOf(recent.slice(-hours)) ?? 0),
    meanOf(yesterday(11, 18)) ?? 0,
    meanOf(yesterday(18, 24)) ?? 0,
    meanOf(Array.from({ length: 6 }, (_, hour) => past.departure(issue, hour))) ?? 0,
    target?.weekday === 5 ? 1 : 0,
    target?.weekday === 6 ? 1 : 0,
    target?.weekday === 0 ? 1 : 0,
    Math.sin(season),
    Math.cos(season),
  ]
}

/** What the same hour of the days before says. */
function hourFeatures(past: GridPast, issue: number, knownHours: number, hour: number): number[] {
  const newest = hour < knownHours ? issue : issue - 1
  return [newest, issue - 1, issue - 6].map((day) => past.departure(day, hour) ?? 0)
}

/** Solves (XᵀX + λI) w = Xᵀy; the constant is not held back. */
function ridgeWeights(rows: readonly number[][], targets: readonly number[]): number[] {
  if (rows.length === 0) return []
  const features = new Matrix(rows as number[][])
  const transposed = features.transpose()
  const normal = transposed.mmul(features)
  for (let index = 1; index < normal.rows; index++) normal.set(index, index, normal.get(index, index) + ridge)
  return solve(normal, transposed.mmul(Matrix.columnVector(targets as number[]))).to1DArray()
}

function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (value === null) continue
    sum += value
    count += 1
  }
  return count === 0 ? null : sum / count
}
