/**
 * Rows of CSV as most of them are written, taken straight from bytes into columns: `2026-03-09T10:00:00Z,532.5`, the
 * instant first, then a plain number for every value column. It takes no row that the general reader would read otherwise
 * or reject: where anything else stands (an offset, a quote, an exponent, an empty one among several cells, a value or an
 * instant out of bounds), it stops before the row, and the general reader goes on from there.
 */
import { qualityNumber, seriesNumber } from '../energy/reading-batch.ts'
import { sourceNumber } from '../energy/reading-sources.ts'
import { carriageReturn, colon, comma, digit0, lineFeed, point, upperT, upperZ } from './ascii.ts'
import type { ValueColumn } from './columns.ts'
import { readDate } from './instant.ts'
import { earliestAt, largestValue, lastInstant, type ReadingRules, spanOf } from './reading-rules.ts'
import type { RowCollector } from './row-collector.ts'

const dateBytes = 10
const secondsEnd = 'YYYY-MM-DDTHH:MM:SS'.length
/** `T00:00:00Z,0` and a line end. */
const rowBytesMin = secondsEnd + 4
const measured = qualityNumber('measured')
/** As many digits fit a double exactly. */
const digitsMax = 15
const powersOfTen = Array.from({ length: digitsMax + 1 }, (_, exponent) => 10 ** exponent)

/** What a column's values become. */
interface QuickColumn {
  readonly series: number
  readonly spanS: number
  readonly valueMax: number
}

export class QuickRows {
  /** Rows taken by the last call of `take`. */
  taken = 0
  readonly #rows: RowCollector
  readonly #columns: readonly QuickColumn[]
  readonly #values: Float64Array
  readonly #latestAt: number
  readonly #source: number
  /** Where the number read last ended. */
  #valueEnd = 0

  /** @param columns what stands after the instant, in order; there are no columns of spans */
  constructor(rows: RowCollector, rules: ReadingRules, columns: readonly ValueColumn[]) {
    this.#rows = rows
    this.#latestAt = lastInstant(rules)
    this.#source = sourceNumber(rules.source)
    this.#values = new Float64Array(columns.length)
    this.#columns = columns.map((column) => {
      const spanS = spanOf(column, { intervalS: undefined, maxGapS: undefined, hasEnergy: false })
      return { series: seriesNumber(column), spanS, valueMax: largestValue(column, spanS) }
    })
  }

  /** Takes rows from `from` on, the first of which is on line `line`; returns where the first row begins that it leaves. */
  take(bytes: Uint8Array, from: number, line: number): number {
    let start = from
    let datedAt = -1
    let midnightAt = 0
    this.taken = 0
    while (start + rowBytesMin <= bytes.length) {
      if (datedAt < 0 || !isSameDate(bytes, datedAt, start)) {
        midnightAt = readDate(bytes, start)
        datedAt = start
      }
      const at = midnightAt + clockOf(bytes, start + dateBytes)
      const zoneAt =
        bytes[start + secondsEnd] === point ? endOfMilliseconds(bytes, start + secondsEnd) : start + secondsEnd
      const instant = zoneAt === start + secondsEnd ? at : at + millisecondsOf(bytes, start + secondsEnd)
      if (bytes[zoneAt] !== upperZ || !(instant >= earliestAt && instant <= this.#latestAt)) return start
      const end = this.#readValues(bytes, zoneAt + 1, instant, line + this.taken)
      if (end < 0) return start
      this.taken++
      start = end
    }
    return start
  }

  /** Reads the values of a row, its comma first, and adds it; returns where the next row begins, or −1. */
  #readValues(bytes: Uint8Array, from: number, at: number, line: number): number {
    const columns = this.#columns
    let index = from
    if (columns.length === 1 && bytes[index] === comma && isLineEnd(bytes, index + 1)) {
      this.#put(columns[0], at, null)
      this.#rows.closeRow(line)
      return afterLineEnd(bytes, index + 1)
    }
    for (let column = 0; column < columns.length; column++) {
      if (bytes[index] !== comma) return -1
      const value = this.#number(bytes, index + 1)
      if (!(value <= (columns[column]?.valueMax ?? 0))) return -1
      this.#values[column] = value
      index = this.#valueEnd
    }
    if (!isLineEnd(bytes, index)) return -1
    for (let column = 0; column < columns.length; column++) this.#put(columns[column], at, this.#values[column] ?? 0)
    this.#rows.closeRow(line)
    return afterLineEnd(bytes, index)
  }

  #put(column: QuickColumn | undefined, at: number, value: number | null): void {
    if (column !== undefined) this.#rows.put(column.series, at, value, column.spanS, measured, this.#source)
  }

  /** A number without sign, exponent or needless zero, of at most 15 digits; NaN for every other text. */
  #number(bytes: Uint8Array, from: number): number {
    let index = from
    let mantissa = 0
    let digit = (bytes[index] ?? 0) - digit0
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digit = (bytes[++index] ?? 0) - digit0
    }
    const whole = index - from
    let decimals = 0
    if (bytes[index] === point) {
      const first = ++index
      digit = (bytes[index] ?? 0) - digit0
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit
        digit = (bytes[++index] ?? 0) - digit0
      }
      decimals = index - first
      if (decimals === 0) return Number.NaN
    }
    this.#valueEnd = index
    if (whole === 0 || whole + decimals > digitsMax || (whole > 1 && bytes[from] === digit0)) return Number.NaN
    return decimals === 0 ? mantissa : mantissa / (powersOfTen[decimals] ?? Number.NaN)
  }
}

function isSameDate(bytes: Uint8Array, one: number, other: number): boolean {
  for (let index = dateBytes - 1; index >= 0; index--) if (bytes[one + index] !== bytes[other + index]) return false
  return true
}

/** `THH:MM:SS` in ms; NaN where it is no time of day. */
function clockOf(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== upperT || bytes[start + 3] !== colon || bytes[start + 6] !== colon) return Number.NaN
  const hour = twoDigits(bytes, start + 1)
  const minute = twoDigits(bytes, start + 4)
  const second = twoDigits(bytes, start + 7)
  return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN
}

/** 100 where there are not two digits. */
function twoDigits(bytes: Uint8Array, start: number): number {
  const tens = (bytes[start] ?? 0) - digit0
  const ones = (bytes[start + 1] ?? 0) - digit0
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 100
}

/** Where a fraction of exactly three digits ends. */
function endOfMilliseconds(bytes: Uint8Array, start: number): number {
  return bytes[start + 4] === upperZ ? start + 4 : start
}

/** `.123` in ms; NaN where it is none. */
function millisecondsOf(bytes: Uint8Array, start: number): number {
  const upper = twoDigits(bytes, start + 1)
  const lower = twoDigits(bytes, start + 2)
  return upper < 100 && lower < 100 ? upper * 10 + (lower % 10) : Number.NaN
}

function isLineEnd(bytes: Uint8Array, index: number): boolean {
  return bytes[index] === lineFeed || (bytes[index] === carriageReturn && bytes[index + 1] === lineFeed)
}

function afterLineEnd(bytes: Uint8Array, index: number): number {
  return index + (bytes[index] === lineFeed ? 1 : 2)
}
