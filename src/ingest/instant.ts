/**
 * Reads an instant of a reading: RFC 3339 with an offset or `Z`, straight from bytes.
 *
 * Accepted beside the letter of RFC 3339, because meters and exports write it: a space or `t` for `T`, `z` for `Z`, no
 * seconds, offsets as `+02`, `+0200`. A fraction is cut to milliseconds. A leap second (23:59:60 UTC) is read as the
 * second before it, as `Temporal` does. Refused: times without zone, 24:00, dates that do not exist.
 */
import { type EpochMs, minuteMs } from '../energy/civil-time.ts'
import { colon, digit0, isDigit, lowerCaseBit, minus, plus, point, space, upperT, upperZ } from './ascii.ts'

/** Why an instant cannot be read. */
export type InstantProblem = 'at_invalid' | 'at_without_zone'

const secondMs = 1000
const dayMinutes = 1440
const lengthMin = 'YYYY-MM-DDTHH:MM'.length
const lengthMax = 48

/**
 * Reads the instant in `bytes` from `start` up to, not including, `end`.
 * @param unzonedOffsetMs how far east of UTC a time without offset is; without this it is refused
 */
export function readInstant(
  bytes: Uint8Array,
  start: number,
  end: number,
  unzonedOffsetMs?: number,
): EpochMs | InstantProblem {
  if (end - start < lengthMin || end - start > lengthMax) return 'at_invalid'
  const minuteAt = readDate(bytes, start) + readClock(bytes, start + 10)
  const secondsEnd = start + lengthMin + (end > start + lengthMin && bytes[start + lengthMin] === colon ? 3 : 0)
  const seconds = secondsEnd > start + lengthMin ? twoDigits(bytes, secondsEnd - 2) : 0
  const fractionEnd = endOfFraction(bytes, secondsEnd, end)
  const offsetMs = fractionEnd === end ? (unzonedOffsetMs ?? 'at_without_zone') : readOffset(bytes, fractionEnd, end)
  if (Number.isNaN(minuteAt + seconds) || fractionEnd < 0 || seconds > 60 || secondsEnd > end) return 'at_invalid'
  if (typeof offsetMs === 'string') return offsetMs
  const utcMinuteAt = minuteAt - offsetMs
  if (seconds === 60) return leapSecond(utcMinuteAt)
  return utcMinuteAt + seconds * secondMs + fractionMs(bytes, secondsEnd, fractionEnd)
}

/** Reads an instant from text, by the same rules. */
export function readInstantText(text: string): EpochMs | InstantProblem {
  if (text.length > lengthMax) return 'at_invalid'
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    scratch[index] = unit > 0x7f ? 0 : unit
  }
  return readInstant(scratch, 0, text.length)
}

const scratch = new Uint8Array(lengthMax)

/** The date read last: rows of a day follow each other, so that almost every date is this one. */
const lastDate = { number: -1, at: Number.NaN }

/** Midnight UTC of `YYYY-MM-DD`; NaN where it is no date. */
export function readDate(bytes: Uint8Array, start: number): number {
  if (bytes[start + 4] !== minus || bytes[start + 7] !== minus) return Number.NaN
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
  const month = twoDigits(bytes, start + 5)
  const day = twoDigits(bytes, start + 8)
  const number = (year * 100 + month) * 100 + day
  if (number !== lastDate.number) {
    lastDate.at = midnightOf(year, month, day)
    lastDate.number = number
  }
  return lastDate.at
}

/** `Date.UTC` takes the years 0–99 as 1900–1999, so that those are asked 400 years later, where days fall the same. */
function midnightOf(year: number, month: number, day: number): number {
  const cycles = year < 400 ? 1 : 0
  const at = Date.UTC(year + 400 * cycles, month - 1, day)
  const exists = month >= 1 && month <= 12 && new Date(at).getUTCDate() === day
  return exists ? at - cycles * 146_097 * dayMinutes * minuteMs : Number.NaN
}

/** `THH:MM` in ms; NaN where it is no time of day. */
function readClock(bytes: Uint8Array, start: number): number {
  const separator = bytes[start] ?? 0
  if ((separator & ~lowerCaseBit) !== upperT && separator !== space) return Number.NaN
  const hour = twoDigits(bytes, start + 1)
  const minute = twoDigits(bytes, start + 4)
  return bytes[start + 3] === colon && hour < 24 && minute < 60 ? (hour * 60 + minute) * minuteMs : Number.NaN
}

function twoDigits(bytes: Uint8Array, start: number): number {
  const tens = bytes[start] ?? 0
  const ones = bytes[start + 1] ?? 0
  return isDigit(tens) && isDigit(ones) ? (tens - digit0) * 10 + (ones - digit0) : Number.NaN
}

/** Where the fraction that may begin at `start` ends; −1 for a point without digits. */
function endOfFraction(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || bytes[start] !== point) return start
  let index = start + 1
  while (index < end && isDigit(bytes[index] ?? 0)) index++
  return index > start + 1 ? index : -1
}

/** The first three digits after the point. */
function fractionMs(bytes: Uint8Array, start: number, end: number): number {
  let milliseconds = 0
  for (let index = start + 1, unitMs = 100; index < end && unitMs >= 1; index++, unitMs /= 10) {
    milliseconds += ((bytes[index] ?? digit0) - digit0) * unitMs
  }
  return milliseconds
}

/** `Z`, `±HH:MM`, `±HHMM` or `±HH` in ms east of UTC. */
function readOffset(bytes: Uint8Array, start: number, end: number): number | InstantProblem {
  if (start < 0) return 'at_invalid'
  const sign = bytes[start] ?? 0
  if ((sign & ~lowerCaseBit) === upperZ) return start + 1 === end ? 0 : 'at_invalid'
  if (sign !== plus && sign !== minus) return 'at_invalid'
  const minutes = offsetMinutes(bytes, start + 1, end)
  return Number.isNaN(minutes) ? 'at_invalid' : minutes * (sign === plus ? minuteMs : -minuteMs)
}

function offsetMinutes(bytes: Uint8Array, start: number, end: number): number {
  const hour = twoDigits(bytes, start)
  const minutesStart = start + 2 + (bytes[start + 2] === colon ? 1 : 0)
  const minute = end === start + 2 ? 0 : twoDigits(bytes, minutesStart)
  const ends = end === start + 2 || end === minutesStart + 2
  return ends && hour < 24 && minute < 60 ? hour * 60 + minute : Number.NaN
}

/** The second before a leap second; leap seconds stand at the end of a UTC day alone. */
function leapSecond(utcMinuteAt: EpochMs): EpochMs | InstantProblem {
  return (utcMinuteAt / minuteMs + 1) % dayMinutes === 0 ? utcMinuteAt + 59 * secondMs : 'at_invalid'
}
