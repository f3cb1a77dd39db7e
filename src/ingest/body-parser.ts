/** What every format of readings is read through. */
import type { BodyProblem } from './body-refusals.ts'
import type { ReadingRules } from './reading-rules.ts'
import type { RowCollector } from './row-collector.ts'

/** Reads one body, piece by piece, into a collector of rows. */
export interface BodyParser {
  /** Set once the body cannot be read any further; pieces after that are left alone. */
  readonly problem: BodyProblem | undefined
  /** Reads a piece; rows that end in it go to the collector. */
  push(piece: Buffer): void
  /** Reads what is left after the last piece, some rows at a time; `true` when it must be called again for more. */
  end(): boolean
}

/** Makes the parser of one body. */
export type BodyParserFactory = (rows: RowCollector, rules: ReadingRules) => BodyParser

/** The longest row [bytes]; longer ones are skipped without being kept in memory. */
export const rowBytesMax = 16 * 1024
