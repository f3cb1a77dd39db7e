/**
 * Readings as one dense JSON series: `{"kind": "power_w", "start": "…Z", "interval_s": 60, "values": [150, null, 600]}`.
 * Value number n, from 0, stands at `start` + n × `interval_s` and is a row of its own; in this form power holds
 * `interval_s`. A sender may put `values` before the fields that explain them: then they wait, up to a million.
 */

import type { EpochMs } from '../energy/civil-time.ts'
import { qualityNumber, seriesNumber } from '../energy/reading-batch.ts'
import { sourceNumber } from '../energy/reading-sources.ts'
import { defaultEnergyIntervalS, defaultMaxGapS } from '../energy/readings.ts'
import type { BodyProblem } from './body-refusals.ts'
import { type ValueColumn, valueColumnOf, valueColumns } from './columns.ts'
import { readInstantText } from './instant.ts'
import { instantRejection, isInterval, isMaxGap, type ReadingRules, valueRejection } from './reading-rules.ts'
import { type RowCollector, shown } from './row-collector.ts'
import { rowRejections } from './row-rejections.ts'

/** The fields of the dense form beside `values`. */
export const denseFields = ['kind', 'start', 'interval_s', 'max_gap_s'] as const
export type DenseField = (typeof denseFields)[number]

const measured = qualityNumber('measured')
const waitingMax = 1_000_000
const releasedAtOnce = 16_384

/** What the values of a series mean. */
interface Series {
  readonly column: ValueColumn
  readonly startAt: EpochMs
  readonly intervalS: number
  readonly spanS: number
  /** Numbers of its kind and channel, and of its source. */
  readonly number: number
  readonly source: number
}

export class DenseValues {
  /** Set once the series cannot be read. */
  problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  #column: ValueColumn | undefined
  #startAt: EpochMs | undefined
  #intervalS: number | undefined
  #maxGapS: number | undefined
  #series: Series | undefined
  #index = 0
  /** Values that came before `kind`, `start` and `interval_s`. */
  #waiting: (number | null)[] = []
  #released = 0

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  /** Takes a field beside `values`. */
  setField(name: DenseField, value: unknown): void {
    if (name === 'max_gap_s' && this.#index > 0) this.problem ??= tooLate(name)
    if (name === 'kind') this.#column = typeof value === 'string' ? valueColumnOf(value) : undefined
    else if (name === 'start') this.#setStart(value)
    else if (name === 'interval_s') this.#intervalS = isInterval(value) ? value : undefined
    else this.#maxGapS = isMaxGap(value) ? value : undefined
    const known = { kind: this.#column, start: this.#startAt, interval_s: this.#intervalS, max_gap_s: this.#maxGapS }
    if (known[name] === undefined) this.problem ??= invalidField(name, value)
  }

  /** Called where `values` begin: fixes what they mean, if that is known yet. */
  begin(): void {
    if (this.#intervalS !== undefined) this.#series = this.#seriesKnown()
  }

  /** Takes the next value; NaN stands for one that is no number. */
  add(value: number | null): void {
    if (this.#series !== undefined) this.#addRow(this.#series, value)
    else if (this.#waiting.length < waitingMax) this.#waiting.push(value)
    else {
      const detail = `put \`kind\`, \`start\` and \`interval_s\` before \`values\` when there are more than ${waitingMax}`
      this.problem ??= { refusal: 'field_order', detail, pointer: '/values' }
    }
  }

  /** Called where the object ends: names what is missing. */
  close(): void {
    this.#series ??= this.#seriesKnown()
    if (this.#series !== undefined) return
    const name = this.#column === undefined ? 'kind' : this.#startAt === undefined ? 'start' : 'interval_s'
    this.problem ??= { refusal: 'field_missing', detail: `\`values\` need \`${name}\``, pointer: `/${name}` }
  }

  /** Makes rows of some of the values that waited; `true` while there are more. */
  release(): boolean {
    const series = this.#series
    if (series === undefined || this.problem !== undefined) return false
    const end = Math.min(this.#waiting.length, this.#released + releasedAtOnce)
    for (; this.#released < end; this.#released++) this.#addRow(series, this.#waiting[this.#released] ?? null)
    return end < this.#waiting.length
  }

  #setStart(value: unknown): void {
    const startAt = typeof value === 'string' ? readInstantText(value) : 'at_invalid'
    if (typeof startAt === 'number') this.#startAt = startAt
    else {
      const detail = rowRejections[startAt].replace('`at`', '`start`')
      this.problem ??= { refusal: 'field_invalid', detail, pointer: '/start' }
    }
  }

  #seriesKnown(): Series | undefined {
    const column = this.#column
    const startAt = this.#startAt
    const intervalS = this.#intervalS ?? (column?.kind === 'energy' ? defaultEnergyIntervalS : undefined)
    if (column === undefined || startAt === undefined || intervalS === undefined) return undefined
    const maxGapS = this.#maxGapS ?? defaultMaxGapS
    return {
      column,
      startAt,
      intervalS,
      spanS: column.kind === 'register' ? maxGapS : intervalS,
      number: seriesNumber(column),
      source: sourceNumber(this.#rules.source),
    }
  }

  #addRow(series: Series, value: number | null): void {
    const { column, startAt, intervalS, spanS } = series
    const index = this.#index++
    const at = startAt + index * intervalS * 1000
    const code =
      instantRejection(at, this.#rules) ?? (value === null ? undefined : valueRejection(column, value, spanS))
    if (code === undefined) {
      this.#rows.put(series.number, at, value === 0 ? 0 : value, spanS, measured, series.source)
      this.#rows.closeRow()
    } else this.#rows.reject(code, () => `values[${index}]${seen(value)}`)
  }
}

function seen(value: number | null): string {
  return value === null || Number.isNaN(value) ? '' : ` (${value})`
}

function tooLate(name: DenseField): BodyProblem {
  return { refusal: 'field_order', detail: `put \`${name}\` before \`values\``, pointer: `/${name}` }
}

function invalidField(name: DenseField, value: unknown): BodyProblem {
  const allowed = {
    kind: `one of ${valueColumns.map((column) => column.name).join(', ')}`,
    start: 'an RFC 3339 instant',
    interval_s: 'a whole number from 1 to 3600',
    max_gap_s: 'a whole number from 1 to 3900',
  }
  const was = typeof value === 'string' || typeof value === 'number' ? `, not ${shown(String(value))}` : ''
  return { refusal: 'field_invalid', detail: `\`${name}\` is ${allowed[name]}${was}`, pointer: `/${name}` }
}
