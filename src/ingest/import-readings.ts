/**
 * The way in for readings: bytes of any form, batch by batch into the store, and a report of what became of each row.
 *
 * Batches are committed as they come, so memory stays bounded and a body that breaks off keeps its whole good rows; it
 * may be sent again. Rows count from 1, a header not; within a body the later row of two with one instant wins.
 */
import type { Reading } from '../energy/readings.ts'
import { csvRows } from './readings-csv.ts'
import { jsonRows } from './readings-json.ts'
import { ndjsonRows } from './readings-ndjson.ts'
import type { RowContext, RowRejectionCode } from './row-rules.ts'
import { isRejection, type Row } from './rows.ts'
import { BodyRefusal, type BodyRefusalCode, type ByteLimits, type ByteStream, unpacked } from './unpack.ts'

export const readingsFormats = ['csv', 'ndjson', 'json'] as const
export type ReadingsFormat = (typeof readingsFormats)[number]

/** What became of one reading. */
export type ReadingOutcome = 'accepted' | 'duplicate' | 'replaced'

/** The report of the contract; `accepted + duplicates + replaced + rejected_count = received`. */
export interface ImportReport {
  received: number
  accepted: number
  duplicates: number
  replaced: number
  rejected_count: number
  /** The first 1,000 rejected rows. */
  readonly rejected: { readonly row: number; readonly code: RowRejectionCode; readonly detail: string }[]
}

/** An import's end: the report, and why it ended early when it did. */
export interface ImportResult {
  readonly report: ImportReport
  readonly refusal?: { readonly code: BodyRefusalCode; readonly detail: string; readonly pointer?: string }
}

export interface ImportOptions extends RowContext {
  readonly limits: ByteLimits
  /** Writes readings durably; answers with one outcome per reading. */
  write(readings: readonly Reading[]): Promise<readonly ReadingOutcome[]>
  /** Told after each batch how many rows it had. */
  onProgress?(rows: number): void
}

const rejectedListed = 1000
const batchReadings = 20_000

/** Reads a body or file of readings into the store. */
export async function importReadings(
  source: ByteStream,
  format: ReadingsFormat,
  options: ImportOptions,
): Promise<ImportResult> {
  const batch = new Batch(options)
  try {
    for await (const rows of rowsOf(unpacked(source, options.limits), format, options)) {
      for (const row of rows) batch.add(row)
      if (batch.isFull) await batch.write()
    }
    await batch.write()
    return { report: batch.report }
  } catch (error) {
    if (!(error instanceof BodyRefusal)) throw error
    await batch.write()
    const { code, message: detail, pointer } = error
    return { report: batch.report, refusal: { code, detail, ...(pointer === undefined ? {} : { pointer }) } }
  }
}

function rowsOf(source: ByteStream, format: ReadingsFormat, context: RowContext): AsyncGenerator<Row[]> {
  if (format === 'csv') return csvRows(source, context)
  return format === 'ndjson' ? ndjsonRows(source, context) : jsonRows(source, context)
}

/** Rows waiting to be written, and the report so far. */
class Batch {
  readonly report: ImportReport = {
    received: 0,
    accepted: 0,
    duplicates: 0,
    replaced: 0,
    rejected_count: 0,
    rejected: [],
  }
  readonly #options: ImportOptions
  #readings: Reading[] = []
  /** How many readings each waiting row has. */
  #rowSizes: number[] = []

  constructor(options: ImportOptions) {
    this.#options = options
  }

  get isFull(): boolean {
    return this.#readings.length >= batchReadings
  }

  add(row: Row): void {
    this.report.received++
    if (isRejection(row)) {
      this.report.rejected_count++
      if (this.report.rejected.length < rejectedListed) this.report.rejected.push({ row: this.report.received, ...row })
      return
    }
    this.#rowSizes.push(row.length)
    for (const reading of row) this.#readings.push(reading)
  }

  async write(): Promise<void> {
    const rowSizes = this.#rowSizes
    if (rowSizes.length === 0) return
    const outcomes = await this.#options.write(this.#readings)
    let from = 0
    for (const size of rowSizes) {
      this.#count(outcomes, from, from + size)
      from += size
    }
    this.#readings = []
    this.#rowSizes = []
    this.#options.onProgress?.(rowSizes.length)
  }

  /** A row of several values was replaced if one of them was, else accepted if one is new. */
  #count(outcomes: readonly ReadingOutcome[], from: number, to: number): void {
    let outcome: ReadingOutcome = 'duplicate'
    for (let index = from; index < to; index++) {
      const one = outcomes[index]
      if (one === 'replaced' || (one === 'accepted' && outcome === 'duplicate')) outcome = one
    }
    if (outcome === 'accepted') this.report.accepted++
    else if (outcome === 'replaced') this.report.replaced++
    else this.report.duplicates++
  }
}
