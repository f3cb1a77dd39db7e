/** Rows: what every form of readings is turned into before it is written. */
import type { Reading } from '../energy/readings.ts'
import type { Rejection } from './row-rules.ts'

/** One row of a body: its readings (one per value field), or why it was not taken. */
export type Row = readonly Reading[] | Rejection

/** Whether a row was rejected. */
export function isRejection(row: Row | Reading | number): row is Rejection {
  return typeof row === 'object' && 'code' in row
}
