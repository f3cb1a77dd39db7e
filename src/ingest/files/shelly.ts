/**
 * What Shelly energy meters have stored, as they give it over HTTP: `emeter/0/em_data.csv` of the first generation
 * (`Date/time UTC,Active energy Wh (1),Returned energy Wh (1),Min V,Max V`, ten minutes a row) and
 * `emdata/0/data.csv?add_keys=true`, `em1data/…` of the later ones (`timestamp,a_total_act_energy,…`, a minute a row,
 * Unix seconds). Both give Wh per interval, which begins at the time of the row. The phases of a three-phase meter are
 * summed, as the device sums them itself. Sources: https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/EMData
 * and EM1Data; the header of the first generation as several public importers have it.
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import type { BodyProblem } from '../body-refusals.ts'
import { exportedEnergy, importedEnergy } from '../columns.ts'
import type { FileFormat } from '../file-format.ts'
import { readInstantText } from '../instant.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { csvTable, type TableReader } from './csv-table.ts'
import { addFileRow, cell, decimalOf } from './file-readings.ts'

export const shelly: FileFormat = {
  name: 'shelly',
  source: 'file:shelly',
  title: 'stored data CSV of Shelly EM, 3EM and their successors',
  carrier: 'csv',
  recognises: (head) => /^Date\/time UTC,Active energy/.test(head) || /^timestamp,(a_)?total_act_energy,/.test(head),
  parser: (rows, rules) => csvTable(new StoredData(rows, rules), ','),
}

/** Which columns hold what, and how long a row lasts. */
interface Layout {
  readonly width: number
  readonly intervalS: number
  readonly drawn: readonly number[]
  readonly injected: readonly number[]
  readonly startOf: (text: string) => EpochMs | undefined
}

class StoredData implements TableReader {
  problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  #layout: Layout | undefined

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  row(cells: readonly string[], line: number): void {
    if (this.#layout !== undefined) this.#interval(this.#layout, cells, line)
    else this.#header(cells)
  }

  #header(cells: readonly string[]): void {
    this.#layout = layoutOf(cells)
    if (this.#layout.drawn.length > 0) return
    const detail = 'the header has no column of active energy'
    this.problem = { refusal: 'header_column_missing', detail, pointer: '/header' }
  }

  end(): void {
    if (this.#layout === undefined) this.problem = { refusal: 'header_missing', detail: 'the file has no header line' }
  }

  #interval(layout: Layout, cells: readonly string[], line: number): void {
    const [time = ''] = cells
    const at = layout.startOf(time)
    if (cells.length < layout.width) {
      this.#rows.reject('row_malformed', () => `${cells.length} of ${layout.width} fields of the header`, line)
    } else if (at === undefined) this.#rows.reject('at_invalid', cell('time', time), line)
    else {
      const common = { at, spanS: layout.intervalS, quality: 'measured' } as const
      const values = [{ ...common, column: importedEnergy, value: sum(cells, layout.drawn) }]
      if (layout.injected.length > 0)
        values.push({ ...common, column: exportedEnergy, value: sum(cells, layout.injected) })
      const places = [layout.drawn, layout.injected]
      const place = (index: number) => JSON.stringify(places[index]?.map((field) => cells[field] ?? ''))
      addFileRow(this.#rows, this.#rules, values, { line, place })
    }
  }
}

function layoutOf(names: readonly string[]): Layout {
  const fields = (form: RegExp) => [...names.keys()].filter((field) => form.test(names[field] ?? ''))
  const isFirst = names[0] !== 'timestamp'
  return {
    width: names.length,
    intervalS: isFirst ? 600 : 60,
    drawn: fields(isFirst ? /^Active energy Wh/ : /^([abc]_)?total_act_energy$/),
    injected: fields(isFirst ? /^Returned energy Wh/ : /^([abc]_)?total_act_ret_energy$/),
    startOf: isFirst ? utcMinute : unixSecond,
  }
}

/** `2026-09-03 12:10`, in UTC as the header says. */
function utcMinute(text: string): EpochMs | undefined {
  const at = readInstantText(`${text}Z`)
  return typeof at === 'number' ? at : undefined
}

function unixSecond(text: string): EpochMs | undefined {
  return /^\d{9,10}$/.test(text) ? Number(text) * 1000 : undefined
}

function sum(cells: readonly string[], fields: readonly number[]): number {
  return fields.reduce((total, field) => total + decimalOf(cells[field] ?? ''), 0)
}
