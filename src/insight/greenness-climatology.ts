/**
 * What an hour of the grid is usually like: the mean renewable share of the newest three years that
 * know of it, at the same hour of the day, in the
 * same weeks of the year, on the same kind of day. It knows nothing of the weather: a substitute, and named so.
 */
import { type EpochMs, hourMs, localDayOf, type TimeZone, wallClockHour, weekdayOf } from '../energy/civil-time.ts'
import type { GridHour, MeasuredGridHour } from '../energy/grid-hours.ts'
import { mean } from '../energy/quantiles.ts'

/** Name and version of the method. */
export const climatologyModel = 'climatology-1'

/** Only the newest years that know of a time of the year count: solar and wind grow. */
const yearsMax = 3
/** Days around the day of the year that count. */
const reachDays = 10
const dayMs = 86_400_000
const yearMs = 365.2425 * dayMs

/** Says what hours are usually like. */
export interface Climatology {
  /** Every whole hour from `fromAt` to `toAt` that the history can say something of. */
  hours(fromAt: EpochMs, toAt: EpochMs): GridHour[]
}

interface PastHour extends MeasuredGridHour {
  readonly kind: number
  readonly hour: number
}

/** Learns from a zone's history. @param madeAt when that is done, as answers say it */
export function climatologyOf(history: readonly MeasuredGridHour[], timeZone: TimeZone, madeAt: EpochMs): Climatology {
  const byHour = Map.groupBy(
    history.map((one) => pastHour(one, timeZone)),
    keyOf,
  )
  return {
    hours(fromAt, toAt) {
      const hours: GridHour[] = []
      for (let startAt = fromAt; startAt < toAt; startAt += hourMs) {
        const renewableShare = usualShare(pastHour({ startAt, renewableShare: 0 }, timeZone), byHour)
        if (renewableShare !== undefined)
          hours.push({ startAt, renewableShare, kind: 'substitute', madeAt, source: null, model: climatologyModel })
      }
      return hours
    },
  }
}

function usualShare(target: PastHour, byHour: ReadonlyMap<string, readonly PastHour[]>): number | undefined {
  const near = (byHour.get(keyOf(target)) ?? []).filter((past) => daysApartInYear(past, target) <= reachDays)
  const byYear = Map.groupBy(near, (past) => Math.round((target.startAt - past.startAt) / yearMs))
  const newest = [...byYear].sort(([one], [other]) => one - other).slice(0, yearsMax)
  const shares = newest.flatMap(([, hours]) => hours.map(({ renewableShare }) => renewableShare))
  return shares.length === 0 ? undefined : mean(shares)
}

function pastHour(hour: MeasuredGridHour, timeZone: TimeZone): PastHour {
  const weekday = weekdayOf(localDayOf(hour.startAt, timeZone))
  // Working days are alike; Saturdays and Sundays are not, because demand falls and gas with it.
  return { ...hour, kind: Math.max(4, weekday), hour: wallClockHour(hour.startAt, timeZone) }
}

function keyOf({ kind, hour }: PastHour): string {
  return `${kind} ${hour}`
}

/** Days between two hours if both lay in the same year, across the turn of the year if that is shorter. */
function daysApartInYear(one: PastHour, other: PastHour): number {
  const apartMs = Math.abs(one.startAt - other.startAt) % yearMs
  return Math.min(apartMs, yearMs - apartMs) / dayMs
}
