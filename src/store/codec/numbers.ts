/**
 * Columns of numbers in few bytes, exactly: decimals as the differences of whole numbers, runs of equal values once,
 * flags as bits, arbitrary floats byte plane by byte plane (equal exponents side by side compress well).
 */
import { type ByteReader, type ByteWriter, CodecError } from './bytes.ts'

/** Mode bytes of a column of doubles: the number of decimals, or arbitrary. */
const arbitrary = 255
const decimalsMax = 3
/** Scaled values stay below this, so that their differences fold into 53 bits. */
const scaledMax = 2 ** 50

/** Writes doubles exactly (−0 as 0). NaN and infinities survive, though nothing should send them. */
export function writeDoubles(writer: ByteWriter, values: Float64Array): void {
  const decimals = decimalsOf(values)
  if (decimals === undefined) {
    writer.byte(arbitrary)
    writer.bytes(bytePlanes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 8))
    return
  }
  writer.byte(decimals)
  const scale = 10 ** decimals
  let before = 0
  for (const value of values) {
    const scaled = Math.round(value * scale)
    writer.signed(scaled - before)
    before = scaled
  }
}

export function readDoubles(reader: ByteReader, count: number): Float64Array {
  const mode = reader.byte()
  if (mode === arbitrary) return new Float64Array(fromBytePlanes(reader.bytes(count * 8), 8).buffer)
  if (mode > decimalsMax) throw new CodecError(`unknown form of a number column: ${mode}`)
  const values = new Float64Array(count)
  const scale = 10 ** mode
  let scaled = 0
  for (let index = 0; index < count; index++) {
    scaled += reader.signed()
    values[index] = scaled / scale
  }
  return values
}

/** The fewest decimals that give every value back exactly, or `undefined`. */
function decimalsOf(values: Float64Array): number | undefined {
  let decimals = 0
  for (const value of values) {
    while (!isExact(value, 10 ** decimals)) if (++decimals > decimalsMax) return undefined
  }
  return values.every((value) => isExact(value, 10 ** decimals)) ? decimals : undefined
}

function isExact(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale)
  return scaled / scale === value && Math.abs(scaled) < scaledMax
}

/** Mode bytes of a column of singles. */
const allZero = 0
const allArbitrary = 1

/** Writes singles exactly (a column of zeros in one byte). */
export function writeSingles(writer: ByteWriter, values: Float32Array): void {
  if (values.every((value) => value === 0)) {
    writer.byte(allZero)
    return
  }
  writer.byte(allArbitrary)
  writer.bytes(bytePlanes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 4))
}

export function readSingles(reader: ByteReader, count: number): Float32Array {
  const mode = reader.byte()
  if (mode === allZero) return new Float32Array(count)
  if (mode !== allArbitrary) throw new CodecError(`unknown form of a number column: ${mode}`)
  return new Float32Array(fromBytePlanes(reader.bytes(count * 4), 4).buffer)
}

/** Writes values of which neighbours are often equal: (length of the run, value) until the count is reached. */
export function writeRuns(writer: ByteWriter, values: Float64Array | Uint8Array): void {
  let from = 0
  while (from < values.length) {
    const value = values[from] ?? 0
    let to = from + 1
    while (to < values.length && values[to] === value) to++
    writer.unsigned(to - from)
    writer.double(value)
    from = to
  }
}

/** Fills `into` with what `writeRuns` wrote. */
export function readRuns<T extends Float64Array | Uint8Array>(reader: ByteReader, into: T): T {
  let from = 0
  while (from < into.length) {
    const length = reader.unsigned()
    if (length === 0 || from + length > into.length) throw new CodecError('packed run of a wrong length')
    into.fill(reader.double(), from, from + length)
    from += length
  }
  return into
}

/** Mode bytes of a column of flags. */
const noneSet = 0
const allSet = 1
const someSet = 2

/** Writes flags (0 or 1): one byte where they are all alike, else a bit each. */
export function writeFlags(writer: ByteWriter, flags: Uint8Array): void {
  const set = flags.reduce((sum, flag) => sum + flag, 0)
  if (set === 0 || set === flags.length) {
    writer.byte(set === 0 ? noneSet : allSet)
    return
  }
  writer.byte(someSet)
  const bits = new Uint8Array(Math.ceil(flags.length / 8))
  for (let index = 0; index < flags.length; index++) {
    if (flags[index] === 1) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
  }
  writer.bytes(bits)
}

export function readFlags(reader: ByteReader, count: number): Uint8Array {
  const mode = reader.byte()
  if (mode === noneSet) return new Uint8Array(count)
  if (mode === allSet) return new Uint8Array(count).fill(1)
  if (mode !== someSet) throw new CodecError(`unknown form of a flag column: ${mode}`)
  const bits = reader.bytes(Math.ceil(count / 8))
  return Uint8Array.from({ length: count }, (_, index) => ((bits[index >> 3] ?? 0) >> (index & 7)) & 1)
}

/** Mode bytes of a column of instants. */
const evenly = 0
const unevenly = 1

/** Writes ascending instants [ms]: two numbers where they are evenly spaced, else their differences. */
export function writeInstants(writer: ByteWriter, at: Float64Array): void {
  const first = at[0] ?? 0
  const stepMs = (at[1] ?? first) - first
  writer.signed(first)
  if (at.every((one, index) => one === first + index * stepMs)) {
    writer.byte(evenly)
    writer.unsigned(stepMs)
    return
  }
  writer.byte(unevenly)
  const unitMs = at.every((one) => (one - first) % 1000 === 0) ? 1000 : 1
  writer.unsigned(unitMs)
  for (let index = 1; index < at.length; index++) {
    writer.unsigned(((at[index] ?? 0) - (at[index - 1] ?? 0)) / unitMs)
  }
}

export function readInstants(reader: ByteReader, count: number): Float64Array {
  const at = new Float64Array(count)
  let instant = reader.signed()
  const even = reader.byte() === evenly
  const unitMs = reader.unsigned()
  for (let index = 0; index < count; index++) {
    if (index > 0) instant += even ? unitMs : reader.unsigned() * unitMs
    at[index] = instant
  }
  return at
}

/** All first bytes of the values, then all second ones …: like bytes stand together. */
function bytePlanes(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width
  const planes = new Uint8Array(bytes.length)
  for (let plane = 0; plane < width; plane++) {
    for (let index = 0; index < count; index++) planes[plane * count + index] = bytes[index * width + plane] ?? 0
  }
  return planes
}

function fromBytePlanes(planes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const count = planes.length / width
  const bytes = new Uint8Array(planes.length)
  for (let plane = 0; plane < width; plane++) {
    for (let index = 0; index < count; index++) bytes[index * width + plane] = planes[plane * count + index] ?? 0
  }
  return bytes
}
