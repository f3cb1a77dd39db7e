/** Sums of a recorded home straight from its CSV, by means that the product does not use: the tests' own yardstick. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** One minute: its instant and its mean power [W], `null` where nothing was measured; and the wall clock it began at. */
export interface RawMinute {
  readonly utc: string
  readonly powerW: number | null
  readonly local: LocalTime
}

export interface LocalTime {
  readonly date: string
  readonly month: string
  readonly hour: number
  /** 0 = Monday. */
  readonly weekday: number
}

const format = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Rome',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  hourCycle: 'h23',
  weekday: 'short',
})
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Public holidays in Italy, February 2014 to January 2015, from the calendar. */
const holidays = [
  ...['2014-04-21', '2014-04-25', '2014-05-01', '2014-06-02', '2014-08-15', '2014-11-01', '2014-12-08', '2014-12-25'],
  ...['2014-12-26', '2015-01-01', '2015-01-06'],
]

/** Every minute from `from` to `to` (RFC 3339, exclusive); one that the file of home-1 lacks was not measured. */
export function rawMinutes(from: string, to: string): RawMinute[] {
  const text = gunzipSync(readFileSync(new URL('../../data/homes/home-1.csv.gz', import.meta.url))).toString()
  const powerOf = new Map<string, number>()
  for (const line of text.split('\n').slice(1)) {
    const [utc = '', watts = ''] = line.split(',', 2)
    if (watts !== '') powerOf.set(utc, Number(watts))
  }
  const minutes: RawMinute[] = []
  for (let hourAt = Date.parse(from); hourAt < Date.parse(to); hourAt += 3_600_000) {
    const local = localTime(hourAt)
    for (let minute = 0; minute < 60; minute++) {
      const utc = new Date(hourAt + minute * 60_000).toISOString().replace(':00.000Z', 'Z')
      minutes.push({ utc, powerW: powerOf.get(utc) ?? null, local })
    }
  }
  return minutes
}

/** Energy of some minutes [Wh]. */
export function energyWh(minutes: readonly RawMinute[]): number {
  return minutes.reduce((sum, { powerW }) => sum + (powerW ?? 0) / 60, 0)
}

/** The tariff band of a wall-clock hour, written down from AEEG 181/06. */
export function bandOf({ date, hour, weekday }: LocalTime): 0 | 1 | 2 {
  if (weekday === 6 || holidays.includes(date) || hour < 7 || hour === 23) return 2
  if (weekday === 5) return 1
  return hour >= 8 && hour < 19 ? 0 : 1
}

function localTime(at: number): LocalTime {
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const month = `${part.year}-${part.month}`
  return { date: `${month}-${part.day}`, month, hour: Number(part.hour), weekday: weekdays.indexOf(part.weekday ?? '') }
}
