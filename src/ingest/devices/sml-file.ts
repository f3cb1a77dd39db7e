/**
 * Smart Message Language (BSI TR-03109-1, annex IV): a file of messages in type-length-value, between escape sequences,
 * with a checksum. Of it we need the list entries of a GetList response: seven elements, the first an OBIS code.
 */

/** A value that a meter told: its OBIS code as `1-0:16.7.0`, its unit (DLMS), its number with the scaler applied. */
export interface SmlEntry {
  readonly obis: string
  readonly unit: number | undefined
  readonly value: number
}

type SmlValue = number | bigint | Buffer | boolean | undefined | readonly SmlValue[]

const start = Buffer.from('1b1b1b1b01010101', 'hex')
const end = Buffer.from('1b1b1b1b1a', 'hex')
const depthMax = 12
const elementsMax = 4_096

/** The entries of a file; a text says what is wrong with it. */
export function entriesOfSml(file: Buffer): readonly SmlEntry[] | 'no_file' | 'checksum_wrong' {
  const from = file.indexOf(start)
  const to = from < 0 ? -1 : file.indexOf(end, from + start.length)
  if (to < 0 || file.length < to + 8) return 'no_file'
  if (!isChecksum(file.subarray(from, to + 6), file.subarray(to + 6, to + 8))) return 'checksum_wrong'
  const reader = new SmlReader(file.subarray(from + start.length, to))
  const entries: SmlEntry[] = []
  try {
    while (!reader.isAtEnd) collect(reader.value(0), entries)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return 'no_file'
  }
  return entries
}

class SmlReader {
  readonly #bytes: Buffer
  #at = 0
  #elements = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Messages end with a byte 0, and the file is filled with such bytes. */
  get isAtEnd(): boolean {
    while (this.#bytes[this.#at] === 0) this.#at++
    return this.#at >= this.#bytes.length
  }

  /** @throws {RangeError} where the bytes are no value */
  value(depth: number): SmlValue {
    if (depth > depthMax || ++this.#elements > elementsMax) throw new RangeError('nested too deeply')
    const { type, length } = this.#head()
    if (type === 7) return Array.from({ length }, () => this.value(depth + 1))
    const bytes = this.#take(length)
    switch (type) {
      case 0:
        return bytes.length === 0 ? undefined : bytes
      case 4:
        return bytes.some((byte) => byte !== 0)
      case 5:
        return numberOf(bytes, true)
      case 6:
        return numberOf(bytes, false)
      default:
        throw new RangeError(`unknown type ${type}`)
    }
  }

  /** Type in bits 4–6, length in 0–3, more length bytes while bit 7 is set. The length counts its own bytes, save of lists. */
  #head(): { type: number; length: number } {
    let byte = this.#byte()
    const type = (byte >> 4) & 7
    let length = byte & 15
    let headBytes = 1
    while ((byte & 0x80) !== 0) {
      byte = this.#byte()
      length = length * 16 + (byte & 15)
      if (++headBytes > 4) throw new RangeError('length of a length')
    }
    if (type === 7) return { type, length }
    // The end of a message is a lone 0: an empty octet string is 1.
    return { type, length: Math.max(0, length - headBytes) }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new RangeError('cut off')
    return byte
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError('cut off')
    const bytes = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return bytes
  }
}

function numberOf(bytes: Buffer, isSigned: boolean): number | bigint {
  if (bytes.length === 0 || bytes.length > 8) throw new RangeError('integer of a wrong length')
  if (bytes.length <= 6) return isSigned ? bytes.readIntBE(0, bytes.length) : bytes.readUIntBE(0, bytes.length)
  const fill = isSigned && ((bytes[0] ?? 0) & 0x80) !== 0 ? 0xff : 0
  const eight = Buffer.concat([Buffer.alloc(8 - bytes.length, fill), bytes])
  return isSigned ? eight.readBigInt64BE() : eight.readBigUInt64BE()
}

/** Finds list entries however deep they lie: objName, status, valTime, unit, scaler, value, signature. */
function collect(value: SmlValue, entries: SmlEntry[]): void {
  if (!Array.isArray(value)) return
  const [name, , , unit, scaler, number] = value as readonly SmlValue[]
  const isEntry = value.length === 7 && Buffer.isBuffer(name) && name.length === 6
  if (isEntry && (typeof number === 'number' || typeof number === 'bigint')) {
    const exponent = typeof scaler === 'number' && Math.abs(scaler) <= 12 ? scaler : 0
    const scaled = exponent < 0 ? Number(number) / 10 ** -exponent : Number(number) * 10 ** exponent
    entries.push({ obis: obisOf(name), unit: typeof unit === 'number' ? unit : undefined, value: scaled })
    return
  }
  for (const element of value) collect(element, entries)
}

function obisOf([a, b, c, d, e]: Buffer): string {
  return `${a}-${b}:${c}.${d}.${e}`
}

/**
 * CRC-16/X-25 as the standard has it, low byte first; CRC-16/KERMIT with the high byte first, as some meters of Holley send it
 * (ESPHome's decoder takes both: https://github.com/esphome/esphome, components/sml/sml.cpp).
 */
function isChecksum(bytes: Buffer, checksum: Buffer): boolean {
  return crcX25(bytes) === checksum.readUInt16LE() || crcKermit(bytes) === checksum.readUInt16BE()
}

/** CRC-16/X-25 (DIN EN 62056-46). */
function crcX25(bytes: Buffer): number {
  return crcFrom(0xffff, bytes) ^ 0xffff
}

function crcKermit(bytes: Buffer): number {
  return crcFrom(0, bytes)
}

/** The remainder by the reflected polynomial 0x8408, which both share. */
function crcFrom(start: number, bytes: Buffer): number {
  let crc = start
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1
  }
  return crc
}
