import fc from 'fast-check'
import { expect, test } from 'vitest'
import { roundSignificant, roundTo, roundToTotal } from './rounding.ts'

test('parts add up to the rounded total exactly, stay non-negative, and move by one at most', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 25 }), (parts) => {
      const total = parts.reduce((sum, part) => sum + part, 0)
      const integers = roundToTotal(parts, total)
      expect(integers.reduce((sum, one) => sum + one, 0)).toBe(Math.round(total))
      for (const [index, one] of integers.entries()) {
        expect(one).toBeGreaterThanOrEqual(0)
        expect(Math.abs(one - (parts[index] ?? 0))).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('ties go to the earlier part', () => {
  expect(roundToTotal([0.5, 0.5, 1])).toEqual([1, 0, 1])
})

test('a total a hair below its parts takes from one that has', () => {
  expect(roundToTotal([0, 2, 3], 4)).toEqual([0, 1, 3])
})

test('decimals and significant digits round as written', () => {
  expect(roundTo(1.005, 2)).toBe(1.01)
  expect(roundTo(0.12345, 4)).toBe(0.1235)
  expect(roundTo(1e-9, 4)).toBe(0)
  expect([roundSignificant(12_345, 2), roundSignificant(0, 2), roundSignificant(0.0867, 2)]).toEqual([12_000, 0, 0.087])
})
