/**
 * Where the numbered quarter-hours of a local day stand in time.
 *
 * Italian files number the quarters of a day by the wall clock: number n begins at (n − 1) × 15 minutes, 96 numbers a
 * day. On the spring day (92 quarters) the numbers of the hour that the clock skips, 9 to 12, mean nothing. On the
 * autumn day (100 quarters) the same numbers mean two quarters each, and only a file that cuts the day in two parts
 * (SII `Dst` 2 and 3) says which. A file that counts the quarters that elapsed is known by what it fills: number n
 * begins (n − 1) × 15 minutes after midnight there. It has more than 96; or on the spring day it fills those of the
 * skipped hour and none of the last four; or these last four are zeros and those of the skipped hour are not.
 * A zero is a value: a home with a battery draws nothing all night.
 */
import { type CivilDay, type EpochMs, hoursOfDay, type LocalHour, type TimeZone } from '../../energy/civil-time.ts'

/** The length of a quarter [s]. */
export const quarterS = 900
const quarterMs = quarterS * 1000
const quartersPerHour = 4

/** When a quarter begins, or why the day has no such quarter, or two. */
export type QuarterStart = EpochMs | 'time_skipped' | 'time_ambiguous'

/** Which part of the day the numbers belong to: all of it, or before or after the clock is put back. */
export type DayPart = 'whole' | 'before' | 'after'

export interface NumberedDay {
  readonly day: CivilDay
  readonly timeZone: TimeZone
  readonly part: DayPart
  /** What the file says of each quarter, number 1 first; `null` where it says nothing. */
  readonly values: readonly (number | null)[]
}

/** When the quarter of each number from 1 on begins. */
export function quarterStarts(numbered: NumberedDay): (number: number) => QuarterStart {
  const hours = hoursOfDay(numbered.day, numbered.timeZone)
  const elapsedFrom = elapsedOrigin(numbered, hours)
  if (elapsedFrom === undefined) return (number) => byWallClock(number, numbered.part, hours)
  const endAt = hours.at(-1)?.stopAt ?? 0
  return (number) => {
    const startAt = elapsedFrom + (number - 1) * quarterMs
    return startAt < endAt ? startAt : 'time_skipped'
  }
}

/** From when on the file counts elapsed quarters; `undefined` where it counts by the wall clock. */
function elapsedOrigin({ part, values }: NumberedDay, hours: readonly LocalHour[]): EpochMs | undefined {
  const startAt = hours[0]?.startAt
  const last = values.findLastIndex((value) => value !== null) + 1
  if (part === 'before') return undefined
  if (part === 'after') {
    const second = hours.findIndex(({ hour }, index) => hours[index - 1]?.hour === hour)
    if (second < 0) return undefined
    const isFromOne = last <= (hours.length - second) * quartersPerHour && typeof values[0] === 'number'
    return isFromOne ? hours[second]?.startAt : undefined
  }
  if (last > 24 * quartersPerHour && hours.length > 24) return startAt
  return hours.length === 23 && isSpringElapsed(values, hours) ? startAt : undefined
}

/** Whether the numbers of a day of 92 quarters are those that elapsed. */
function isSpringElapsed(values: NumberedDay['values'], hours: readonly LocalHour[]): boolean {
  const skipped = skippedNumbers(hours).map((number) => values[number - 1] ?? null)
  const beyond = values.slice(hours.length * quartersPerHour)
  if (beyond.every((value) => value === null)) return skipped.some((value) => value !== null)
  return (
    beyond.every((value) => value === null || value === 0) && skipped.some((value) => value !== null && value !== 0)
  )
}

/** Numbers of the hour that the day does not have. */
function skippedNumbers(hours: readonly LocalHour[]): number[] {
  const missing = Array.from({ length: 24 }, (_, hour) => hour).filter(
    (hour) => !hours.some((one) => one.hour === hour),
  )
  return missing.flatMap((hour) => [1, 2, 3, 4].map((quarter) => hour * quartersPerHour + quarter))
}

function byWallClock(number: number, part: DayPart, hours: readonly LocalHour[]): QuarterStart {
  const hour = Math.floor((number - 1) / quartersPerHour)
  const matching = hours.filter((one) => one.hour === hour)
  const [first] = matching
  const last = matching.at(-1)
  if (first === undefined || last === undefined) return 'time_skipped'
  if (part === 'whole' && first !== last) return 'time_ambiguous'
  if (part !== 'whole' && isOutside(hour, part, hours)) return 'time_skipped'
  return (part === 'after' ? last : first).startAt + ((number - 1) % quartersPerHour) * quarterMs
}

/** Whether an hour of the wall clock does not lie in the part: the doubled hour ends the one and begins the other. */
function isOutside(hour: number, part: DayPart, hours: readonly LocalHour[]): boolean {
  const doubled = hours.find(({ hour: one }, index) => hours[index + 1]?.hour === one)?.hour
  if (doubled === undefined) return part === 'after'
  return part === 'before' ? hour > doubled : hour < doubled
}
