/**
 * A feed that emoncms exports as CSV: no header, `1388666100,357.90` a row, Unix seconds and the value. The file says no
 * unit: the sender names it. Dates as text (`timeformat=1`) have no zone and are rejected. Shape as received:
 * https://github.com/openenergymonitor/forum-archive (node 5209, feed export); API `feed/csvexport.json`.
 */
import type { FileFormat } from '../file-format.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { csvTable, type TableReader } from './csv-table.ts'
import { cell } from './file-readings.ts'
import { SeriesValues } from './series-values.ts'

export const emoncms: FileFormat = {
  name: 'emoncms',
  source: 'file:emoncms',
  title: 'feed CSV of emoncms (1388666100,357.90); needs `unit`',
  carrier: 'csv',
  needsUnit: true,
  recognises: (head) => /^\d{9,10}(?:\.\d+)?\s*,\s*-?(?:\d|null|nan)/i.test(head),
  parser: (rows, rules) => csvTable(new Feed(rows, rules), ','),
}

class Feed implements TableReader {
  readonly problem = undefined
  readonly #rows: RowCollector
  readonly #values: SeriesValues

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#values = new SeriesValues(rows, rules)
  }

  row(cells: readonly string[], line: number): void {
    const [time = '', value = '', ...rest] = cells
    if (cells.length < 2 || rest.some((text) => text !== '')) {
      this.#rows.reject('row_malformed', () => `${cells.length} fields, not a time and a value`, line)
    } else if (/^\d{9,10}(\.\d+)?$/.test(time)) {
      this.#values.add(Math.round(Number(time) * 1000), value, line, cell('value', value))
    } else this.#rows.reject(/^\d{4}-/.test(time) ? 'at_without_zone' : 'at_invalid', cell('time', time), line)
  }

  end(): void {}
}
