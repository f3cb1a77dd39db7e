/**
 * The substitute for an hour of which nothing better is known: what such a day is usually like (`usual-day.ts`), by the
 * history alone, however old it is. `evaluate greenness` measures this same code.
 */
import { type CivilDay, type EpochMs, hoursOfDay, type TimeZone } from '../energy/civil-time.ts'
import type { GridHour, GridSource } from '../energy/grid-hours.ts'
import type { GridDay, HourValues } from './grid-days.ts'
import { usualDay } from './usual-day.ts'

/** Name and version of the method. */
export const climatologyModel = 'climatology-2'

/** The usual shares of the day at `index` by the days before `until`; `undefined` where too little is known. */
export function climatologyShares(days: readonly GridDay[], index: number, until: number): HourValues | undefined {
  return usualDay(days, index, until)?.share
}

/** Every hour of some days that the history can say something of. @param history consecutive days that reach to them */
export function climatologyHours(
  history: readonly GridDay[],
  told: readonly CivilDay[],
  { timeZone, madeAt, restsOn }: { timeZone: TimeZone; madeAt: EpochMs; restsOn: readonly GridSource[] },
): GridHour[] {
  return told.flatMap((day) => {
    const index = history.findIndex((one) => one.day === day)
    const shares = index < 0 ? undefined : climatologyShares(history, index, index)
    return hoursOfDay(day, timeZone).flatMap(({ startAt, hour }): GridHour[] => {
      const renewableShare = shares?.[hour] ?? null
      if (renewableShare === null) return []
      return [{ startAt, renewableShare, kind: 'substitute', madeAt, source: null, restsOn, model: climatologyModel }]
    })
  })
}
