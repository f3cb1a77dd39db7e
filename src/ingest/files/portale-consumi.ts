/**
 * The quarter-hours that Portale Consumi (ARERA, Acquirente Unico) gives as CSV: a row per POD and day, `ea1` … `ea96`
 * in kWh by the wall clock, `er…` (reactive energy) not read. Header as in
 * https://github.com/eugep/homeassistant_consumi and the facts collected from it; golden files are synthetic.
 */
import { importedEnergy } from '../columns.ts'
import type { FileFormat } from '../file-format.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { csvTable } from './csv-table.ts'
import { cell, italianDay } from './file-readings.ts'
import { flowQuality } from './flows.ts'
import { HeadedTable, type NamedRow } from './headed-table.ts'
import { takePod } from './pod-of-row.ts'
import { addQuarters } from './quarter-row.ts'

const columns = Array.from({ length: 96 }, (_, index) => `ea${index + 1}`)

export const portaleConsumi: FileFormat = {
  name: 'portale-consumi',
  source: 'file:portale-consumi',
  title: 'CSV of Portale Consumi (pod;data_lettura;…;ea1;…;ea96)',
  carrier: 'csv',
  namesPods: true,
  recognises: (head) => /^"?pod"?;"?data_lettura"?;/.test(head),
  parser: (rows, rules) => {
    const required = ['pod', 'data_lettura', ...columns]
    return csvTable(new HeadedTable(rows, required, (row) => addDay(row, rows, rules)), ';')
  },
}

function addDay(row: NamedRow, rows: RowCollector, rules: ReadingRules): void {
  const { line } = row
  const date = row.text('data_lettura')
  const day = italianDay(date)
  if (!takePod(rows, row.text('pod'), line)) return
  if (day === undefined) {
    rows.reject('day_invalid', cell('data_lettura', date), line)
    return
  }
  const cells = columns.map((name) => row.text(name))
  addQuarters(rows, rules, {
    day,
    cells,
    column: importedEnergy,
    quality: flowQuality('', row.text('tipo_flusso')),
    line,
  })
}
