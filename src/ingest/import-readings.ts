/**
 * Brings a body of readings into the house: bytes in, batches of validated readings out to `write`, and a report of
 * every row. Memory stays bounded, whatever the body: the next bytes are read when the batch before them is written.
 * A body that breaks keeps its whole good rows, and says so in the report beside its refusal.
 */
import { setImmediate } from 'node:timers/promises'
import type { BodyParser } from './body-parser.ts'
import { BodyBroken, type BodyProblem, bodyRefusals } from './body-refusals.ts'
import type { FileFormat } from './file-format.ts'
import { type FormatChoice, formatOf } from './formats.ts'
import { piecesOf } from './pieces.ts'
import type { ReadingRules } from './reading-rules.ts'
import { type ImportReport, RowCollector, type WriteBatch } from './row-collector.ts'
import { type BodyLimits, defaultBodyLimits, SentBody, unpack } from './unpack.ts'

/** How a body is brought in. */
export interface ImportOptions extends ReadingRules {
  /** Makes a batch durable. What it throws ends the import. */
  readonly write: WriteBatch
  /** Readings per batch, about. */
  readonly batchSize?: number
  /** Whether the sender announced gzip: then anything else is refused. Unannounced gzip is unpacked as well. */
  readonly announcedGzip?: boolean
  readonly limits?: BodyLimits
  /** Whether rows go to accounts by their PODs: a body that names none is refused then. */
  readonly byPod?: boolean
}

/** A body that was refused from some point on: why, where, and what became of the rows before. */
export interface BodyRefusal extends BodyProblem {
  readonly report: ImportReport
}

/** Readings per batch when nothing else is asked for. */
const defaultBatchSize = 20_000

/** After so many pieces (a few milliseconds of work) other work of the thread has its turn. */
const piecesPerTurn = 4

/** A format is told by so many bytes of the beginning, at most. */
const headBytes = 4096

/**
 * Imports a body. The source is read to its end even when the body is refused or `write` fails (so that a sender over HTTP
 * comes to listen), save beyond the limits of what is sent and waited for; it is never closed here.
 * @returns the report, or the refusal with the report so far
 * @throws what `write` throws; batches written before stay
 */
export async function importReadings(
  source: AsyncIterable<Uint8Array>,
  choice: FormatChoice,
  options: ImportOptions,
): Promise<ImportReport | BodyRefusal> {
  const limits: BodyLimits = options.limits ?? defaultBodyLimits
  const sent = new SentBody(source, limits.sentBytesMax, limits.patience)
  const body = new BodyReader(choice, options)
  const pieces = piecesOf(unpack(sent, limits.unpackedBytesMax, options.announcedGzip === true))
  const problem = await body.readAndCommit(pieces).catch(async (error: unknown) => {
    await sent.drain()
    throw error
  })
  const report = body.report()
  if (problem === undefined) return report
  if (problem.refusal !== 'body_too_large') await sent.drain()
  return { ...problem, report }
}

/** Reads one body, whose format is known once its first piece is. */
class BodyReader {
  readonly rows = new RowCollector()
  readonly #choice: FormatChoice
  readonly #options: ImportOptions
  #format: FileFormat | undefined
  #writing: Promise<void> | undefined

  constructor(choice: FormatChoice, options: ImportOptions) {
    this.#choice = choice
    this.#options = options
  }

  /** Reads the body as far as it can be read, and writes its rows. */
  async readAndCommit(pieces: AsyncIterable<Buffer>): Promise<BodyProblem | undefined> {
    const problem = await this.#read(pieces).catch(problemOf)
    await this.commit()
    return problem
  }

  /** Reads the body as far as it can be read; leaves rows in the collector that are not written yet. */
  async #read(pieces: AsyncIterable<Buffer>): Promise<BodyProblem | undefined> {
    const { batchSize = defaultBatchSize } = this.#options
    let parser: BodyParser | undefined
    let count = 0
    for await (const piece of pieces) {
      if (parser === undefined) {
        const begun = this.#begin(piece)
        if ('refusal' in begun) return begun
        parser = begun
      }
      parser.push(piece)
      if (parser.problem !== undefined) return parser.problem
      if (this.rows.waiting >= batchSize) await this.#commitBehind()
      if (++count % piecesPerTurn === 0) await setImmediate()
    }
    if (parser === undefined) return { refusal: 'body_empty', detail: 'the body is empty' }
    while (parser.end()) await this.commit()
    return parser.problem
  }

  /** Writes all that waits. */
  async commit(): Promise<void> {
    await this.#writing
    this.#writing = undefined
    await this.rows.commit(this.#options.write)
  }

  /** Writes what waits while the next rows are read: one batch at a time, so that memory stays bounded. */
  async #commitBehind(): Promise<void> {
    await this.#writing
    this.#writing = this.rows.commit(this.#options.write)
    // Whoever waits for it gets the failure; until then it is nobody's.
    this.#writing.catch(() => {})
  }

  report(): ImportReport {
    const report = this.rows.report()
    return this.#format === undefined ? report : { format: this.#format.name, ...report }
  }

  #begin(first: Buffer): BodyParser | BodyProblem {
    const format = formatOf(this.#choice, first.toString('utf8', 0, headBytes))
    if (format === undefined) return { refusal: 'format_unknown', detail: bodyRefusals.format_unknown }
    this.#format = format
    if (this.#options.byPod === true && format.namesPods !== true) {
      return {
        refusal: 'pods_missing',
        detail: `a file of the format ${format.name} names no PODs: send it to one account`,
      }
    }
    if (format.needsUnit === true && this.#options.unit === undefined) {
      return {
        refusal: 'unit_missing',
        detail: `a file of the format ${format.name} does not say the unit of its values: name it (unit)`,
      }
    }
    return format.parser(this.rows, { ...this.#options, source: format.source ?? this.#options.source })
  }
}

/** What the bytes themselves were refused for; any other error is none of the body's. */
function problemOf(error: unknown): BodyProblem {
  if (error instanceof BodyBroken) return error.problem
  throw error
}
