/**
 * What a day of the grid is usually like: the measure of forecasts, and the answer where nothing recent is known.
 *
 * In: local days of a zone. Out: per wall-clock hour the mean of this year's days before, and of the newest three years that
 * know of this time of the year; within 12 days of the same day of the year, on the same kind of day (working day, Saturday,
 * Sunday or holiday). It knows nothing of the weather.
 */
import { meanYearDays } from '../energy/civil-time.ts'
import { forEachSeries, type GridDay, type GridSeries, type HourValues, hoursPerDay, meanOf } from './grid-days.ts'

/** Past years that count: solar and wind grow. */
const yearsMax = 3
/** Days around the day of the year that count. */
const reachDays = 12
/** Days of one kind below which any kind counts, and of any kind below which nothing is said. */
const daysMin = 5

/** Values of a day per series and wall-clock hour. */
export type DayValues = Readonly<Record<GridSeries, HourValues>>

/**
 * The usual of the day at `index`; `undefined` where too little is known.
 * @param days consecutive
 * @param until days from this index on do not count
 */
export function usualDay(days: readonly GridDay[], index: number, until: number): DayValues | undefined {
  const target = days[index]
  const near = daysNear(days, index, until)
  if (target === undefined || near.length < daysMin) return undefined
  const alike = near.filter((day) => kindOf(day) === kindOf(target))
  const used = alike.length < daysMin ? near : alike
  return forEachSeries((name) =>
    Array.from({ length: hoursPerDay }, (_, hour) => meanOf(used.map(({ values }) => values[name][hour] ?? null))),
  )
}

/** Days about which something is known, in the same weeks of the year: of this year, and of the newest years that have any. */
function daysNear(days: readonly GridDay[], index: number, until: number): GridDay[] {
  const near = knownDays(days, index - reachDays, Math.min(index, until))
  for (let back = 1, years = 0; years < yearsMax && index - back * meanYearDays > -reachDays; back++) {
    const center = Math.round(index - back * meanYearDays)
    const ofYear = knownDays(days, center - reachDays, Math.min(center + reachDays + 1, until))
    if (ofYear.length > 0) years++
    near.push(...ofYear)
  }
  return near
}

function knownDays(days: readonly GridDay[], from: number, to: number): GridDay[] {
  return days
    .slice(Math.max(0, from), Math.max(0, to))
    .filter(({ values }) => values.share.some((share) => share !== null))
}

/** Working days are alike; Saturdays and Sundays are not. */
function kindOf({ weekday }: GridDay): number {
  return Math.max(4, weekday)
}
