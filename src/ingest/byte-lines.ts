/** Lines of a byte stream, in batches, within bounded memory. */
import { BodyRefusal, type ByteStream } from './unpack.ts'

/** The longest line that is read; of a longer one only the beginning is kept, and it is marked. */
const lineBytesMax = 16 * 1024
const newline = 10

/** One line without its end; `tooLong` when it was cut. */
export interface Line {
  readonly text: string
  readonly tooLong: boolean
}

/**
 * The lines of a stream, chunk by chunk. A byte order mark and carriage returns at line ends are dropped; the last line
 * may lack its end. Empty lines are kept: they count as rows of the body where a form says so.
 * @throws {BodyRefusal} where the bytes are not UTF-8
 */
export async function* linesOf(source: ByteStream): AsyncGenerator<Line[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest: Uint8Array = new Uint8Array(0)
  let overflowing = false
  for await (const chunk of source) {
    const lines: Line[] = []
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, end)
      lines.push(lineOf(decoder, rest.length === 0 ? piece : concatenated(rest, piece), overflowing))
      rest = rest.length === 0 ? rest : new Uint8Array(0)
      overflowing = false
      from = end + 1
    }
    if (from < chunk.length) rest = concatenated(rest, chunk.subarray(from))
    if (rest.length > lineBytesMax) {
      rest = rest.slice(0, lineBytesMax + 1)
      overflowing = true
    }
    if (lines.length > 0) yield lines
  }
  if (rest.length > 0) yield [lineOf(decoder, rest, overflowing)]
}

function lineOf(decoder: TextDecoder, bytes: Uint8Array, overflowed: boolean): Line {
  if (overflowed || bytes.length > lineBytesMax) return { text: '', tooLong: true }
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length
  try {
    return { text: decoder.decode(bytes.subarray(0, end)), tooLong: false }
  } catch {
    throw new BodyRefusal('encoding_invalid', 'the body is not UTF-8')
  }
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const kept = Math.max(0, lineBytesMax + 1 - first.length)
  const joined = new Uint8Array(first.length + Math.min(second.length, kept))
  joined.set(first)
  joined.set(second.subarray(0, joined.length - first.length), first.length)
  return joined
}
