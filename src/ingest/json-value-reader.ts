/**
 * Finds the bytes of one JSON value, over as many pieces as it takes. It balances brackets outside strings and leaves
 * the grammar inside to `JSON.parse`, which only ever sees a value that is short and flat enough
 * (docs/decisions/own-json-walker.md).
 */
import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  isJsonSpace,
  openBrace,
  openBracket,
  quote,
} from './ascii.ts'

/** How deep a value may be nested. */
const depthMax = 16

type Place = 'before' | 'scalar' | 'string' | 'nested'

export class JsonValueReader {
  /** Set when the value is nested too deeply; reading on has no sense then. */
  tooDeep = false
  /** Set when the value is longer than `bytesMax`; its end is found, its bytes are gone. */
  tooLong = false
  /** Where the bytes of the value read last are, valid until the next call. */
  bytes: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  #place: Place = 'before'
  #depth = 0
  #inString = false
  #escaped = false
  readonly #bytesMax: number
  #held: Buffer = Buffer.alloc(0)
  #heldBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Whether a value has begun whose end is still to come. */
  get reading(): boolean {
    return this.#place !== 'before'
  }

  /** Reads on from `from`, where the value begins or goes on; returns where it ends, or −1 when the next piece must say. */
  read(piece: Buffer, from: number): number {
    const end = this.#endIn(piece, from)
    if (end < 0 || this.#heldBytes > 0) this.#hold(piece, from, end < 0 ? piece.length : end)
    if (end < 0) return -1
    this.#finish(piece, from, end)
    return end
  }

  #finish(piece: Buffer, from: number, end: number): void {
    const held = this.#heldBytes > 0
    this.bytes = held ? this.#held : piece
    this.start = held ? 0 : from
    this.end = held ? this.#heldBytes : end
    this.tooLong = this.end - this.start > this.#bytesMax
    this.#place = 'before'
    this.#heldBytes = 0
  }

  #hold(piece: Buffer, start: number, end: number): void {
    if (this.#held.length === 0) this.#held = Buffer.allocUnsafe(this.#bytesMax)
    if (this.#heldBytes < this.#held.length) piece.copy(this.#held, this.#heldBytes, start, end)
    this.#heldBytes += end - start
  }

  #endIn(piece: Buffer, from: number): number {
    if (this.#place === 'before') this.#place = placeAt(piece[from])
    if (this.#place === 'scalar') return endOfScalar(piece, from)
    return this.#endOfNested(piece, from)
  }

  /** The end of a string, object or array: where the depth is 0 again outside a string. */
  #endOfNested(piece: Buffer, from: number): number {
    for (let index = from; index < piece.length; index++) {
      const byte = piece[index]
      if (this.#inString) {
        if (this.#stringEndsAt(byte) && this.#depth === 0) return index + 1
      } else if (byte === quote) this.#inString = true
      else if (byte === openBrace || byte === openBracket) this.tooDeep ||= ++this.#depth > depthMax
      else if ((byte === closeBrace || byte === closeBracket) && --this.#depth === 0) return index + 1
      if (this.tooDeep) return -1
    }
    return -1
  }

  #stringEndsAt(byte: number | undefined): boolean {
    if (this.#escaped) this.#escaped = false
    else if (byte === backslash) this.#escaped = true
    else if (byte === quote) this.#inString = false
    return !this.#inString
  }
}

function placeAt(byte: number | undefined): Place {
  if (byte === quote) return 'string'
  return byte === openBrace || byte === openBracket ? 'nested' : 'scalar'
}

/** A scalar reaches to white space or to a byte that structures; where it is empty, parsing it says so. */
function endOfScalar(piece: Buffer, from: number): number {
  for (let index = from; index < piece.length; index++) {
    const byte = piece[index] ?? 0
    const structures = byte === comma || byte === closeBracket || byte === closeBrace || byte === colon
    if (structures || isJsonSpace(byte)) return index
  }
  return -1
}
