/** CSV of other houses whose first line names the columns. Columns that nobody asks for are not read. */
import type { BodyProblem } from '../body-refusals.ts'
import type { RowCollector } from '../row-collector.ts'
import type { TableReader } from './csv-table.ts'

/** One row, by the names of the header. */
export interface NamedRow {
  readonly line: number
  /** The cell of a column; empty where the table has no such column. */
  text(name: string): string
}

export class HeadedTable implements TableReader {
  problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #required: readonly string[]
  readonly #read: (row: NamedRow) => void
  #fields: ReadonlyMap<string, number> | undefined
  #width = 0

  /** @param required the columns without which the table cannot be read */
  constructor(rows: RowCollector, required: readonly string[], read: (row: NamedRow) => void) {
    this.#rows = rows
    this.#required = required
    this.#read = read
  }

  row(cells: readonly string[], line: number): void {
    const fields = this.#fields
    if (fields === undefined) this.#header(cells)
    else if (cells.length < this.#width) {
      this.#rows.rejectUnnamed('row_malformed', () => `${cells.length} of ${this.#width} fields of the header`, line)
    } else this.#read({ line, text: (name) => cells[fields.get(name) ?? -1] ?? '' })
  }

  end(): void {
    if (this.#fields === undefined) this.problem = { refusal: 'header_missing', detail: 'the file has no header line' }
  }

  #header(cells: readonly string[]): void {
    const names = cells.at(-1) === '' ? cells.slice(0, -1) : cells
    const missing = this.#required.find((name) => !names.includes(name))
    if (missing !== undefined) {
      const detail = `the header has no column ${missing}`
      this.problem = { refusal: 'header_column_missing', detail, pointer: '/header' }
    }
    this.#width = names.length
    this.#fields = new Map(names.map((name, field) => [name, field]))
  }
}
