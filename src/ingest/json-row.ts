/**
 * One row of readings as a JSON object: `{"at": "…Z", "power_w": 532}`, with one value or several.
 * A value of `null` says "not measured"; a field that is not there says nothing.
 */
import { isUtf8 } from 'node:buffer'
import type { EpochMs } from '../energy/civil-time.ts'
import { quote } from './ascii.ts'
import { fieldNames, type ValueColumn, valueColumnOf } from './columns.ts'
import { readInstantText } from './instant.ts'
import { type Fields, isFields } from './json-fields.ts'
import {
  instantRejection,
  isInterval,
  isMaxGap,
  type ReadingRules,
  type RowSpans,
  spanOf,
  validReading,
  valueRejection,
} from './reading-rules.ts'
import { type RowCollector, shown } from './row-collector.ts'
import type { RowRejectionCode } from './row-rejections.ts'

/** Why a row is rejected, and what in it was bad. */
interface BadRow {
  readonly code: RowRejectionCode
  readonly subject: string
}

/** Text of the bytes from `start` up to, not including, `end`; `undefined` where they are not UTF-8. */
export function utf8Text(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\u{FFFD}') && !isUtf8(bytes.subarray(start, end)) ? undefined : text
}

/**
 * The value of a JSON text; `undefined` where it is none. `NaN` and `Infinity`, which some senders write though JSON
 * does not have them, become texts: they cost their row alone, as a value that is no number.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parseWithoutNaN(text)
  }
}

/**
 * Adds the readings of a row to the collector, or rejects it. `text` is what the row was parsed from, `line` where it
 * stands, where rows have lines.
 */
export function addJsonRow(row: unknown, text: string, rows: RowCollector, rules: ReadingRules, line?: number): void {
  const bad = isFields(row) ? addReadings(row, text, rows, rules) : notAnObject(row)
  if (bad === undefined) rows.closeRow(line)
  else rows.reject(bad.code, () => bad.subject, line)
}

const notNumber = /(?<=[[:,\s])-?(?:NaN|Infinity)(?=[\],}\s])/g

function parseWithoutNaN(text: string): unknown {
  const replaced = ` ${text} `.replaceAll(notNumber, '"$&"')
  if (replaced.length === text.length + 2) return undefined
  try {
    return JSON.parse(replaced)
  } catch {
    return undefined
  }
}

function notAnObject(row: unknown): BadRow {
  return { code: 'row_malformed', subject: `${shown(textOf(row))} is no object` }
}

function addReadings(row: Fields, text: string, rows: RowCollector, rules: ReadingRules): BadRow | undefined {
  const names = Object.keys(row)
  const unknown = names.find((name) => !fieldNames.includes(name))
  if (unknown !== undefined) return { code: 'field_unknown', subject: shown(unknown) }
  const at = instantOf(row, rules)
  if (typeof at !== 'number') return at
  const spans = spansOf(row)
  if ('code' in spans) return spans
  let values = 0
  for (const name of names) {
    const column = valueColumnOf(name)
    if (column === undefined) continue
    values++
    const code = addValue(column, row[name], at, spans, rows, rules)
    if (code !== undefined) return { code, subject: `${name} ${shown(textOf(row[name]))}` }
  }
  if (values === 0) return { code: 'value_missing', subject: 'the row' }
  return hasFieldTwice(names.length, text)
    ? { code: 'row_malformed', subject: `${shown(text)} has a field twice` }
    : undefined
}

/**
 * Whether a row that is good otherwise has a field twice, of which `JSON.parse` keeps the last. Its one text is `at`, and
 * no quote stands within a text: two quotes for each field and two for `at` are all there may be.
 */
function hasFieldTwice(fields: number, text: string): boolean {
  let quotes = 0
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === quote) quotes++
  return quotes !== 2 * fields + 2
}

function instantOf({ at }: Fields, rules: ReadingRules): EpochMs | BadRow {
  if (at === undefined || at === null || at === '') return { code: 'at_missing', subject: 'the row' }
  const instant = typeof at === 'string' ? readInstantText(at) : 'at_invalid'
  const code = typeof instant === 'string' ? instant : instantRejection(instant, rules)
  if (code !== undefined) return { code, subject: `at ${shown(textOf(at))}` }
  return instant as EpochMs
}

function spansOf({ interval_s: interval, max_gap_s: maxGap, ...row }: Fields): RowSpans | BadRow {
  if (!(interval === undefined || interval === null || isInterval(interval))) {
    return { code: 'interval_invalid', subject: `interval_s ${shown(textOf(interval))}` }
  }
  if (!(maxGap === undefined || maxGap === null || isMaxGap(maxGap))) {
    return { code: 'max_gap_invalid', subject: `max_gap_s ${shown(textOf(maxGap))}` }
  }
  const hasEnergy = 'energy_wh' in row || 'energy_wh_export' in row
  return { intervalS: interval ?? undefined, maxGapS: maxGap ?? undefined, hasEnergy }
}

function addValue(
  column: ValueColumn,
  value: unknown,
  at: EpochMs,
  spans: RowSpans,
  rows: RowCollector,
  rules: ReadingRules,
): RowRejectionCode | undefined {
  if (value !== null && typeof value !== 'number') return 'value_not_a_number'
  const spanS = spanOf(column, spans)
  const code = value === null ? undefined : valueRejection(column, value, spanS)
  if (code === undefined) rows.add(validReading(column, at, value, spanS, rules))
  return code
}

/** What a value looked like. What is nested is only named: writing it out could be as deep as the sender made it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return '[…]'
  return typeof value === 'object' && value !== null ? '{…}' : String(value)
}
