/**
 * Reads a zone's history: hourly CSV with the columns `utc` and `renewable_fraction`, further columns ignored. Hours
 * without a share are left out: nothing is known of them.
 */
import { parse } from 'csv-parse/sync'
import type { MeasuredGridHour } from '../energy/grid-hours.ts'

/**
 * The measured hours of a history, in the order of the file.
 * @throws {Error} naming the line that is no hour of a grid
 */
export function readGridHistory(csv: string): MeasuredGridHour[] {
  const rows: Record<string, string>[] = parse(csv, { columns: true, skip_empty_lines: true })
  return rows.flatMap((row, index) => measuredHour(row, index + 2) ?? [])
}

function measuredHour(row: Record<string, string>, line: number): MeasuredGridHour | undefined {
  const { utc = '', renewable_fraction: share = '' } = row
  if (share === '') return undefined
  const startAt = /^\d{4}-\d\d-\d\dT\d\d:00(:00)?Z$/.test(utc) ? Date.parse(utc) : Number.NaN
  const renewableShare = Number(share)
  if (Number.isFinite(startAt) && renewableShare >= 0 && renewableShare <= 1) return { startAt, renewableShare }
  throw new Error(`line ${line} is no hour of a grid: utc ${JSON.stringify(utc)}, renewable_fraction ${share}`)
}
