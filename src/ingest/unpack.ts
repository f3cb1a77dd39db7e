/** A stream of bytes, unpacked when it is gzip, within limits. */
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Bytes as they arrive. */
export type ByteStream = AsyncIterable<Uint8Array>

/** How much a body may bring. */
export interface ByteLimits {
  readonly sentBytes: number
  readonly unpackedBytes: number
}

/** The limits of the readings endpoint. */
export const readingsByteLimits: ByteLimits = { sentBytes: 64 * 1024 * 1024, unpackedBytes: 512 * 1024 * 1024 }

/** No limits: files on one's own machine. */
export const noByteLimits: ByteLimits = {
  sentBytes: Number.POSITIVE_INFINITY,
  unpackedBytes: Number.POSITIVE_INFINITY,
}

/** Codes of whole bodies that are refused or break off, and what they mean. */
export const bodyRefusals = {
  body_too_large: 'The body is above 64 MiB as sent or 512 MiB unpacked.',
  gzip_broken: 'The body is announced as gzip but is not, or it ends early.',
  encoding_invalid: 'The body is not UTF-8.',
  csv_header_invalid: 'The header of the CSV names an unknown column, one twice, or lacks `at` or a value column.',
  json_malformed: 'The body is not JSON.',
  body_invalid: 'The JSON is not of a form that the endpoint takes.',
} as const

export type BodyRefusalCode = keyof typeof bodyRefusals

/** A body that cannot be read (further). Thrown through streams, caught by the import, never seen outside the room. */
export class BodyRefusal extends Error {
  override readonly name = 'BodyRefusal'
  readonly code: BodyRefusalCode
  readonly pointer: string | undefined

  constructor(code: BodyRefusalCode, detail: string, pointer?: string) {
    super(detail)
    this.code = code
    this.pointer = pointer
  }
}

/**
 * The bytes of a source, unpacked when they start as gzip does (whatever was announced).
 * @throws {BodyRefusal} beyond a limit, or where gzip breaks off
 */
export async function* unpacked(source: ByteStream, limits: ByteLimits): ByteStream {
  const chunks = withinBytes(source, limits.sentBytes)[Symbol.asyncIterator]()
  const head = await headOf(chunks)
  const whole = joined(head, chunks)
  const isGzip = head[0] === 0x1f && head[1] === 0x8b
  yield* withinBytes(isGzip ? gunzipped(whole) : whole, limits.unpackedBytes)
}

/** The first chunk, joined with the second when it is a single byte; empty at the end of the source. */
async function headOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array(0)
  while (head.length < 2) {
    const next = await chunks.next()
    if (next.done) break
    head = head.length === 0 ? new Uint8Array(next.value) : new Uint8Array([...head, ...next.value])
  }
  return head
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): ByteStream {
  if (head.length > 0) yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function* gunzipped(source: ByteStream): ByteStream {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  const packed = Readable.from(source, { objectMode: false })
  packed.once('error', (error) => gunzip.destroy(error))
  try {
    yield* packed.pipe(gunzip)
  } catch (error) {
    if (error instanceof BodyRefusal) throw error
    throw new BodyRefusal('gzip_broken', 'the gzip stream is damaged or ends early')
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}

async function* withinBytes(source: ByteStream, bytesMax: number): ByteStream {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new BodyRefusal('body_too_large', `more than ${Math.floor(bytesMax / 1024 / 1024)} MiB`)
    yield chunk
  }
}
