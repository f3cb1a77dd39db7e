/**
 * Readings as CSV: a header (`at,power_w` …), then one row per instant.
 *
 * An empty cell, or the word `null`, says "not measured", save that an empty energy or register cell beside a filled
 * value says nothing at all: meters send power every minute and energy every quarter, in one file. A bad row is
 * rejected alone; a bad header refuses the body.
 */
import { isUtf8 } from 'node:buffer'
import type { EpochMs } from '../energy/civil-time.ts'
import { type BodyParser, rowBytesMax } from './body-parser.ts'
import type { BodyProblem } from './body-refusals.ts'
import type { ValueColumn } from './columns.ts'
import { CsvFields } from './csv-fields.ts'
import { type CsvLayout, readCsvHeader } from './csv-header.ts'
import { readDecimal } from './decimal.ts'
import { readInstant } from './instant.ts'
import { isBlank, LineCutter, type LineTaker, type QuickLines } from './lines.ts'
import { QuickRows } from './quick-rows.ts'
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

/** The parser of one CSV body. */
export function readingsCsv(rows: RowCollector, rules: ReadingRules): BodyParser {
  return new ReadingsCsv(rows, rules)
}

/** A row's bad field, by its place, and why. */
interface BadField {
  readonly code: RowRejectionCode
  readonly field: number
  readonly name: string
}

class ReadingsCsv implements BodyParser, LineTaker {
  problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  readonly #lines = new LineCutter(this, rowBytesMax)
  #layout: CsvLayout | undefined
  #quick: QuickRows | undefined
  #fields = new CsvFields(1)
  readonly #spans: RowSpans = { intervalS: undefined, maxGapS: undefined, hasEnergy: false }

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  push(piece: Buffer): void {
    this.#lines.push(piece)
  }

  end(): boolean {
    this.#lines.end()
    if (this.#layout === undefined) {
      this.problem ??= { refusal: 'header_missing', detail: 'the first line must name the columns, such as at,power_w' }
    }
    return false
  }

  line(bytes: Buffer, start: number, end: number): void {
    if (this.problem !== undefined || isBlank(bytes, start, end)) return
    if (this.#layout === undefined) this.#header(bytes, start, end)
    else this.#row(this.#layout, bytes, start, end)
  }

  quickLines(bytes: Buffer, start: number, line: number): QuickLines {
    const quick = this.#quick
    if (quick === undefined) return { taken: 0, end: start }
    const end = quick.take(bytes, start, line)
    return { taken: quick.taken, end }
  }

  tooLongLine(): void {
    if (this.#layout !== undefined) this.#rows.reject('row_too_long', () => 'the row', this.#lines.lines)
    else
      this.problem ??= { refusal: 'header_column_unknown', detail: 'the header line is too long', pointer: '/header' }
  }

  #header(bytes: Buffer, start: number, end: number): void {
    const layout = readCsvHeader(bytes, start, end)
    if ('refusal' in layout) {
      this.problem = layout
      return
    }
    this.#layout = layout
    this.#fields = new CsvFields(layout.width)
    const isPlain = layout.at === 0 && layout.values.length === layout.width - 1
    if (isPlain)
      this.#quick = new QuickRows(
        this.#rows,
        this.#rules,
        layout.values.map(({ column }) => column),
      )
  }

  #row(layout: CsvLayout, bytes: Buffer, start: number, end: number): void {
    const fields = this.#fields
    const bad = this.#formProblem(layout, bytes, start, end) ?? this.#readings(layout, bytes)
    if (bad === undefined) this.#rows.closeRow(this.#lines.lines)
    else {
      const subject = () => (bad.field < 0 ? bad.name : `${bad.name} ${shown(fields.text(bytes, bad.field))}`)
      this.#rows.reject(isUtf8(bytes.subarray(start, end)) ? bad.code : 'row_not_utf8', subject, this.#lines.lines)
    }
  }

  #formProblem(layout: CsvLayout, bytes: Buffer, start: number, end: number): BadField | undefined {
    if (!this.#fields.split(bytes, start, end)) {
      return { code: 'row_malformed', field: -1, name: 'a quote stands where none may' }
    }
    const { count } = this.#fields
    if (count === layout.width) return undefined
    const name = `${count} of ${layout.width} fields of the header (a decimal comma, perhaps)`
    return { code: 'row_malformed', field: -1, name }
  }

  #readings(layout: CsvLayout, bytes: Buffer): BadField | undefined {
    const at = this.#instant(layout.at, bytes)
    if (typeof at === 'string') return { code: at, field: layout.at, name: 'at' }
    const badSpan = this.#readSpans(layout, bytes)
    if (badSpan !== undefined) return badSpan
    const anyFilled = layout.values.length > 1 && layout.values.some(({ field }) => !this.#isEmpty(field))
    for (const { field, column } of layout.values) {
      if (anyFilled && column.kind !== 'power' && this.#isEmpty(field)) continue
      const code = this.#addValue(column, field, at, bytes)
      if (code !== undefined) return { code, field, name: column.name }
    }
    return undefined
  }

  #instant(field: number, bytes: Buffer): EpochMs | RowRejectionCode {
    if (this.#isEmpty(field)) return 'at_missing'
    const at = readInstant(bytes, this.#fields.starts[field] ?? 0, this.#fields.ends[field] ?? 0)
    return typeof at === 'string' ? at : (instantRejection(at, this.#rules) ?? at)
  }

  #readSpans(layout: CsvLayout, bytes: Buffer): BadField | undefined {
    const spans = this.#spans
    spans.hasEnergy = layout.values.some(({ field, column }) => column.kind === 'energy' && !this.#isEmpty(field))
    spans.intervalS = this.#number(layout.intervalS, bytes)
    spans.maxGapS = this.#number(layout.maxGapS, bytes)
    if (spans.intervalS !== undefined && !isInterval(spans.intervalS)) {
      return { code: 'interval_invalid', field: layout.intervalS, name: 'interval_s' }
    }
    if (spans.maxGapS !== undefined && !isMaxGap(spans.maxGapS)) {
      return { code: 'max_gap_invalid', field: layout.maxGapS, name: 'max_gap_s' }
    }
    return undefined
  }

  #addValue(column: ValueColumn, field: number, at: EpochMs, bytes: Buffer): RowRejectionCode | undefined {
    const spanS = spanOf(column, this.#spans)
    const value = this.#isNull(field, bytes) ? null : (this.#number(field, bytes) ?? null)
    const code = value === null ? undefined : valueRejection(column, value, spanS)
    if (code === undefined) this.#rows.add(validReading(column, at, value, spanS, this.#rules))
    return code
  }

  /** The number in a field; `undefined` where it is empty or not there, NaN where it is no number. */
  #number(field: number, bytes: Buffer): number | undefined {
    if (field < 0 || this.#isEmpty(field)) return undefined
    return readDecimal(bytes, this.#fields.starts[field] ?? 0, this.#fields.ends[field] ?? 0)
  }

  #isEmpty(field: number): boolean {
    return this.#fields.starts[field] === this.#fields.ends[field]
  }

  #isNull(field: number, bytes: Buffer): boolean {
    const start = this.#fields.starts[field] ?? 0
    return bytes[start] === 0x6e && this.#fields.text(bytes, field) === 'null'
  }
}
