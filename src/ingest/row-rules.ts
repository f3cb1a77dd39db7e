/**
 * What makes a row of readings good, and the codes of what makes it bad. The same rules hold for every form: a row has an
 * instant `at` with a zone and at least one value field; a value is a number in range, or empty (`null`): not measured.
 */
import type { EpochMs } from '../energy/civil-time.ts'
import {
  type Channel,
  defaultEnergyIntervalS,
  defaultHoldS,
  defaultMaxGapS,
  type Reading,
  type ReadingKind,
} from '../energy/readings.ts'
import { parseInstant } from './instant.ts'

/** Codes of rejected rows and what they mean. Stable: clients may act on them. */
export const rowRejections = {
  row_malformed: 'The row is not of the form that its body announces.',
  field_unknown: 'The row has a field that no reading has.',
  value_missing: 'The row has an instant but no value field.',
  at_missing: 'The row has no instant.',
  at_invalid: 'The instant is not RFC 3339, or names a date or time that does not exist.',
  at_without_zone: 'The instant names neither an offset nor Z.',
  at_too_early: 'The instant lies before the year 2000.',
  at_in_future: 'The instant lies more than a day ahead.',
  after_closure: 'The instant lies after the end of the supply.',
  value_not_a_number: 'The value is not a finite number.',
  value_negative: 'The value is negative; power injected into the grid is a field of its own.',
  power_absurd: 'The power is above 100 kW.',
  energy_absurd: 'The energy of the interval means a power above 100 kW.',
  register_absurd: 'The register is above 1,000 GWh.',
  interval_invalid: 'The interval is not a whole number of seconds from 1 to 3600.',
} as const

export type RowRejectionCode = keyof typeof rowRejections

/** Why one row was not taken. */
export interface Rejection {
  readonly code: RowRejectionCode
  readonly detail: string
}

/** The value fields of a row, and what each is. */
export const valueFields = {
  power_w: { kind: 'power', channel: 'import' },
  energy_wh: { kind: 'energy', channel: 'import' },
  register_wh: { kind: 'register', channel: 'import' },
  power_w_export: { kind: 'power', channel: 'export' },
  energy_wh_export: { kind: 'energy', channel: 'export' },
  register_wh_export: { kind: 'register', channel: 'export' },
} as const satisfies Record<string, { kind: ReadingKind; channel: Channel }>

export type ValueField = keyof typeof valueFields

export const valueFieldNames = Object.keys(valueFields) as ValueField[]

/** Whether a name is one of the value fields. */
export function isValueField(name: string): name is ValueField {
  return Object.hasOwn(valueFields, name)
}

/** What the rules need to know beside the row. */
export interface RowContext {
  readonly now: EpochMs
  /** The supply's end: readings from this instant on are refused. */
  readonly closedAt?: EpochMs
}

const powerWMax = 100_000
const registerWhMax = 1e12
const earliestAt: EpochMs = Date.UTC(2000, 0, 1)
const aheadMs = 86_400_000
export const intervalSMax = 3600

/** An instant in the range readings may have, or why not. */
export function readAt(text: string, context: RowContext): EpochMs | Rejection {
  const at = parseInstant(text)
  if (typeof at === 'string') return rejection(at, shown(text))
  return checkAt(at, text, context)
}

/** The instant when it is in range, or why not. */
export function checkAt(at: EpochMs, text: string, context: RowContext): EpochMs | Rejection {
  if (at < earliestAt) return rejection('at_too_early', shown(text))
  if (at > context.now + aheadMs) return rejection('at_in_future', shown(text))
  if (context.closedAt !== undefined && at >= context.closedAt) return rejection('after_closure', shown(text))
  return at
}

/**
 * A reading of one value field, or why not.
 * @param value a finite number, or `null` for "not measured"
 * @param intervalS the row's own interval [s], where it names one
 */
export function readValue(
  field: ValueField,
  at: EpochMs,
  value: number | null,
  intervalS: number | undefined,
): Reading | Rejection {
  const { kind, channel } = valueFields[field]
  const spanS = spanOf(kind, intervalS)
  const refused = value === null ? undefined : rangeRejection(field, kind, value, spanS)
  if (refused !== undefined) return refused
  return { kind, channel, at, value: value === null ? null : value + 0, spanS, quality: 'measured' }
}

/** Whether an interval [s] is one that readings may have. */
export function isInterval(intervalS: number): boolean {
  return Number.isInteger(intervalS) && intervalS >= 1 && intervalS <= intervalSMax
}

/** A rejection with a short, printable excerpt of what was wrong. */
export function rejection(code: RowRejectionCode, detail: string): Rejection {
  return { code, detail }
}

/** A text for a detail: short, and without control characters. */
export function shown(text: string): string {
  const printable = text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?')
  return text.length > 60 ? `"${printable}…"` : `"${printable}"`
}

function spanOf(kind: ReadingKind, intervalS: number | undefined): number {
  if (kind === 'register') return defaultMaxGapS
  return intervalS ?? (kind === 'power' ? defaultHoldS : defaultEnergyIntervalS)
}

function rangeRejection(field: string, kind: ReadingKind, value: number, spanS: number): Rejection | undefined {
  if (!Number.isFinite(value)) return rejection('value_not_a_number', field)
  if (value < 0) return rejection('value_negative', `${field} ${value}`)
  if (kind === 'power' && value > powerWMax) return rejection('power_absurd', `${field} ${value}`)
  if (kind === 'energy' && (value * 3600) / spanS > powerWMax) return rejection('energy_absurd', `${field} ${value}`)
  if (kind === 'register' && value > registerWhMax) return rejection('register_absurd', `${field} ${value}`)
  return undefined
}
