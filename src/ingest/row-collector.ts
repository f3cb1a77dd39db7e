/**
 * Collects the readings of rows until a batch of them is written, and counts what became of every row.
 *
 * A row may carry several readings and has one outcome: rejected as a whole when one of its values is bad, else
 * replaced before accepted before duplicate. Rows are numbered from 1.
 */
import type { Reading } from '../energy/readings.ts'
import { type RowRejectionCode, rowRejections } from './row-rejections.ts'

/** What the store did with one reading. */
export type WriteOutcome = 'accepted' | 'duplicate' | 'replaced'

/** A row that was not taken. */
export interface RejectedRow {
  readonly row: number
  readonly code: RowRejectionCode
  readonly detail: string
}

/** What became of the rows of a body, as the API answers it: the four counts add up to `received`. */
export interface ImportReport {
  readonly received: number
  readonly accepted: number
  readonly duplicates: number
  readonly replaced: number
  readonly rejected_count: number
  /** The first thousand of the rejected rows. */
  readonly rejected: readonly RejectedRow[]
}

/** How many rejected rows a report names. */
export const rejectedRowsMax = 1000

export class RowCollector {
  #rows = 0
  #readings: Reading[] = []
  /** For each row that waits to be written, the number of readings up to its end. */
  #rowEnds: number[] = []
  #rowStart = 0
  readonly #counts = { accepted: 0, duplicates: 0, replaced: 0, rejected: 0 }
  readonly #rejected: RejectedRow[] = []

  /** Readings that wait to be written. */
  get waiting(): number {
    return this.#readings.length
  }

  /** Adds a reading to the row under way. */
  add(reading: Reading): void {
    this.#readings.push(reading)
  }

  /** Ends the row under way. */
  closeRow(): void {
    this.#rows++
    this.#rowStart = this.#readings.length
    this.#rowEnds.push(this.#rowStart)
  }

  /** Rejects the row under way, with the readings that it already had; `subject` says what in it was bad. */
  reject(code: RowRejectionCode, subject: () => string): void {
    this.#rows++
    this.#counts.rejected++
    this.#readings.length = this.#rowStart
    if (this.#rejected.length >= rejectedRowsMax) return
    this.#rejected.push({ row: this.#rows, code, detail: `${subject()}: ${rowRejections[code]}` })
  }

  /** Writes what waits and counts the rows by what the store did with their readings. */
  async commit(write: (batch: Reading[]) => Promise<readonly WriteOutcome[]>): Promise<void> {
    if (this.#readings.length === 0) return
    const readings = this.#readings
    const rowEnds = this.#rowEnds
    this.#readings = []
    this.#rowEnds = []
    this.#rowStart = 0
    const outcomes = await write(readings)
    if (outcomes.length !== readings.length)
      throw new Error(`${outcomes.length} outcomes of ${readings.length} readings`)
    this.#count(outcomes, rowEnds)
  }

  /** What became of the rows so far; complete when nothing waits. */
  report(): ImportReport {
    const { accepted, duplicates, replaced, rejected } = this.#counts
    const received = accepted + duplicates + replaced + rejected
    return { received, accepted, duplicates, replaced, rejected_count: rejected, rejected: this.#rejected }
  }

  #count(outcomes: readonly WriteOutcome[], rowEnds: readonly number[]): void {
    let index = 0
    for (const rowEnd of rowEnds) {
      let accepted = false
      let replaced = false
      for (; index < rowEnd; index++) {
        accepted ||= outcomes[index] === 'accepted'
        replaced ||= outcomes[index] === 'replaced'
      }
      this.#counts[replaced ? 'replaced' : accepted ? 'accepted' : 'duplicates']++
    }
  }
}

/** The first characters of what a sender wrote, quoted, to show what was meant. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
