/**
 * The renewable share of the hours to come, from the zone's own history alone.
 *
 * What such a day is usually like (`usual-day.ts`), plus what the last hours and days say of the next: a ridge regression
 * per hour of the day (Hoerl & Kennard, Technometrics 12, 1970, doi:10.1080/00401706.1970.10488634) on departures from
 * the usual of the share, of wind, sun, the other renewables, generation and imports, on how much higher or lower the sun
 * stands than on the days that the usual is made of (weeks, and a change of the clock, lie between), the kind of day and
 * the season.
 * Fitted on the history before the issue, never on anything after it. In: days of 24 hours. Out: shares, 0–1. Where a
 * history does not say what the share is made of, the share's own departures remain.
 */
import { Matrix, solve } from 'ml-matrix'
import { meanYearDays } from '../energy/civil-time.ts'
import { type GridSeries, hoursPerDay, meanOf } from './grid-days.ts'
import { type GridPast, type Issue, lookBackDays } from './grid-past.ts'

/** Name and version of the method. */
export const forecastModel = 'ridge-3'

/** Weight of the ridge; features are brought to a standard deviation of 1. */
const ridge = 30
/** Days to fit on below which nothing is said. */
const fitDaysMin = 100

/** One regression per wall-clock hour: weights of the features as they are, the constant first. */
export interface AheadModel {
  /** Hours of the day of the issue that are known. */
  readonly knownHours: number
  /** Days from the issue to the day that is told: 0 = the rest of today, 1 = tomorrow. */
  readonly daysAhead: number
  readonly weights: readonly (readonly number[])[]
}

/**
 * Fits what an issue after `knownHours` hours of a day says of the day `daysAhead` later, on the days before `issueDay`.
 * @returns `undefined` where the history is too short
 */
export function fitAhead(past: GridPast, issue: Issue, daysAhead: number): AheadModel | undefined {
  const { knownHours } = issue
  const from = past.firstUsable
  const count = Math.max(0, issue.day - daysAhead - from)
  if (!Number.isFinite(from) || count < fitDaysMin) return undefined
  const issues = Array.from({ length: count }, (_, offset): Issue => ({ day: from + offset, knownHours }))
  const shared = issues.map((one) => sharedFeatures(past, one, daysAhead))
  const weights = Array.from({ length: hoursPerDay }, (_, hour) => {
    if (daysAhead === 0 && hour < knownHours) return []
    const rows: number[][] = []
    const targets: number[] = []
    for (const [index, one] of issues.entries()) {
      const target = past.departure('share', one.day + daysAhead, hour, issue)
      if (target === null) continue
      rows.push([...(shared[index] ?? []), ...hourFeatures(past, one, daysAhead, hour)])
      targets.push(target)
    }
    return ridgeWeights(rows, targets)
  })
  return { knownHours, daysAhead, weights }
}

/** The shares of the day ahead of an issue per wall-clock hour, 0–1; `null` where nothing is known of such an hour. */
export function forecastAhead(past: GridPast, model: AheadModel, issueDay: number): (number | null)[] {
  const { knownHours, daysAhead } = model
  const issue = { day: issueDay, knownHours }
  const shared = sharedFeatures(past, issue, daysAhead)
  return Array.from({ length: hoursPerDay }, (_, hour) => {
    const usual = past.usualShares(issueDay + daysAhead)?.[hour] ?? null
    const weights = model.weights[hour]
    if (usual === null || weights === undefined || weights.length === 0) return null
    const features = [...shared, ...hourFeatures(past, issue, daysAhead, hour)]
    const departure = features.reduce((sum, feature, index) => sum + feature * (weights[index] ?? 0), 0)
    return Math.min(1, Math.max(0, usual + departure))
  })
}

