/** Reads decimal numbers straight from bytes, each rounded to the nearest double as `Number` rounds it. */
import { digit0, isDigit, minus, point } from './ascii.ts'

/** Any decimal number, the forms that JSON does not have (`+5`, `.5`, `5.`, `05`) included. */
const decimalForm = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** As many decimal digits always fit a double exactly. */
const exactDigits = 15

const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent)

/**
 * The number in `bytes` from `start` up to, not including, `end`; ±Infinity where it is beyond every double; NaN where
 * it is no decimal number (hexadecimal, a decimal comma, `NaN`, `Infinity`, nothing).
 */
export function readDecimal(bytes: Buffer, start: number, end: number): number {
  const plain = readPlainDecimal(bytes, start, end)
  if (!Number.isNaN(plain)) return plain
  const text = bytes.toString('latin1', start, end)
  return decimalForm.test(text) ? Number(text) : Number.NaN
}

/**
 * The number where it is written plainly (`-12.50`: at most 15 digits, no exponent, no needless zero in front), as JSON
 * allows it too; NaN for everything else. Both parts of the division are exact, so that its result is correctly rounded.
 */
export function readPlainDecimal(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === minus ? start + 1 : start
  let mantissa = 0
  let pointAt = -1
  for (let index = first; index < end; index++) {
    const byte = bytes[index] ?? 0
    if (isDigit(byte)) mantissa = mantissa * 10 + (byte - digit0)
    else if (byte === point && pointAt < 0) pointAt = index
    else return Number.NaN
  }
  const wholeDigits = (pointAt < 0 ? end : pointAt) - first
  const decimals = pointAt < 0 ? 0 : end - pointAt - 1
  if (wholeDigits < 1 || wholeDigits + decimals > exactDigits || (pointAt >= 0 && decimals < 1)) return Number.NaN
  if (wholeDigits > 1 && bytes[first] === digit0) return Number.NaN
  const size = decimals === 0 ? mantissa : mantissa / (powersOfTen[decimals] ?? Number.NaN)
  return first > start ? -size : size
}
