/**
 * The product's CSV of readings: a header with `at`, one or more value columns and perhaps `interval_s`; one reading a row.
 *
 * Fields hold no commas, so quotes are only ever around a whole field and are dropped. Empty lines are no rows.
 */
import { type Line, linesOf } from './byte-lines.ts'
import {
  isInterval,
  isValueField,
  type Rejection,
  type RowContext,
  readAt,
  readValue,
  rejection,
  shown,
  type ValueField,
  valueFieldNames,
} from './row-rules.ts'
import { isRejection, type Row } from './rows.ts'
import { BodyRefusal, type ByteStream } from './unpack.ts'

/** Where the columns of a CSV stand. */
interface Header {
  readonly width: number
  readonly at: number
  readonly intervalS: number | undefined
  readonly values: readonly { readonly field: ValueField; readonly position: number }[]
}

/**
 * The rows of a CSV, in batches.
 * @throws {BodyRefusal} when the header is none
 */
export async function* csvRows(source: ByteStream, context: RowContext): AsyncGenerator<Row[]> {
  let header: Header | undefined
  for await (const lines of linesOf(source)) {
    const rows: Row[] = []
    for (const line of lines) {
      if (line.text === '' && !line.tooLong) continue
      if (header === undefined) header = headerOf(line.text)
      else rows.push(rowOf(line, header, context))
    }
    yield rows
  }
  if (header === undefined) throw new BodyRefusal('csv_header_invalid', 'the body has no header')
}

function headerOf(text: string): Header {
  const names = text.split(',').map((name) => unquoted(name.trim()).trim())
  const unknown = names.find((name) => name !== 'at' && name !== 'interval_s' && !isValueField(name))
  if (unknown !== undefined) throw headerRefusal(`unknown column ${shown(unknown)}; known are at, ${known}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw headerRefusal(`column ${shown(twice)} stands twice`)
  if (!names.includes('at')) throw headerRefusal('column "at" is missing')
  const values = names.flatMap((field, position) => (isValueField(field) ? [{ field, position }] : []))
  if (values.length === 0) throw headerRefusal(`no value column; known are ${known}`)
  const intervalS = names.indexOf('interval_s')
  return { width: names.length, at: names.indexOf('at'), intervalS: intervalS < 0 ? undefined : intervalS, values }
}

function headerRefusal(detail: string): BodyRefusal {
  return new BodyRefusal('csv_header_invalid', detail)
}

const known = [...valueFieldNames, 'interval_s'].join(', ')

function rowOf(line: Line, header: Header, context: RowContext): Row {
  if (line.tooLong) return rejection('row_malformed', 'the line is longer than 16 KiB')
  const fields = line.text.split(',')
  if (fields.length !== header.width) {
    return rejection('row_malformed', `${fields.length} fields instead of ${header.width}`)
  }
  const at = readAt(unquoted(fields[header.at] ?? ''), context)
  if (typeof at !== 'number') return at
  const intervalS = intervalOf(header.intervalS === undefined ? '' : (fields[header.intervalS] ?? ''))
  if (typeof intervalS === 'object') return intervalS
  const readings = []
  for (const { field, position } of header.values) {
    const value = numberOf(unquoted(fields[position] ?? ''), field)
    if (typeof value === 'object' && value !== null) return value
    const reading = readValue(field, at, value, intervalS)
    if (isRejection(reading)) return reading
    readings.push(reading)
  }
  return readings
}

function intervalOf(text: string): number | undefined | Rejection {
  if (text === '') return undefined
  const intervalS = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return isInterval(intervalS) ? intervalS : rejection('interval_invalid', shown(text))
}

const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/

/** A decimal number; empty = not measured. Hexadecimal, commas, NaN and Infinity are no numbers. */
function numberOf(text: string, field: string): number | null | Rejection {
  if (text === '') return null
  const value = decimal.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : rejection('value_not_a_number', `${field} ${shown(text)}`)
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
