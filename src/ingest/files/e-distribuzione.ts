/**
 * The load curve that e-distribuzione gives a household as CSV: `Giorno;00:00-00:15;…;23:45-00:00`, a row per day,
 * values in kWh per quarter-hour with decimal commas. The file names no POD. Shape as received:
 * https://github.com/patrickvorgers/Home-Assistant-Import-Energy-Data (Datasources/Enel Distribuzione).
 */
import type { BodyProblem } from '../body-refusals.ts'
import { importedEnergy } from '../columns.ts'
import type { FileFormat } from '../file-format.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { csvTable, type TableReader } from './csv-table.ts'
import { cell, italianDay } from './file-readings.ts'
import { addQuarters } from './quarter-row.ts'

const quartersMin = 96
const quartersMax = 100

export const eDistribuzione: FileFormat = {
  name: 'e-distribuzione',
  source: 'file:e-distribuzione',
  title: 'load curve CSV of e-distribuzione (Giorno;00:00-00:15;…)',
  carrier: 'csv',
  recognises: (head) => /^"?Giorno"?;"?00:00-00:15/.test(head),
  parser: (rows, rules) => csvTable(new LoadCurve(rows, rules), ';'),
}

class LoadCurve implements TableReader {
  problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  #quarters = 0

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  row(cells: readonly string[], line: number): void {
    if (this.#quarters === 0) this.#header(cells)
    else this.#day(cells, line)
  }

  end(): void {
    if (this.#quarters === 0) this.problem = { refusal: 'header_missing', detail: 'the file has no header line' }
  }

  #header(cells: readonly string[]): void {
    const labels = cells.slice(1).filter((label) => label !== '')
    this.#quarters = labels.length
    const known = cells[0] === 'Giorno' && labels.every((label) => /^\d\d:\d\d-\d\d:\d\d$/.test(label))
    if (known && labels.length >= quartersMin && labels.length <= quartersMax) return
    const detail = 'the header is Giorno;00:00-00:15;… with the 96 quarter-hours of a day'
    this.problem = { refusal: 'header_column_unknown', detail, pointer: '/header' }
  }

  /** Rows end in a `;` of their own; a row that is shorter than the header was cut. */
  #day(cells: readonly string[], line: number): void {
    const [date = '', ...values] = cells
    const day = italianDay(date)
    if (day === undefined) this.#rows.reject('day_invalid', cell('Giorno', date), line)
    else if (values.length < this.#quarters) {
      this.#rows.reject('row_malformed', () => `${day} has ${values.length} of ${this.#quarters} quarters`, line)
    } else {
      const quarters = values.slice(0, this.#quarters)
      addQuarters(this.#rows, this.#rules, { day, cells: quarters, column: importedEnergy, quality: 'measured', line })
    }
  }
}
