/** Instants as readings carry them: RFC 3339 with an offset or `Z`. */
import type { EpochMs } from '../energy/civil-time.ts'

/** Why a text is no instant: it names no zone, or it is none at all. */
export type InstantRefusal = 'at_without_zone' | 'at_invalid'

const zoned = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})$/
const zoneless = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/

/** Reads an instant (to the millisecond), or says why it is none. Dates that do not exist are refused, not shifted. */
export function parseInstant(text: string): EpochMs | InstantRefusal {
  const match = zoned.exec(text)
  if (match === null) return zoneless.test(text) ? 'at_without_zone' : 'at_invalid'
  const [, year, month, day, hour, minute, second = '0', fraction = '0', zone = 'Z'] = match
  const fields = [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)] as const
  const localMs = localMsOf(...fields)
  const offsetMinutes = offsetMinutesOf(zone)
  if (localMs === undefined || offsetMinutes === undefined) return 'at_invalid'
  return localMs + Math.floor(Number(fraction) * 1000) - offsetMinutes * 60_000
}

function localMsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): EpochMs | undefined {
  if (hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  if (at.getUTCDate() !== day) return undefined
  return at.setUTCHours(hour, minute, second)
}

function offsetMinutesOf(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 18 || minutes > 59) return undefined
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes)
}
