/** A history prepared for forecasts: for every day what such a day is usually like, and how the day departed from it. */
import { forEachSeries, type GridDay, type GridSeries, type HourValues, hoursPerDay } from './grid-days.ts'
import { type DayValues, usualDay } from './usual-day.ts'

/** Days that forecasts look back. */
export const lookBackDays = 8
/** Days of history before a day without which its usual is too weak to depart from. */
const historyDaysMin = 366

/** What is known at one moment: whole days before `day`, and the first `hours` of it. */
export interface Issue {
  /** Index of the day of the issue. */
  readonly day: number
  /** Hours of that day that are known, 0–24. */
  readonly knownHours: number
}

export class GridPast {
  readonly days: readonly GridDay[]
  readonly #usual: readonly (DayValues | undefined)[]
  readonly #departures: readonly DayValues[]

  constructor(days: readonly GridDay[]) {
    this.days = days
    // The day before yesterday is the newest that counts: of yesterday an issue for today knew only the first hours.
    this.#usual = days.map((_, index) => (index < historyDaysMin ? undefined : usualDay(days, index, index - 1)))
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
    const isKnown = series === 'clearSky' || day < issueDay || (day === issueDay && hour < knownHours)
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

function departuresOf(values: DayValues, usual: DayValues | undefined): DayValues {
  const less = (value: number | null, usualValue: number | null) =>
    value === null || usualValue === null ? null : value - usualValue
  return forEachSeries((name) => values[name].map((value, hour) => less(value, usual?.[name][hour] ?? null)))
}
