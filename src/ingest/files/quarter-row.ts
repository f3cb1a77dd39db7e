/** A day of quarter-hours in one row of a file: each value with its number becomes a row of the report. */
import { type CivilDay, italianTime } from '../../energy/civil-time.ts'
import type { Quality } from '../../energy/readings.ts'
import type { ValueColumn } from '../columns.ts'
import type { ReadingRules } from '../reading-rules.ts'
import { type RowCollector, shown } from '../row-collector.ts'
import { addFileRow, decimalOf } from './file-readings.ts'
import { type DayPart, quarterS, quarterStarts } from './quarters.ts'

/** kWh in Wh, as a power of ten. */
const kiloExponent = 3

export interface QuarterRow {
  readonly day: CivilDay
  /** The values as written [kWh], number 1 first; empty where there is none. */
  readonly cells: readonly string[]
  readonly column: ValueColumn
  readonly quality: Quality
  readonly line: number
  readonly part?: DayPart
  /** What values are multiplied by: the meter's constant. */
  readonly factor?: number
}

/** Adds the quarters of a row. An empty one says nothing; a 0 that stands for an hour the clock skipped is none either. */
export function addQuarters(rows: RowCollector, rules: ReadingRules, row: QuarterRow): void {
  const { day, cells, column, quality, line, part = 'whole', factor = 1 } = row
  const valuesWh = cells.map((text) => (text === '' ? null : decimalOf(text, kiloExponent) * factor))
  const startOf = quarterStarts({ day, timeZone: italianTime, part, values: valuesWh })
  for (const [index, value] of valuesWh.entries()) {
    if (value === null) continue
    const at = startOf(index + 1)
    const place = () => `${day}, quarter ${index + 1}, ${shown(cells[index] ?? '')}`
    if (typeof at === 'number') {
      addFileRow(rows, rules, [{ column, at, value, spanS: quarterS, quality }], { line, place })
    } else if (value !== 0 || at !== 'time_skipped') rows.reject(at, place, line)
  }
}
