/**
 * The Italian time-of-use bands: F1, F2 or F3 for every instant.
 *
 * AEEG resolution 181/06, local civil time: F1 Monday to Friday 08–19; F2 Monday to Friday 07–08 and 19–23, Saturday
 * 07–23; F3 all the rest, Sundays and listed holidays whole. All limits lie on the hour, so an hour has one band.
 */
import { type CivilDay, type EpochMs, localDayOf, type TimeZone, wallClockHour, weekdayOf } from './civil-time.ts'
import { fourOctoberRule, holidayRules, holidaysOf } from './holidays.ts'

export type Band = 'f1' | 'f2' | 'f3'

/** In column order. */
export const bands: readonly Band[] = ['f1', 'f2', 'f3']

/** Which days are holidays for the bands. */
export interface BandCalendar {
  isHoliday(day: CivilDay): boolean
}

/** The calendar of the bands; `fourOctober` says whether 4 October counts (off until the regulator lists it). */
export function bandCalendar({ fourOctober }: { readonly fourOctober: boolean }): BandCalendar {
  const rules = fourOctober ? [...holidayRules, fourOctoberRule] : holidayRules
  const years = new Map<number, Set<CivilDay>>()
  return {
    isHoliday(day) {
      const year = Number(day.slice(0, 4))
      const holidays = years.get(year) ?? holidaysOf(year, rules)
      years.set(year, holidays)
      return holidays.has(day)
    },
  }
}

/** The band of an instant: of the wall clock at it. */
export function bandAt(at: EpochMs, timeZone: TimeZone, calendar: BandCalendar): Band {
  return bandOfHour(localDayOf(at, timeZone), wallClockHour(at, timeZone), calendar)
}

/** The band of a local hour (0–23) of a day. */
export function bandOfHour(day: CivilDay, hour: number, calendar: BandCalendar): Band {
  const weekday = weekdayOf(day)
  if (weekday === 6 || hour < 7 || hour >= 23 || calendar.isHoliday(day)) return 'f3'
  if (weekday === 5 || hour < 8 || hour >= 19) return 'f2'
  return 'f1'
}
