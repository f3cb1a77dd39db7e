/**
 * Collects the readings of rows until a batch of them is written, and counts what became of every row.
 *
 * A row may carry several readings and has one outcome: rejected as a whole when one of its values is bad, else
 * replaced before accepted before duplicate. Rows are numbered from 1. Rows of a file that names points of delivery
 * belong to the point named last, unless they do not say whose they are; what is written at once belongs to one point.
 */
import {
  BatchBuilder,
  putReading,
  type ReadingBatch,
  type WriteOutcome,
  writeOutcomes,
} from '../energy/reading-batch.ts'
import type { Reading } from '../energy/readings.ts'
import { type Counts, emptyCounts, type PointReport, PointTally } from './point-tally.ts'
import { RowBounds } from './row-bounds.ts'
import { type RowRejectionCode, rowRejections } from './row-rejections.ts'

/** Why whoever writes rejects a row after all. */
export const lateRejections = ['after_closure', 'before_supply', 'pod_missing', 'pod_unknown', 'pod_other'] as const

/** What became of a reading, in the order in which it is numbered: what was done with it, or why its row is rejected. */
export const batchOutcomes: readonly (WriteOutcome | (typeof lateRejections)[number])[] = [
  ...writeOutcomes,
  ...lateRejections,
]

/** What was done with a batch. */
export interface Written {
  /** An index into `batchOutcomes` per reading. */
  readonly outcomes: ArrayLike<number>
  /** The number of the account that took each reading, where they go to many. */
  readonly accounts?: readonly (string | undefined)[]
}

/**
 * Makes a batch durable. `point` is the POD that the file names for the whole batch; `undefined` where it names none. The
 * batch is a view: it is overwritten after that.
 */
export type WriteBatch = (batch: ReadingBatch, point: string | undefined) => Promise<Written>

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
  /** The same counts for each POD that the file names and each account that took its rows; the first ten thousand PODs. */
  readonly pods?: readonly PointReport[]
}

/** How many rejected rows a report names. */
const rejectedRowsMax = 1000

/** Readings that wait are kept in columns of this size at first. */
const capacity = 32_768

/** From where on readings and rows belong to a point. */
interface Segment {
  readonly point: string | undefined
  readonly firstReading: number
  readonly firstRow: number
}

/**
 * What waits to be written: a segment more than rows at most, whatever points a body names. Two of them take turns, so
 * that rows are read while others are written.
 */
export class Waiting {
  readonly readings = new BatchBuilder(capacity)
  readonly rows = new RowBounds(capacity)
  segments: Segment[] = []

  begin(point: string | undefined): void {
    this.readings.clear()
    this.rows.clear()
    this.segments = [{ point, firstReading: 0, firstRow: 0 }]
  }

  /** What comes from here on belongs to another point. */
  beginPoint(point: string): void {
    if (this.segments.at(-1)?.firstRow === this.rows.count) this.segments.pop()
    this.segments.push({ point, firstReading: this.readings.count, firstRow: this.rows.count })
  }
}

export class RowCollector {
  #rows = 0
  #waiting = new Waiting()
  #spare = new Waiting()
  #point: string | undefined
  #rowStart = 0
  readonly #counts: Counts = emptyCounts()
  readonly #tally = new PointTally()
  readonly #rejected: RejectedRow[] = []

  constructor() {
    this.#waiting.begin(undefined)
  }

  /** Readings that wait to be written. */
  get waiting(): number {
    return this.#waiting.readings.count
  }

