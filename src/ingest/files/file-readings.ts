/** What the adapters of files share: numbers as they are written there, and readings made of them by the house's rules. */
import type { CivilDay, EpochMs } from '../../energy/civil-time.ts'
import { parseDay } from '../../energy/civil-time.ts'
import type { Quality } from '../../energy/readings.ts'
import type { ValueColumn } from '../columns.ts'
import { instantRejection, type ReadingRules, validReading, valueRejection } from '../reading-rules.ts'
import { type RowCollector, shown } from '../row-collector.ts'
import type { RowRejectionCode } from '../row-rejections.ts'

/** A number of a file on its way to become a reading. */
export interface FileValue {
  readonly column: ValueColumn
  readonly at: EpochMs
  /** W, Wh or Wh of a register, by the column; `null` where the file says "not measured", NaN where it has no number. */
  readonly value: number | null
  readonly spanS: number
  readonly quality: Quality
}

/** A number with a decimal comma or point, without separators of thousands. */
const decimalForm = /^[+-]?\d+(?:[.,]\d+)?$/

/**
 * The number that `text` writes, times ten to the power of `exponent`, rounded once: `0,07` kWh are exactly 70 Wh.
 * NaN where it is none.
 */
export function decimalOf(text: string, exponent = 0): number {
  return decimalForm.test(text) ? Number(`${text.replace(',', '.')}e${exponent}`) : Number.NaN
}

/** A date written as day, month, year (`01/09/2024`), if it exists. */
export function italianDay(text: string): CivilDay | undefined {
  const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text.trim()) ?? []
  return parseDay(`${year}-${month}-${day}`)
}

/** Why a value cannot become a reading, or `undefined` when it can. */
function rejectionOf({ column, at, value, spanS }: FileValue, rules: ReadingRules): RowRejectionCode | undefined {
  return instantRejection(at, rules) ?? (value === null ? undefined : valueRejection(column, value, spanS))
}

/** Adds the values of a row, or rejects it for the first bad one; `place` says what stands there. */
export function addFileRow(
  rows: RowCollector,
  rules: ReadingRules,
  values: readonly FileValue[],
  { line, place }: { readonly line: number; readonly place: (index: number) => string },
): void {
  for (const [index, value] of values.entries()) {
    const code = rejectionOf(value, rules)
    if (code !== undefined) {
      rows.reject(code, () => place(index), line)
      return
    }
    rows.add(validReading(value.column, value.at, value.value, value.spanS, rules, value.quality))
  }
  rows.closeRow(line)
}

/** How a cell is named in a rejection. */
export function cell(name: string, text: string): () => string {
  return () => `${name} ${shown(text)}`
}
