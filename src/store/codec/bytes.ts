/**
 * Bytes out and in: variable-length whole numbers (LEB128, 7 bits a byte, lowest first), signed ones folded (0, −1, 1,
 * −2 … become 0, 1, 2, 3 …), little-endian doubles, short texts. Numbers stay exact up to 2^53.
 */

/** The bytes are not what this code wrote: damaged, or of a newer version. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
}

const low31 = 0x8000_0000

/** Appends to a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** What was written; a view that the next write may overwrite. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** A whole number from 0 to 2^53. */
  unsigned(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= low31) {
      this.#bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  /** A whole number between −2^52 and 2^52. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  bytes(values: Uint8Array): void {
    this.#reserve(values.length)
    this.#bytes.set(values, this.#length)
    this.#length += values.length
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value)
    this.unsigned(encoded.length)
    this.bytes(encoded)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** Reads what a `ByteWriter` wrote. @throws {CodecError} past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(): number {
    const value = this.#bytes[this.#position++]
    if (value === undefined) throw new CodecError('packed bytes end too early')
    return value
  }

  unsigned(): number {
    let byte = this.byte()
    if (byte < 128) return byte
    let value = byte & 127
    for (let weight = 128; byte >= 128; weight *= 128) {
      byte = this.byte()
      value += (byte & 127) * weight
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new CodecError('packed number out of range')
    return value
  }

  signed(): number {
    const folded = this.unsigned()
    return folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2
  }

  double(): number {
    const at = this.#position
    if (at + 8 > this.#bytes.length) throw new CodecError('packed bytes end too early')
    this.#position += 8
    return this.#view.getFloat64(at, true)
  }

  bytes(length: number): Uint8Array {
    const from = this.#position
    if (from + length > this.#bytes.length) throw new CodecError('packed bytes end too early')
    this.#position += length
    return this.#bytes.subarray(from, from + length)
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.unsigned()))
  }
}