  /** Rows from here on belong to this POD. */
  point(pod: string): void {
    if (pod === this.#point) return
    this.#point = pod
    this.#waiting.beginPoint(pod)
  }

  /** Adds a reading to the row under way. */
  add(reading: Reading): void {
    putReading(this.#waiting.readings, reading)
  }

  /** Adds a reading to the row under way, by the numbers of its series, quality and source. */
  put(series: number, at: number, value: number | null, spanS: number, quality: number, source: number): void {
    this.#waiting.readings.put(series, at, value, spanS, quality, source)
  }

  /** Ends the row under way; `line` is where it stands in the file, 0 where that is unknown. */
  closeRow(line = 0): void {
    this.#rowStart = this.#waiting.readings.count
    this.#waiting.rows.push(++this.#rows, line, this.#rowStart)
  }

  /** Rejects the row under way, with the readings that it already had; `subject` says what in it was bad. */
  reject(code: RowRejectionCode, subject: () => string, line = 0): void {
    this.#rejectFor(this.#point, code, subject, line)
  }

  /** Rejects the row under way where it is not known whose it is: it counts for no POD. */
  rejectUnnamed(code: RowRejectionCode, subject: () => string, line = 0): void {
    this.#rejectFor(undefined, code, subject, line)
  }

  /**
   * Writes what waits and counts the rows by what was done with their readings. Rows may be added meanwhile; the next
   * commit must wait for this one.
   */
  async commit(write: WriteBatch): Promise<void> {
    const { readings, rows, segments } = this.#waiting
    const full = this.#waiting
    this.#waiting = this.#spare
    this.#spare = full
    this.#waiting.begin(this.#point)
    this.#rowStart = 0
    for (const [index, { point, firstReading, firstRow }] of segments.entries()) {
      const next = segments[index + 1]
      const lastReading = next?.firstReading ?? readings.count
      const batch = readings.slice(firstReading, lastReading)
      const written = lastReading === firstReading ? { outcomes: [] } : await write(batch, point)
      const { length } = written.outcomes
      if (length !== batch.at.length) throw new Error(`${length} outcomes of ${batch.at.length}`)
      for (let row = firstRow; row < (next?.firstRow ?? rows.count); row++) {
        this.#count(rows, row, firstReading, written, batch, point)
      }
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

  #count(
    rows: RowBounds,
    row: number,
    firstReading: number,
    { outcomes, accounts }: Written,
    batch: ReadingBatch,
    point: string | undefined,
  ): void {
    const from = Math.max(rows.startOf(row), firstReading) - firstReading
    const to = rows.endOf(row) - firstReading
    let isNew = false
    let isReplaced = false
    let refusal = 0
    for (let index = from; index < to; index++) {
      const outcome = outcomes[index] ?? 0
      isNew ||= outcome === acceptedNumber
      isReplaced ||= outcome === replacedNumber
      if (outcome >= writeOutcomes.length) refusal = outcome
    }
    if (refusal > 0) this.#rejectLate(rows, row, refusal, batch.at[from] ?? 0, point)
    else this.#add(isReplaced ? 'replaced' : isNew ? 'accepted' : 'duplicates', point, accounts?.[from])
  }

  #rejectLate(rows: RowBounds, row: number, refusal: number, at: number, point: string | undefined): void {
    const code = lateRejections[refusal - writeOutcomes.length] ?? 'after_closure'
    this.#reject(rows.numberOf(row), rows.lineOf(row), code, point, () => subjectOf(point, at))
  }

  #rejectFor(point: string | undefined, code: RowRejectionCode, subject: () => string, line: number): void {
    this.#waiting.readings.count = this.#rowStart
    this.#reject(++this.#rows, line, code, point, subject)
  }

  #add(count: keyof Counts, point: string | undefined, account?: string): void {
    this.#counts[count]++
    if (point !== undefined) this.#tally.add(point, count, account)
  }

  #reject(row: number, line: number, code: RowRejectionCode, point: string | undefined, subject: () => string): void {
    this.#add('rejected', point)
    if (this.#rejected.length >= rejectedRowsMax) return
    const place = line > 0 ? { row, line } : { row }
    this.#rejected.push({ ...place, code, detail: `${subject()}: ${rowRejections[code]}` })
  }
}

const acceptedNumber = writeOutcomes.indexOf('accepted')
const replacedNumber = writeOutcomes.indexOf('replaced')

function subjectOf(point: string | undefined, at: number): string {
  return `${point === undefined ? '' : `${point} at `}${new Date(at).toISOString()}`
}

/** The first characters of what a sender wrote, quoted, to show what was meant. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
