/**
 * Brings a body of readings into the house: bytes in, batches of validated readings out to `write`, and a report of
 * every row. Memory stays bounded, whatever the body: the next bytes are read when the batch before them is written.
 * A body that breaks keeps its whole good rows, and says so in the report beside its refusal.
 */
import { setImmediate } from 'node:timers/promises'
import type { Reading } from '../energy/readings.ts'
import type { BodyParser, BodyParserFactory } from './body-parser.ts'
import { BodyBroken, type BodyProblem } from './body-refusals.ts'
import type { ReadingsFormat } from './formats.ts'
import { piecesOf } from './pieces.ts'
import type { ReadingRules } from './reading-rules.ts'
import { readingsCsv } from './readings-csv.ts'
import { readingsJson } from './readings-json.ts'
import { readingsNdjson } from './readings-ndjson.ts'
import { type ImportReport, RowCollector, type WriteOutcome } from './row-collector.ts'
import { type BodyLimits, defaultBodyLimits, SentBody, unpack } from './unpack.ts'

/** How a body is brought in. */
export interface ImportOptions extends ReadingRules {
  /** Makes a batch durable; one outcome per reading, in order. What it throws ends the import. */
  readonly write: (batch: Reading[]) => Promise<readonly WriteOutcome[]>
  /** Readings per batch, about. */
  readonly batchSize?: number
  /** Whether the sender announced gzip: then anything else is refused. Unannounced gzip is unpacked as well. */
  readonly announcedGzip?: boolean
  readonly limits?: BodyLimits
}

/** A body that was refused from some point on: why, where, and what became of the rows before. */
export interface BodyRefusal extends BodyProblem {
  readonly report: ImportReport
}

/** Readings per batch when nothing else is asked for. */
export const defaultBatchSize = 20_000

/** After so many pieces (a few milliseconds of work) other work of the thread has its turn. */
const piecesPerTurn = 4

const parsers: Readonly<Record<ReadingsFormat, BodyParserFactory>> = {
  csv: readingsCsv,
  ndjson: readingsNdjson,
  json: readingsJson,
}

/**
 * Imports a body. The source is read to its end even when the body is refused (so that a sender over HTTP comes to
 * listen), save beyond `limits.sentBytesMax`; it is never closed here.
 * @returns the report, or the refusal with the report so far
 * @throws what `write` throws; batches written before stay
 */
export async function importReadings(
  source: AsyncIterable<Uint8Array>,
  format: ReadingsFormat,
  options: ImportOptions,
): Promise<ImportReport | BodyRefusal> {
  const limits = options.limits ?? defaultBodyLimits
  const sent = new SentBody(source, limits.sentBytesMax)
  const rows = new RowCollector()
  const pieces = piecesOf(unpack(sent, limits.unpackedBytesMax, options.announcedGzip === true))
  const problem = await readPieces(pieces, parsers[format](rows, options), rows, options).catch(problemOf)
  await rows.commit(options.write)
  if (problem === undefined) return rows.report()
  if (problem.refusal !== 'body_too_large') await sent.drain()
  return { ...problem, report: rows.report() }
}

/** Reads the body as far as it can be read; leaves rows in the collector that are not written yet. */
async function readPieces(
  pieces: AsyncIterable<Buffer>,
  parser: BodyParser,
  rows: RowCollector,
  { write, batchSize = defaultBatchSize }: ImportOptions,
): Promise<BodyProblem | undefined> {
  let count = 0
  for await (const piece of pieces) {
    parser.push(piece)
    if (parser.problem !== undefined) return parser.problem
    if (rows.waiting >= batchSize) await rows.commit(write)
    if (++count % piecesPerTurn === 0) await setImmediate()
  }
  if (count === 0) return { refusal: 'body_empty', detail: 'the body is empty' }
  while (parser.end()) await rows.commit(write)
  return parser.problem
}

/** What the bytes themselves were refused for; any other error is none of the body's. */
function problemOf(error: unknown): BodyProblem {
  if (error instanceof BodyBroken) return error.problem
  throw error
}
