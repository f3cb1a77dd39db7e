/**
 * Collects the readings of rows until a batch of them is written, and counts what became of every row.
 *
 * A row may carry several readings and has one outcome: rejected as a whole when one of its values is bad, else
 * replaced before accepted before duplicate. Rows are numbered from 1. Rows of a file that names points of delivery
 * belong to the point named last; what is written at once belongs to one point.
 */
import type { Reading } from '../energy/readings.ts'
import { type Counts, emptyCounts, type PointReport, PointTally } from './point-tally.ts'
import { type RowRejectionCode, rowRejections } from './row-rejections.ts'

/** What the store did with one reading. */
export type WriteOutcome = 'accepted' | 'duplicate' | 'replaced'

/**
 * Makes a batch durable. One outcome per reading, in order: what was done with it, or why its row is rejected after all.
 * `point` is the POD that the file names for the whole batch; `undefined` where it names none.
 */
export type WriteBatch = (
  batch: Reading[],
  point: string | undefined,
) => Promise<readonly (WriteOutcome | RowRejectionCode)[]>

/** A row that was not taken. */
export interface RejectedRow {
  readonly row: number
  /** The line of the file in which the row stands, from 1, where the form has lines. */
  readonly line?: number
  readonly code: RowRejectionCode
  readonly detail: string
}

/** What became of the rows of a body, as the API answers it: the four counts add up to `received`. */
export interface ImportReport {
  /** The format in which the body was read; absent where that never became known. */
  readonly format?: string
  readonly received: number
  readonly accepted: number
  readonly duplicates: number
  readonly replaced: number
  readonly rejected_count: number
  /** The first thousand of the rejected rows. */
  readonly rejected: readonly RejectedRow[]
  /** The same counts for each POD that the file names, in its order; the first ten thousand. */
  readonly pods?: readonly PointReport[]
}

/** How many rejected rows a report names. */
export const rejectedRowsMax = 1000

/** A row that waits to be written. */
interface WaitingRow {
  readonly row: number
  readonly line: number
  /** The number of waiting readings up to its end. */
  readonly end: number
}

/** Readings that wait and belong to one point. */
interface Waiting {
  readonly point: string | undefined
  readonly readings: Reading[]
  readonly rows: WaitingRow[]
}

export class RowCollector {
  #rows = 0
  #waitingReadings = 0
  #waiting: Waiting[] = []
  #current: Waiting = { point: undefined, readings: [], rows: [] }
  #rowStart = 0
  readonly #counts: Counts = emptyCounts()
  readonly #tally = new PointTally()
  #rejected: RejectedRow[] = []

  /** Readings that wait to be written. */
  get waiting(): number {
    return this.#waitingReadings + this.#current.readings.length
  }

  /** Rows from here on belong to this POD. */
  point(pod: string): void {
    if (pod === this.#current.point) return
    this.#shelve()
    this.#current = { point: pod, readings: [], rows: [] }
  }

  /** Adds a reading to the row under way. */
  add(reading: Reading): void {
    this.#current.readings.push(reading)
  }

  /** Ends the row under way; `line` is where it stands in the file, 0 where that is unknown. */
  closeRow(line = 0): void {
    this.#rowStart = this.#current.readings.length
    this.#current.rows.push({ row: ++this.#rows, line, end: this.#rowStart })
  }

  /** Rejects the row under way, with the readings that it already had; `subject` says what in it was bad. */
  reject(code: RowRejectionCode, subject: () => string, line = 0): void {
    this.#current.readings.length = this.#rowStart
    this.#reject({ row: ++this.#rows, line }, code, this.#current.point, subject)
  }

  /** Writes what waits and counts the rows by what the store did with their readings. */
  async commit(write: WriteBatch): Promise<void> {
    this.#shelve()
    this.#current = { point: this.#current.point, readings: [], rows: [] }
    const batches = this.#waiting
    this.#waiting = []
    this.#waitingReadings = 0
    for (const batch of batches) {
      const outcomes = await write(batch.readings, batch.point)
      if (outcomes.length !== batch.readings.length) {
        throw new Error(`${outcomes.length} outcomes of ${batch.readings.length} readings`)
      }
      this.#count(batch, outcomes)
    }
  }

  /** What became of the rows so far; complete when nothing waits. */
  report(): ImportReport {
    const { accepted, duplicates, replaced, rejected } = this.#counts
    const received = accepted + duplicates + replaced + rejected
    const pods = this.#tally.reports()
    return {
      received,
      accepted,
      duplicates,
      replaced,
      rejected_count: rejected,
      rejected: this.#rejected.toSorted((one, other) => one.row - other.row),
      ...(pods.length === 0 ? {} : { pods }),
    }
  }

  /** Puts the readings of the point under way with those that wait. */
  #shelve(): void {
    this.#rowStart = 0
    if (this.#current.readings.length === 0) return
    this.#waiting.push(this.#current)
    this.#waitingReadings += this.#current.readings.length
  }

  #count({ point, readings, rows }: Waiting, outcomes: readonly (WriteOutcome | RowRejectionCode)[]): void {
    let index = 0
    for (const row of rows) {
      let best: WriteOutcome = 'duplicate'
      let refusal: RowRejectionCode | undefined
      for (; index < row.end; index++) {
        const outcome = outcomes[index] ?? 'duplicate'
        if (outcome === 'replaced' || (outcome === 'accepted' && best !== 'replaced')) best = outcome
        else if (outcome !== 'accepted' && outcome !== 'duplicate') refusal ??= outcome
      }
      const at = readings[row.end - 1]?.at ?? 0
      if (refusal !== undefined) this.#reject(row, refusal, point, () => subjectOf(point, at))
      else this.#add(best === 'duplicate' ? 'duplicates' : best, point)
    }
  }

  #add(count: keyof Counts, point: string | undefined): void {
    this.#counts[count]++
    if (point !== undefined) this.#tally.add(point, count)
  }

  #reject(
    { row, line }: { readonly row: number; readonly line: number },
    code: RowRejectionCode,
    point: string | undefined,
    subject: () => string,
  ): void {
    this.#add('rejected', point)
    if (this.#rejected.length >= rejectedRowsMax) return
    const place = line > 0 ? { row, line } : { row }
    this.#rejected.push({ ...place, code, detail: `${subject()}: ${rowRejections[code]}` })
  }
}

function subjectOf(point: string | undefined, at: number): string {
  return `${point === undefined ? '' : `${point} at `}${new Date(at).toISOString()}`
}

/** The first characters of what a sender wrote, quoted, to show what was meant. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