/** Spans back from the issue whose mean departure counts [h]. */
const recentHours: Readonly<Record<GridSeries, readonly number[]>> = {
  share: [1, 3, 11, 24, 72, 168],
  wind: [1, 3, 6, 11, 24, 48, 168],
  solar: [3, 24, 72, 168],
  others: [3, 24, 72, 168],
  generation: [3, 11, 24, 168],
  imports: [3, 11, 24, 168],
  // Known of the hour told itself: `hourFeatures`.
  clearSky: [],
}

/** Stretches of the last days whose mean departure counts: days back from the issue, hours from and to. */
const stretches: readonly (readonly [GridSeries, number, number, number])[] = [
  ['share', 1, 11, 18],
  ['share', 1, 18, 24],
  ['share', 0, 0, 6],
  ['wind', 0, 0, 5],
  ['wind', 1, 18, 24],
  ['wind', 1, 8, 18],
  ['solar', 1, 9, 16],
  ['solar', 2, 9, 16],
  ['solar', 0, 9, 16],
]

/** What the last hours and days say, the same for every hour of the day told. */
function sharedFeatures(past: GridPast, issue: Issue, daysAhead: number): number[] {
  const target = past.days[issue.day + daysAhead]
  const season = (2 * Math.PI * (target?.yearDay ?? 0)) / meanYearDays
  const spans = Object.entries(recentHours) as [GridSeries, readonly number[]][]
  return [
    1,
    ...spans.flatMap(([series, hours]) => hours.map((span) => past.recent(series, span, issue) ?? 0)),
    ...stretches.map(([series, back, from, to]) => stretchMean(past, issue, series, issue.day - back, from, to)),
    ...[5, 6, 0].map((weekday) => (target?.weekday === weekday ? 1 : 0)),
    target?.isHoliday === true ? 1 : 0,
    past.days[issue.day + daysAhead - 1]?.isHoliday === true ? 1 : 0,
    Math.sin(season),
    Math.cos(season),
  ]
}

function stretchMean(past: GridPast, issue: Issue, series: GridSeries, day: number, from: number, to: number): number {
  return meanOf(Array.from({ length: to - from }, (_, hour) => past.departure(series, day, from + hour, issue))) ?? 0
}

/** What the same hour of the days before says, and the sun of the hour itself. */
function hourFeatures(past: GridPast, issue: Issue, daysAhead: number, hour: number): number[] {
  const newest = hour < issue.knownHours ? issue.day : issue.day - 1
  const at = (series: GridSeries, day: number) => past.departure(series, day, hour, issue) ?? 0
  const weekBefore = Math.max(issue.day - lookBackDays, issue.day + daysAhead - 7)
  return [
    ...[newest, issue.day - 1, weekBefore].map((day) => at('share', day)),
    ...(['wind', 'others', 'generation', 'imports'] as const).flatMap((series) =>
      [newest, issue.day - 1].map((day) => at(series, day)),
    ),
    at('clearSky', issue.day + daysAhead),
  ]
}

/** Solves (ZᵀZ + λI) w = Zᵀy on standardised features; the constant is not held back. */
function ridgeWeights(rows: readonly number[][], targets: readonly number[]): number[] {
  if (rows.length < fitDaysMin) return []
  const scales = scalesOf(rows)
  const features = new Matrix(rows.map((row) => row.map((value, column) => value / (scales[column] ?? 1))))
  const transposed = features.transpose()
  const normal = transposed.mmul(features)
  for (let index = 1; index < normal.rows; index++) normal.set(index, index, normal.get(index, index) + ridge)
  const weights = solve(normal, transposed.mmul(Matrix.columnVector(targets as number[]))).to1DArray()
  return weights.map((weight, column) => weight / (scales[column] ?? 1))
}

/** The standard deviation of each column; 1 for one that never changes, the constant among them. */
function scalesOf(rows: readonly number[][]): number[] {
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, column) => {
    const mean = rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length
    const variance = rows.reduce((sum, row) => sum + ((row[column] ?? 0) - mean) ** 2, 0) / rows.length
    return variance < 1e-18 ? 1 : Math.sqrt(variance)
  })
}
