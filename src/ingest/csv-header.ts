/** Reads the header of a CSV of readings: which column holds what. Names are exact; a near miss is named in the refusal. */
import { isUtf8 } from 'node:buffer'
import type { BodyProblem } from './body-refusals.ts'
import { fieldNames, type ValueColumn, valueColumnOf } from './columns.ts'
import { CsvFields } from './csv-fields.ts'
import { shown } from './row-collector.ts'

/** Where each column stands in a row; −1 for one that is not there. */
export interface CsvLayout {
  readonly width: number
  readonly at: number
  readonly intervalS: number
  readonly maxGapS: number
  readonly values: readonly { readonly field: number; readonly column: ValueColumn }[]
}

const fieldsMax = 64

/** The layout that a header line announces, or what is wrong with it. */
export function readCsvHeader(bytes: Buffer, start: number, end: number): CsvLayout | BodyProblem {
  if (!isUtf8(bytes.subarray(start, end))) {
    return { refusal: 'body_not_utf8', detail: 'the first line is not UTF-8 text', pointer: '/header' }
  }
  const fields = new CsvFields(fieldsMax)
  const split = fields.split(bytes, start, end)
  const names = Array.from({ length: Math.min(fields.count, fieldsMax) }, (_, field) => fields.text(bytes, field))
  if (!split) return unknownColumn(bytes.toString('utf8', start, end), names.length)
  return columnProblem(names) ?? layoutOf(names)
}

function columnProblem(names: readonly string[]): BodyProblem | undefined {
  for (const [index, name] of names.entries()) {
    if (!fieldNames.includes(name)) return unknownColumn(name, index)
    if (names.indexOf(name) < index) {
      return { refusal: 'header_column_twice', detail: `the column ${name} stands twice`, pointer: `/header/${index}` }
    }
  }
  if (!names.includes('at')) {
    return { refusal: 'header_without_at', detail: 'the header needs a column `at`', pointer: '/header' }
  }
  if (names.some((name) => valueColumnOf(name) !== undefined)) return undefined
  const detail = 'the header needs power_w, energy_wh or register_wh, or one of them with _export'
  return { refusal: 'header_without_value', detail, pointer: '/header' }
}

function layoutOf(names: readonly string[]): CsvLayout {
  const values = names.flatMap((name, field) => {
    const column = valueColumnOf(name)
    return column === undefined ? [] : [{ field, column }]
  })
  const place = { at: names.indexOf('at'), intervalS: names.indexOf('interval_s'), maxGapS: names.indexOf('max_gap_s') }
  return { width: names.length, ...place, values }
}

function unknownColumn(name: string, index: number): BodyProblem {
  const detail = `column ${index + 1} of the header is ${shown(name)}: ${adviceOn(name)}`
  return { refusal: 'header_column_unknown', detail, pointer: `/header/${index}` }
}

function adviceOn(name: string): string {
  const meant = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  if (fieldNames.includes(meant)) return `write it as ${meant}`
  if (/^at\s*[;\t|]/i.test(name)) return 'separate columns by commas'
  if (/^\d/.test(name)) return 'the first line must name the columns, such as at,power_w'
  return `known are ${fieldNames.join(', ')}`
}
