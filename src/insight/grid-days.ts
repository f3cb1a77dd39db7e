/** A zone's history as local days of 24 hours by the wall clock: what the forecast learns from. */
import {
  addDays,
  type CivilDay,
  daysFrom,
  type EpochMs,
  hourMs,
  hoursOfDay,
  localDayOf,
  type TimeZone,
  weekdayOf,
  yearDayOf,
} from '../energy/civil-time.ts'
import type { GridFigures } from '../energy/grid-hours.ts'
import { clearSkyWm2, type Place, sunDegreesAt } from '../energy/sun.ts'
import { bandCalendar } from '../energy/tariff-bands.ts'

export const hoursPerDay = 24

/** One hour of a zone's history: the share, and what it is made of where that is known. */
export interface PastGridHour extends Omit<GridFigures, 'renewableShareOfLoad'> {
  readonly startAt: EpochMs
}

/**
 * What is followed from hour to hour: the renewable share; wind, sun and the other renewables as shares of generation;
 * the logarithm of generation; the share of load that comes from abroad; and what the sun would give under a clear sky
 * in the middle of the zone [W/m²], which is known of every hour.
 */
export const gridSeries = ['share', 'wind', 'solar', 'others', 'generation', 'imports', 'clearSky'] as const
export type GridSeries = (typeof gridSeries)[number]

type MeasuredSeries = Exclude<GridSeries, 'clearSky'>
const measuredSeries = gridSeries.filter((name) => name !== 'clearSky')

/** One value for each series. */
export function forEachSeries<T>(valueFor: (name: GridSeries) => T): Record<GridSeries, T> {
  return {
    share: valueFor('share'),
    wind: valueFor('wind'),
    solar: valueFor('solar'),
    others: valueFor('others'),
    generation: valueFor('generation'),
    imports: valueFor('imports'),
    clearSky: valueFor('clearSky'),
  }
}

/** Values per wall-clock hour; `null` where unknown or skipped by the clock, the mean where doubled. */
export type HourValues = readonly (number | null)[]

/** One local day of a zone. */
export interface GridDay {
  readonly day: CivilDay
  /** 0 = Monday; a holiday counts as Sunday, because demand falls and gas with it. */
  readonly weekday: number
  readonly isHoliday: boolean
  /** Day of the year, 0–365. */
  readonly yearDay: number
  readonly values: Readonly<Record<GridSeries, HourValues>>
}

interface GridDaysQuestion {
  readonly timeZone: TimeZone
  /** The middle of the zone, for the height of the sun. */
  readonly place: Place
  /** Days after the last hour, for the forecast to look at. */
  readonly daysAhead?: number
}

/** National holidays: those of the bands, and since 2026 the fourth of October, whatever the bands make of it. */
const calendar = bandCalendar({ fourOctober: true })

/** Every local day from the first to the last hour of a history, and `daysAhead` more. */
export function gridDaysOf(
  history: readonly PastGridHour[],
  { timeZone, place, daysAhead = 1 }: GridDaysQuestion,
): GridDay[] {
  const byDay = Map.groupBy(history, ({ startAt }) => localDayOf(startAt, timeZone))
  const known = [...byDay.keys()].sort()
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined) return []
  return daysFrom(first, addDays(last, daysAhead + 1)).map((day) =>
    gridDayOf(day, byDay.get(day) ?? [], timeZone, place),
  )
}

function gridDayOf(day: CivilDay, hours: readonly PastGridHour[], timeZone: TimeZone, place: Place): GridDay {
  const sums = forEachSeries(() => new HourMeans())
  const byStart = new Map(hours.map((past) => [past.startAt, past]))
  for (const { startAt, hour } of hoursOfDay(day, timeZone)) {
    sums.clearSky.add(hour, clearSkyWm2(sunDegreesAt(startAt + hourMs / 2, place)))
    const past = byStart.get(startAt)
    if (past === undefined) continue
    const values = seriesValuesOf(past)
    for (const name of measuredSeries) sums[name].add(hour, values[name])
  }
  const isHoliday = calendar.isHoliday(day)
  return {
    day,
    weekday: isHoliday ? 6 : weekdayOf(day),
    isHoliday,
    yearDay: yearDayOf(day),
    values: forEachSeries((name) => sums[name].means()),
  }
}

/** What one hour says of each series. */
function seriesValuesOf({ renewableShare, solarMw, windMw, otherRenewableMw, generationMw, loadMw }: PastGridHour) {
  const ofGeneration = (powerMw: number | null) => (powerMw === null || !generationMw ? null : powerMw / generationMw)
  return {
    share: renewableShare,
    wind: ofGeneration(windMw),
    solar: ofGeneration(solarMw),
    others: ofGeneration(otherRenewableMw),
    generation: generationMw ? Math.log(generationMw) : null,
    imports: loadMw && generationMw !== null ? (loadMw - generationMw) / loadMw : null,
  } satisfies Record<MeasuredSeries, number | null>
}

/** Means per wall-clock hour. */
class HourMeans {
  readonly #sums = new Float64Array(hoursPerDay)
  readonly #counts = new Uint8Array(hoursPerDay)

  add(hour: number, value: number | null): void {
    if (value === null) return
    this.#sums[hour] = (this.#sums[hour] ?? 0) + value
    this.#counts[hour] = (this.#counts[hour] ?? 0) + 1
  }

  means(): (number | null)[] {
    return Array.from(this.#sums, (sum, hour) => (this.#counts[hour] === 0 ? null : sum / (this.#counts[hour] ?? 1)))
  }
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
