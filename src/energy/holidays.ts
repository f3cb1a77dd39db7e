/**
 * The holidays that count for the Italian tariff bands: a closed list of eleven, as dated rules.
 *
 * Source: AEEG resolution 181/06 (in force since 1 January 2007) and Table 6 of Annex A (TIV) to resolution 301/2012.
 * Patron saints, Good Friday, 24 and 31 December are ordinary days. 4 October is a national holiday since 2026 (law
 * 151/2025), but the regulator has not added it to the list: its rule is off until a setting turns it on.
 */
import { addDays, type CivilDay } from './civil-time.ts'

/** A rule that names one day of each year from `fromYear` on. */
export interface HolidayRule {
  readonly id: string
  readonly fromYear: number
  /** `MM-DD`, or days after Easter Sunday. */
  readonly on: string | { readonly daysAfterEaster: number }
  readonly source: string
}

const resolution181 = 'AEEG resolution 181/06; resolution 301/2012, Annex A, Table 6'

/** The closed list. */
export const holidayRules: readonly HolidayRule[] = [
  { id: 'new-year', fromYear: 2007, on: '01-01', source: resolution181 },
  { id: 'epiphany', fromYear: 2007, on: '01-06', source: resolution181 },
  { id: 'easter-monday', fromYear: 2007, on: { daysAfterEaster: 1 }, source: resolution181 },
  { id: 'liberation', fromYear: 2007, on: '04-25', source: resolution181 },
  { id: 'labour', fromYear: 2007, on: '05-01', source: resolution181 },
  { id: 'republic', fromYear: 2007, on: '06-02', source: resolution181 },
  { id: 'assumption', fromYear: 2007, on: '08-15', source: resolution181 },
  { id: 'all-saints', fromYear: 2007, on: '11-01', source: resolution181 },
  { id: 'immaculate-conception', fromYear: 2007, on: '12-08', source: resolution181 },
  { id: 'christmas', fromYear: 2007, on: '12-25', source: resolution181 },
  { id: 'saint-stephen', fromYear: 2007, on: '12-26', source: resolution181 },
]

/** 4 October, off until the regulator lists it. */
export const fourOctoberRule: HolidayRule = {
  id: 'saint-francis',
  fromYear: 2026,
  on: '10-04',
  source: 'law 151/2025; not in the list of resolution 181/06',
}

/** The days that the rules name in a year. Years before 2007 take the rules of 2007. */
export function holidaysOf(year: number, rules: readonly HolidayRule[]): Set<CivilDay> {
  const inForce = rules.filter((rule) => rule.fromYear <= Math.max(year, 2007))
  return new Set(
    inForce.map(({ on }) => (typeof on === 'string' ? dayOf(year, on) : afterEaster(year, on.daysAfterEaster))),
  )
}

/** Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 13, 487, 1876; Meeus, Astronomical Algorithms, ch. 8). */
export function easterOf(year: number): CivilDay {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const yearOfCentury = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7
  const shift = Math.floor((golden + 11 * epact + 22 * weekday) / 451)
  const position = epact + weekday - 7 * shift + 114
  return dayOf(year, `${pad(Math.floor(position / 31))}-${pad((position % 31) + 1)}`)
}

function afterEaster(year: number, days: number): CivilDay {
  return addDays(easterOf(year), days)
}

function dayOf(year: number, monthAndDay: string): CivilDay {
  return `${String(year).padStart(4, '0')}-${monthAndDay}` as CivilDay
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}
