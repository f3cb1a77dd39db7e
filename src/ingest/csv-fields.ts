/**
 * Splits a CSV line (RFC 4180) into fields where it stands, without copying. A field may be quoted; what stands around
 * it in spaces or tabs is not part of it. Lines end at line ends even inside quotes: no field of ours can hold one, and
 * so a stray quote costs its own row only.
 */
import { comma, quote, space, tab } from './ascii.ts'

export class CsvFields {
  /** Number of fields of the line split last; those beyond the capacity are counted, not kept. */
  count = 0
  readonly starts: Int32Array
  readonly ends: Int32Array

  constructor(capacity: number) {
    this.starts = new Int32Array(capacity)
    this.ends = new Int32Array(capacity)
  }

  /** Splits the line from `start` up to, not including, `end`; `false` where a quoted field is not well formed. */
  split(bytes: Uint8Array, start: number, end: number): boolean {
    this.count = 0
    let fieldStart = start
    for (let index = start; index < end; index++) {
      const byte = bytes[index]
      if (byte === comma) {
        this.#keep(bytes, fieldStart, index)
        fieldStart = index + 1
      } else if (byte === quote) {
        index = this.#keepQuoted(bytes, fieldStart, index, end)
        if (index < 0) return false
        if (index === end) return true
        fieldStart = index + 1
      }
    }
    this.#keep(bytes, fieldStart, end)
    return true
  }

  /** The text of a field of the line split last. */
  text(bytes: Buffer, field: number): string {
    return bytes.toString('utf8', this.starts[field] ?? 0, this.ends[field] ?? 0)
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    let first = start
    let after = end
    while (first < after && isPadding(bytes[first])) first++
    while (after > first && isPadding(bytes[after - 1])) after--
    this.starts[this.count] = first
    this.ends[this.count] = after
    this.count++
  }

  /** Keeps a field whose opening quote stands at `opening`; returns where the comma after it, or the end, stands; or −1. */
  #keepQuoted(bytes: Uint8Array, fieldStart: number, opening: number, end: number): number {
    const closing = closingQuote(bytes, opening + 1, end)
    const after = skipPadding(bytes, closing + 1, end)
    const wellFormed = skipPadding(bytes, fieldStart, opening) === opening && closing < end
    if (!wellFormed || (after < end && bytes[after] !== comma)) return -1
    this.starts[this.count] = opening + 1
    this.ends[this.count] = closing
    this.count++
    return after
  }
}

/** Where a quoted field closes; a doubled quote stands for a quote in it. */
function closingQuote(bytes: Uint8Array, start: number, end: number): number {
  const isQuote = (index: number): boolean => index < end && bytes[index] === quote
  let index = start
  while (index < end && (!isQuote(index) || isQuote(index + 1))) index += isQuote(index) ? 2 : 1
  return Math.min(index, end)
}

function skipPadding(bytes: Uint8Array, start: number, end: number): number {
  let index = start
  while (index < end && isPadding(bytes[index])) index++
  return index
}

function isPadding(byte: number | undefined): boolean {
  return byte === space || byte === tab
}
