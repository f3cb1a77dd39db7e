/**
 * The history that Home Assistant's page downloads (long-term statistics included): `entity_id,state,last_changed`, a
 * row per change, instants in UTC. The file says no unit: the sender names it, and the entity where there are several.
 * `unknown` and `unavailable` say "not measured". Shape as received:
 * https://github.com/patrickvorgers/Home-Assistant-Import-Energy-Data (Datasources/Home Assistant).
 */
import type { BodyProblem } from '../body-refusals.ts'
import type { FileFormat } from '../file-format.ts'
import { readInstantText } from '../instant.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { csvTable, type TableReader } from './csv-table.ts'
import { EntityChoice } from './entity-choice.ts'
import { cell } from './file-readings.ts'
import { HeadedTable, type NamedRow } from './headed-table.ts'
import { SeriesValues } from './series-values.ts'

const required = ['entity_id', 'state', 'last_changed']

export const homeAssistant: FileFormat = {
  name: 'home-assistant',
  source: 'file:home-assistant',
  title: 'history CSV of Home Assistant (entity_id,state,last_changed); needs `unit`',
  carrier: 'csv',
  needsUnit: true,
  hasEntities: true,
  recognises: (head) => /^"?entity_id"?,"?state"?,"?last_changed"?/.test(head),
  parser: (rows, rules) => csvTable(new History(rows, rules), ','),
}

class History implements TableReader {
  readonly #table: HeadedTable
  readonly #rows: RowCollector
  readonly #values: SeriesValues
  readonly #entities: EntityChoice

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#values = new SeriesValues(rows, rules)
    this.#entities = new EntityChoice(rules)
    this.#table = new HeadedTable(rows, required, (row) => this.#state(row))
  }

  get problem(): BodyProblem | undefined {
    return this.#entities.problem ?? this.#table.problem
  }

  row(cells: readonly string[], line: number): void {
    this.#table.row(cells, line)
  }

  end(): void {
    this.#table.end()
    this.#entities.end()
  }

  #state(row: NamedRow): void {
    if (!this.#entities.isRead(row.text('entity_id'))) return
    const time = row.text('last_changed')
    const at = readInstantText(time)
    if (typeof at === 'string') this.#rows.reject(at, cell('last_changed', time), row.line)
    else this.#values.add(at, row.text('state'), row.line, cell('state', row.text('state')))
  }
}
