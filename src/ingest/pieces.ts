/**
 * Makes pieces of even size of the bytes of a body, without its byte order mark. Large chunks are cut, so that no piece
 * keeps its thread busy for more than a few milliseconds; small ones are put together, so that a sender who trickles
 * bytes costs no more than others.
 */
import { BodyBroken } from './body-refusals.ts'

const pieceBytesMin = 4 * 1024
const pieceBytesMax = 32 * 1024

/**
 * The pieces of a body. What came before an error of the source is given before the error.
 * @throws BodyBroken `body_not_utf8` for UTF-16, and what the source throws
 */
export async function* piecesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const cutter = new PieceCutter()
  try {
    for await (const chunk of chunks) yield* cutter.push(chunk)
  } catch (error) {
    yield* cutter.end()
    throw error
  }
  yield* cutter.end()
}

class PieceCutter {
  #first = true
  #heldBytes = 0
  readonly #held: Uint8Array[] = [];

  *push(chunk: Uint8Array): Generator<Buffer> {
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= pieceBytesMin) yield* this.end()
  }

  *end(): Generator<Buffer> {
    const held = this.#held.length === 1 ? viewOf(this.#held[0]) : Buffer.concat(this.#held)
    this.#held.length = 0
    this.#heldBytes = 0
    const bytes = this.#first ? withoutMark(held) : held
    this.#first &&= held.length === 0
    for (let start = 0; start < bytes.length; start += pieceBytesMax) yield bytes.subarray(start, start + pieceBytesMax)
  }
}

/** The same bytes as a `Buffer`, uncopied. */
function viewOf(bytes: Uint8Array = new Uint8Array(0)): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Without the byte order mark of UTF-8; that of UTF-16 (a spreadsheet's "Unicode text") is refused, and UTF-16 without one. */
function withoutMark(bytes: Buffer): Buffer {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return bytes.subarray(3)
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (isMarked || first === 0 || second === 0) {
    throw new BodyBroken({ refusal: 'body_not_utf8', detail: 'the body is UTF-16; save it as UTF-8' })
  }
  return bytes
}
