/**
 * The quarter-hours that Duereti and Unareti give through their portals (PCF): `POD;DATA;ORA;FL_ORA_LEGALE;
 * ATTIVA_PRELEVATA;ATTIVA_IMMESSA;…;TIPO_DATO`, a row per quarter, kWh with decimal commas. Times are local;
 * `FL_ORA_LEGALE` is the hours they are ahead of UTC (1 or 2). On the spring day the hour that the clock skips stands
 * there with zeros, which mean nothing. Shape: https://github.com/riccardorossi92/HomeAssistant-Contatore.
 */
import { type EpochMs, italianTime, wallClockHour } from '../../energy/civil-time.ts'
import { exportedEnergy, importedEnergy } from '../columns.ts'
import type { FileFormat } from '../file-format.ts'
import { readInstantText } from '../instant.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { csvTable } from './csv-table.ts'
import { addFileRow, cell, decimalOf, type FileValue } from './file-readings.ts'
import { flowQuality } from './flows.ts'
import { HeadedTable, type NamedRow } from './headed-table.ts'
import { takePod } from './pod-of-row.ts'
import { quarterS } from './quarters.ts'

const required = ['POD', 'DATA', 'ORA', 'FL_ORA_LEGALE', 'ATTIVA_PRELEVATA']

const valueColumns = [
  { name: 'ATTIVA_PRELEVATA', column: importedEnergy },
  { name: 'ATTIVA_IMMESSA', column: exportedEnergy },
]

export const pcf: FileFormat = {
  name: 'pcf',
  source: 'file:pcf',
  title: 'load curve CSV of Duereti and Unareti (POD;DATA;ORA;FL_ORA_LEGALE;…)',
  carrier: 'csv',
  namesPods: true,
  recognises: (head) => /^"?POD"?;"?DATA"?;"?ORA"?;"?FL_ORA_LEGALE"?;/.test(head),
  parser: (rows, rules) => csvTable(new HeadedTable(rows, required, (row) => addQuarter(row, rows, rules)), ';'),
}

function addQuarter(row: NamedRow, rows: RowCollector, rules: ReadingRules): void {
  const { line } = row
  const filled = valueColumns.filter(({ name }) => row.text(name) !== '')
  if (filled.length === 0 || !takePod(rows, row.text('POD'), line)) return
  const at = startOf(row)
  const place = () => `${row.text('DATA')} ${row.text('ORA')}`
  if (at === undefined) {
    rows.reject('day_invalid', place, line)
    return
  }
  const values = filled.map(({ name, column }) => ({ name, column, value: decimalOf(row.text(name), 3) }))
  if (wallClockHour(at, italianTime) !== Number(row.text('ORA').slice(0, 2))) {
    if (values.some(({ value }) => value !== 0)) rows.reject('time_skipped', place, line)
    return
  }
  const quality = flowQuality(row.text('TIPO_DATO'), '')
  const file = values.map(({ column, value }): FileValue => ({ column, at, value, spanS: quarterS, quality }))
  addFileRow(rows, rules, file, {
    line,
    place: (index) => cell(values[index]?.name ?? '', row.text(values[index]?.name ?? ''))(),
  })
}

/** `20260501`, `001500` and `2` are 2026-05-01T00:15:00+02:00. */
function startOf(row: NamedRow): EpochMs | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(row.text('DATA')) ?? []
  const [, hour, minute, second] = /^(\d\d)(\d\d)(\d\d)$/.exec(row.text('ORA')) ?? []
  const offset = /^[12]$/.test(row.text('FL_ORA_LEGALE')) ? `+0${row.text('FL_ORA_LEGALE')}:00` : ''
  const at = readInstantText(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`)
  return typeof at === 'number' ? at : undefined
}
