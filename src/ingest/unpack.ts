/**
 * The bytes of a body: counted against its limits, and unpacked where they are gzip (told by its first two bytes, so
 * that a file is read whatever its name or headers say). Memory stays bounded for any input: gzip is fed in slices
 * that unpack to at most 16 MiB each, and everything unpacked before an error is given before the error.
 */
import { createGunzip } from 'node:zlib'
import { BodyBroken } from './body-refusals.ts'

/** How large a body may be [bytes]. */
export interface BodyLimits {
  readonly sentBytesMax: number
  readonly unpackedBytesMax: number
  /** Without it the source is waited for without end. */
  readonly patience?: Patience
}

/** How long the sender of a body is waited for; the time that its rows take to be written does not count. */
export interface Patience {
  /** For the next bytes [s]. */
  readonly silenceS: number
  /** For all of them together [s]. */
  readonly waitS: number
}

/** The limits of the API; the waiting leaves time for 64 MiB over a slow line. */
export const defaultBodyLimits = {
  sentBytesMax: 64 * 1024 ** 2,
  unpackedBytesMax: 512 * 1024 ** 2,
  patience: { silenceS: 60, waitS: 600 },
} as const satisfies BodyLimits

/** gzip expands at most 1032-fold, so that a slice unpacks to 16 MiB at most. */
const sliceBytes = 16 * 1024

/**
 * A source whose bytes are counted, and which is never closed: a half-read request must stay open to be answered.
 * @throws BodyBroken `body_too_large`, or `body_incomplete` where the source fails or is waited for in vain
 */
export class SentBody implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #bytesMax: number
  readonly #patience: Patience | undefined
  #bytes = 0
  #waitedMs = 0

  constructor(source: AsyncIterable<Uint8Array>, bytesMax: number, patience?: Patience) {
    this.#source = source[Symbol.asyncIterator]()
    this.#bytesMax = bytesMax
    this.#patience = patience
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() }
  }

  /** Reads what is left, so that the sender comes to an end and listens to the answer. */
  async drain(): Promise<void> {
    try {
      while (!(await this.#next()).done);
    } catch (error) {
      if (!(error instanceof BodyBroken)) throw error
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const result = await this.#arrival()
    if (result.done) return result
    this.#bytes += result.value.length
    if (this.#bytes <= this.#bytesMax) return result
    throw new BodyBroken({ refusal: 'body_too_large', detail: `a body has at most ${this.#bytesMax} bytes` })
  }

  async #arrival(): Promise<IteratorResult<Uint8Array>> {
    const next = this.#source.next().catch((error: unknown) => {
      const code = (error as { code?: unknown }).code
      const why = typeof code === 'string' ? ` (${code})` : ''
      throw new BodyBroken({ refusal: 'body_incomplete', detail: `the body broke off before its end${why}` }, error)
    })
    if (this.#patience === undefined) return await next
    const { silenceS, waitS } = this.#patience
    const { promise: late, reject } = Promise.withResolvers<never>()
    const detail = `the next bytes of the body were waited for in vain, ${silenceS} s or ${waitS} s in all`
    const giveUp = () => {
      // Whoever was given up is not waited for again.
      this.#waitedMs = Number.POSITIVE_INFINITY
      reject(new BodyBroken({ refusal: 'body_incomplete', detail }))
    }
    const timer = setTimeout(giveUp, Math.max(0, Math.min(silenceS * 1000, waitS * 1000 - this.#waitedMs)))
    const startedMs = performance.now()
    try {
      return await Promise.race([next, late])
    } finally {
      clearTimeout(timer)
      this.#waitedMs += performance.now() - startedMs
    }
  }
}

/**
 * The bytes of a body, unpacked where they are gzip.
 * @param mustBeGzip whether the sender said so: other bytes are refused then
 * @throws BodyBroken where the limits are passed, the source fails or the gzip is bad
 */
export async function* unpack(sent: SentBody, bytesMax: number, mustBeGzip: boolean): AsyncGenerator<Uint8Array> {
  const chunks = sent[Symbol.asyncIterator]()
  const head = await firstChunks(chunks)
  const isGzip = head[0] === 0x1f && head[1] === 0x8b
  if (mustBeGzip && !isGzip && head.length > 0) {
    throw new BodyBroken({ refusal: 'gzip_invalid', detail: 'the body was announced as gzip and is none' })
  }
  let bytes = 0
  for await (const chunk of isGzip ? gunzipped(head, chunks) : chunksFrom(head, chunks)) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw new BodyBroken({ refusal: 'body_unpacks_too_large', detail: `a body unpacks to at most ${bytesMax} bytes` })
    }
    yield chunk
  }
}

/** Enough of the beginning to see whether it is gzip: two bytes, or all there are. */
async function firstChunks(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < 2) {
    const result = await chunks.next()
    if (result.done) break
    head = head.length === 0 ? result.value : Buffer.concat([head, result.value])
  }
  return head
}

async function* chunksFrom(head: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  for (let result = await chunks.next(); !result.done; result = await chunks.next()) yield result.value
}

/** zlib's own stream iterator drops unpacked bytes when an error follows them; hence this one waits for every slice. */
async function* gunzipped(head: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = new SlicedGunzip()
  try {
    for await (const chunk of chunksFrom(head, chunks)) {
      for (let start = 0; start < chunk.length; start += sliceBytes) {
        yield* await gunzip.write(chunk.subarray(start, start + sliceBytes))
        if (gunzip.problem !== undefined) throw gzipBroken(gunzip.problem)
      }
    }
    yield* await gunzip.end()
    if (gunzip.problem !== undefined) throw gzipBroken(gunzip.problem)
  } finally {
    gunzip.destroy()
  }
}

/**
 * A gunzip that gives what each slice unpacks to. zlib never calls back a write that fails, or whose slice goes on after the
 * end; its events tell of both.
 */
class SlicedGunzip {
  problem: Error | undefined
  readonly #gunzip = createGunzip({ chunkSize: 64 * 1024 })
  readonly #unpacked: Uint8Array[] = []
  #isOver = false
  #goOn = () => {}

  constructor() {
    this.#gunzip.on('data', (bytes: Uint8Array) => this.#unpacked.push(bytes))
    this.#gunzip.on('end', () => this.#finish(undefined))
    this.#gunzip.on('error', (error) => this.#finish(error))
  }

  async write(slice: Uint8Array): Promise<Uint8Array[]> {
    return await this.#step((goOn) => this.#gunzip.write(slice, goOn))
  }

  async end(): Promise<Uint8Array[]> {
    return await this.#step(() => this.#gunzip.end())
  }

  destroy(): void {
    this.#gunzip.destroy()
  }

  async #step(begin: (goOn: () => void) => void): Promise<Uint8Array[]> {
    if (!this.#isOver)
      await new Promise<void>((resolve) => {
        this.#goOn = resolve
        begin(resolve)
      })
    return this.#unpacked.splice(0)
  }

  #finish(problem: Error | undefined): void {
    this.problem ??= problem
    this.#isOver = true
    this.#goOn()
  }
}

function gzipBroken(error: Error): BodyBroken {
  const truncated = 'code' in error && error.code === 'Z_BUF_ERROR'
  return truncated
    ? new BodyBroken({ refusal: 'gzip_truncated', detail: 'the gzip ends before its end' })
    : new BodyBroken({ refusal: 'gzip_invalid', detail: `the gzip is damaged: ${error.message}` }, error)
}
