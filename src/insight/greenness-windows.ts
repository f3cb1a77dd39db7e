/**
 * The best windows of a day: when the renewable share stands above the day's threshold.
 *
 * In: the day's hourly values as they are sent (0–1, four decimals), each with the hour it stands for. Each value stands
 * at mid-hour, straight lines between, flat to the day's edges. Threshold = max(mean, type-7 67th percentile). Out: the
 * stretches where the line is strictly above the threshold, edges to the nearest minute, at least 60 minutes, the
 * longest three (ties: the earlier), in order of time. A day whose values differ by less than 0.02 has none, and a day
 * with a missing value has none, each with its reason.
 */
import { type CivilDay, type EpochMs, type Interval, minuteMs } from '../energy/civil-time.ts'
import { mean, quantile } from '../energy/quantiles.ts'

/** One hour of a day; `null` where nothing is known. */
export interface HourValue {
  readonly startAt: EpochMs
  readonly stopAt: EpochMs
  readonly value: number | null
}

/** What a threshold can be. */
export const thresholdBases = ['mean', 'percentile_67'] as const
export type ThresholdBasis = (typeof thresholdBases)[number]

/** The windows of one local day, and why there are none where a rule says so. */
export interface DayWindows {
  readonly day: CivilDay
  /** `null` where a value is missing. */
  readonly threshold: number | null
  /** Which of the two makes the threshold: the greater; the mean where they are equal. */
  readonly basis: ThresholdBasis | null
  readonly reason: 'flat_day' | 'forecast_unavailable' | null
  readonly windows: readonly Interval[]
}

const quantileOfThreshold = 0.67
const flatRange = 0.02
const windowMsMin = 60 * minuteMs
const windowsMax = 3

interface Point {
  readonly at: EpochMs
  readonly value: number
}

/** The best windows of a local day. @param hours all hours of the day in order: 23, 24 or 25 */
export function bestWindowsOf(day: CivilDay, hours: readonly HourValue[]): DayWindows {
  const values = hours.map((hour) => hour.value).filter((value) => value !== null)
  if (values.length < hours.length || values.length === 0) {
    return { day, threshold: null, basis: null, reason: 'forecast_unavailable', windows: [] }
  }
  const { threshold, basis } = thresholdOf(values)
  if (isFlat(values)) return { day, threshold, basis, reason: 'flat_day', windows: [] }
  return { day, threshold, basis, reason: null, windows: longest(stretchesAbove(lineOf(hours), threshold)) }
}

/** max(mean, 67th percentile of type 7) of a day's values, at least one. */
function thresholdOf(values: readonly number[]): { readonly threshold: number; readonly basis: ThresholdBasis } {
  const [middle, percentile] = [mean(values), quantile(values, quantileOfThreshold)]
  return middle >= percentile ? { threshold: middle, basis: 'mean' } : { threshold: percentile, basis: 'percentile_67' }
}

/** Values of four decimals differ by whole ten-thousandths, so that a range of exactly 0.02 is not lost to binary fractions. */
function isFlat(values: readonly number[]): boolean {
  const range = Math.max(...values) - Math.min(...values)
  return Math.round(range * 1e8) / 1e8 < flatRange
}

/** The line through the values at mid-hour, flat to the day's edges. */
function lineOf(hours: readonly HourValue[]): Point[] {
  const points: Point[] = []
  for (const [index, { startAt, stopAt, value }] of hours.entries()) {
    if (value === null) continue
    if (index === 0) points.push({ at: startAt, value })
    points.push({ at: (startAt + stopAt) / 2, value })
    if (index === hours.length - 1) points.push({ at: stopAt, value })
  }
  return points
}

/** Where the line is strictly above the threshold, edges to the nearest minute, touching stretches merged. */
function stretchesAbove(line: readonly Point[], threshold: number): Interval[] {
  const stretches: Interval[] = []
  for (let index = 1; index < line.length; index++) {
    const above = segmentAbove(line[index - 1], line[index], threshold)
    if (above === undefined) continue
    const last = stretches.at(-1)
    if (last !== undefined && last.toAt >= above.fromAt) stretches[stretches.length - 1] = { ...last, toAt: above.toAt }
    else stretches.push(above)
  }
  return stretches
}

function segmentAbove(from: Point | undefined, to: Point | undefined, threshold: number): Interval | undefined {
  if (from === undefined || to === undefined || Math.max(from.value, to.value) <= threshold) return undefined
  const crossAt = () => from.at + ((threshold - from.value) / (to.value - from.value)) * (to.at - from.at)
  const fromAt = from.value >= threshold ? from.at : crossAt()
  const toAt = to.value >= threshold ? to.at : crossAt()
  return { fromAt: toMinute(fromAt), toAt: toMinute(toAt) }
}

function toMinute(at: EpochMs): EpochMs {
  return Math.round(at / minuteMs) * minuteMs
}

/** Those of at least an hour, the longest three of them, in order of time. */
function longest(stretches: readonly Interval[]): Interval[] {
  const length = (one: Interval) => one.toAt - one.fromAt
  return stretches
    .filter((one) => length(one) >= windowMsMin)
    .toSorted((a, b) => length(b) - length(a) || a.fromAt - b.fromAt)
    .slice(0, windowsMax)
    .toSorted((a, b) => a.fromAt - b.fromAt)
}
