/**
 * Readings as one JSON document: `{"readings": [{"at": "…Z", "power_w": 532}]}`, or dense,
 * `{"kind": "power_w", "start": "…Z", "interval_s": 60, "values": [150, null, 600]}`.
 *
 * The document is read whole, so it may unpack to 64 MiB at most; larger histories come as CSV or NDJSON, which stream.
 */
import type { EpochMs } from '../energy/civil-time.ts'
import { rowOfObject } from './row-objects.ts'
import {
  checkAt,
  intervalSMax,
  isInterval,
  isValueField,
  type RowContext,
  readAt,
  readValue,
  rejection,
  type ValueField,
  valueFieldNames,
} from './row-rules.ts'
import { isRejection, type Row } from './rows.ts'
import { BodyRefusal, type ByteStream } from './unpack.ts'

const documentBytesMax = 64 * 1024 * 1024
const batchRows = 10_000

/**
 * The rows of a JSON body, in batches.
 * @throws {BodyRefusal} when it is not JSON, or JSON of another form
 */
export async function* jsonRows(source: ByteStream, context: RowContext): AsyncGenerator<Row[]> {
  const document = parsed(await textOf(source))
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new BodyRefusal('body_invalid', 'the body must be an object', '')
  }
  if ('readings' in document) yield* sparseRows(document as Record<string, unknown>, context)
  else yield* denseRows(document as Record<string, unknown>, context)
}

function* sparseRows(document: Record<string, unknown>, context: RowContext): Generator<Row[]> {
  refuseUnknown(document, ['readings'])
  const { readings } = document
  if (!Array.isArray(readings)) throw new BodyRefusal('body_invalid', 'must be an array', '/readings')
  for (let from = 0; from < readings.length; from += batchRows) {
    yield readings.slice(from, from + batchRows).map((object) => rowOfObject(object, context))
  }
}

function* denseRows(document: Record<string, unknown>, context: RowContext): Generator<Row[]> {
  const dense = denseOf(document, context)
  for (let from = 0; from < dense.values.length; from += batchRows) {
    const values = dense.values.slice(from, from + batchRows)
    yield values.map((value, index) => denseRow(dense, from + index, value, context))
  }
}

interface Dense {
  readonly field: ValueField
  readonly startAt: EpochMs
  readonly intervalS: number
  readonly values: readonly unknown[]
}

function denseOf(document: Record<string, unknown>, context: RowContext): Dense {
  refuseUnknown(document, ['kind', 'start', 'interval_s', 'values'])
  const { kind, start, interval_s: intervalS, values } = document
  if (typeof kind !== 'string' || !isValueField(kind)) {
    throw new BodyRefusal('body_invalid', `must be one of ${valueFieldNames.join(', ')}`, '/kind')
  }
  if (typeof start !== 'string') throw new BodyRefusal('body_invalid', 'must be an instant', '/start')
  if (typeof intervalS !== 'number' || !isInterval(intervalS)) {
    throw new BodyRefusal('body_invalid', `must be a whole number from 1 to ${intervalSMax}`, '/interval_s')
  }
  if (!Array.isArray(values)) throw new BodyRefusal('body_invalid', 'must be an array', '/values')
  return { field: kind, startAt: startOf(start, context), intervalS, values }
}

/** The start must be an instant; whether it lies in range is each row's own matter. */
function startOf(text: string, context: RowContext): EpochMs {
  const at = readAt(text, { ...context, now: Number.POSITIVE_INFINITY })
  if (typeof at === 'number') return at
  if (at.code !== 'after_closure') throw new BodyRefusal('body_invalid', `${at.code}: ${at.detail}`, '/start')
  const { closedAt: _closedAt, ...open } = context
  return startOf(text, open)
}

function denseRow(dense: Dense, index: number, value: unknown, context: RowContext): Row {
  if (value !== null && typeof value !== 'number') return rejection('value_not_a_number', dense.field)
  const at = checkAt(dense.startAt + index * dense.intervalS * 1000, `value ${index + 1}`, context)
  if (typeof at !== 'number') return at
  const reading = readValue(dense.field, at, value, dense.intervalS)
  return isRejection(reading) ? reading : [reading]
}

function refuseUnknown(document: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(document).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const pointer = `/${unknown.replaceAll('~', '~0').replaceAll('/', '~1')}`
  throw new BodyRefusal('body_invalid', `unknown field; known are ${known.join(', ')}`, pointer)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BodyRefusal('json_malformed', 'the body is not JSON', '')
  }
}

async function textOf(source: ByteStream): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > documentBytesMax) {
      throw new BodyRefusal('body_too_large', 'a JSON document may unpack to 64 MiB; send CSV or NDJSON, which stream')
    }
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new BodyRefusal('encoding_invalid', 'the body is not UTF-8')
  }
}
