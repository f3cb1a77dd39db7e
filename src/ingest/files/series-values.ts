/**
 * Values of one series whose unit the sender has named, because its file does not: power (W, kW) at instants, or a
 * register that only grows (Wh, kWh). Power below 0 is injected: then 0 W are drawn, and from the first such value on
 * the series fills both channels.
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import { type Channel, defaultHoldS, type Quality, spanSMax } from '../../energy/readings.ts'
import { type ValueColumn, valueColumns } from '../columns.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { addFileRow, decimalOf, type FileValue } from './file-readings.ts'

/** Texts that stand for "not measured". */
const missing: ReadonlySet<string> = new Set(['', 'unknown', 'unavailable', 'none', 'null', 'nan'])

export class SeriesValues {
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  #injects = false

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  /** Adds the value that `text` writes at an instant; `place` names it in a rejection. */
  add(at: EpochMs, text: string, line: number, place: () => string): void {
    const value = this.#valueOf(text)
    addFileRow(this.#rows, this.#rules, this.#readings(at, value), { line, place })
  }

  #valueOf(text: string): number | null {
    if (missing.has(text.toLowerCase())) return null
    if (!/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number.NaN
    if (this.#rules.unit?.startsWith('k') !== true) return Number(text)
    return /[eE]/.test(text) ? Number(text) * 1000 : decimalOf(text, 3)
  }

  #readings(at: EpochMs, value: number | null): FileValue[] {
    const { unit, channel } = this.#rules
    const quality: Quality = 'measured'
    if (unit === 'Wh' || unit === 'kWh') {
      return [{ column: columnOf('register', channel ?? 'import'), at, value, spanS: spanSMax, quality }]
    }
    const power = (one: Channel, powerW: number | null): FileValue => {
      return { column: columnOf('power', one), at, value: powerW, spanS: defaultHoldS, quality }
    }
    if (channel !== undefined) return [power(channel, value)]
    this.#injects ||= value !== null && value < 0
    if (!this.#injects) return [power('import', value)]
    return [
      power('import', value === null ? null : Math.max(value, 0)),
      power('export', value === null ? null : Math.max(-value, 0)),
    ]
  }
}

function columnOf(kind: ValueColumn['kind'], channel: Channel): ValueColumn {
  const column = valueColumns.find((one) => one.kind === kind && one.channel === channel)
  if (column === undefined) throw new Error(`no column of ${kind}, ${channel}`)
  return column
}
