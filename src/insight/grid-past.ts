/**
 * A history prepared for forecasts: for every day what such a day is usually like, and how the day departed from it.
 *
 * Usual = the mean of the three years before, at the same hour, within 12 days of the same day of the year, on the same
 * kind of day (working day, Saturday, Sunday or holiday).
 */
import { forEachSeries, type GridDay, type GridSeries, type HourValues, hoursPerDay } from './grid-days.ts'

/** Years that the usual day is made of [days]. */
const usualDays = 3 * 366
/** Days around the day of the year that count. */
const reachDays = 12
/** Days of one kind below which any kind counts. */
const sameKindMin = 5
/** Days that forecasts look back. */
export const lookBackDays = 8

type Values = Readonly<Record<GridSeries, HourValues>>

/** What is known at one moment: whole days before `day`, and the first `hours` of it. */
export interface Issue {
  /** Index of the day of the issue. */
  readonly day: number
  /** Hours of that day that are known, 0–24. */
  readonly knownHours: number
}

export class GridPast {
  readonly days: readonly GridDay[]
  readonly #usual: readonly (Values | undefined)[]
  readonly #departures: readonly Values[]

  constructor(days: readonly GridDay[]) {
    this.days = days
    this.#usual = days.map((_, index) => usualOf(days, index))
    this.#departures = days.map(({ values }, index) => departuresOf(values, this.#usual[index]))
  }

  /** First day whose features can be told. */
  get firstUsable(): number {
    const first = this.#usual.findIndex((values) => values !== undefined)
    return first < 0 ? Number.POSITIVE_INFINITY : first + lookBackDays
  }

  /** The usual share of a day's hours; `undefined` where a year and more before it is not known. */
  usualShares(day: number): HourValues | undefined {
    return this.#usual[day]?.share
  }

  /** How an hour departed from the usual; `null` where it is not known, or not yet at the issue. */
  departure(series: GridSeries, day: number, hour: number, { day: issueDay, knownHours }: Issue): number | null {
    const isKnown = day < issueDay || (day === issueDay && hour < knownHours)
    return isKnown ? (this.#departures[day]?.[series][hour] ?? null) : null
  }

  /** The mean departure of the last hours before an issue; `null` where none of them is known. */
  recent(series: GridSeries, hours: number, { day, knownHours }: Issue): number | null {
    let sum = 0
    let count = 0
    for (let back = 1; back <= hours; back++) {
      const position = day * hoursPerDay + knownHours - back
      const index = Math.floor(position / hoursPerDay)
      const value = this.#departures[index]?.[series][position - index * hoursPerDay] ?? null
      if (value === null) continue
      sum += value
      count++
    }
    return count === 0 ? null : sum / count
  }
}

/** Yesterday is the newest day that may count: of today an issue knows only the first hours. */
function usualOf(days: readonly GridDay[], index: number): Values | undefined {
  const target = days[index]
  if (target === undefined || index < 366) return undefined
  const recent = daysNear(days, Math.max(0, index - usualDays), index - 1, target)
  // A history with a gap: what is known of this time of the year from longer ago.
  const near = recent.length < sameKindMin ? daysNear(days, 0, index - 1, target) : recent
  const alike = near.filter((day) => kindOf(day) === kindOf(target))
  const used = alike.length < sameKindMin ? near : alike
  return forEachSeries((name) => meansOf(used, name))
}

/** Days from `from` up to `to` about which something is known, in the same weeks of the year as `target`. */
function daysNear(days: readonly GridDay[], from: number, to: number, target: GridDay): GridDay[] {
  return days.slice(from, to).filter(({ yearDay, values }) => {
    const apart = Math.abs(yearDay - target.yearDay)
    return Math.min(apart, 365 - apart) <= reachDays && values.share.some((share) => share !== null)
  })
}

/** Working days are alike; Saturdays and Sundays are not. */
function kindOf({ weekday }: GridDay): number {
  return Math.max(4, weekday)
}

function meansOf(days: readonly GridDay[], name: GridSeries): (number | null)[] {
  return Array.from({ length: hoursPerDay }, (_, hour) => meanOf(days.map(({ values }) => values[name][hour] ?? null)))
}

function departuresOf(values: Values, usual: Values | undefined): Values {
  const less = (value: number | null, usualValue: number | null) =>
    value === null || usualValue === null ? null : value - usualValue
  return forEachSeries((name) => values[name].map((value, hour) => less(value, usual?.[name][hour] ?? null)))
}

/** The mean of what is known; `null` where nothing is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (value === null) continue
    sum += value
    count += 1
  }
  return count === 0 ? null : sum / count
}
