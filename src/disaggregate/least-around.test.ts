import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leastAround } from './least-around.ts'

test('is the least of the slots within reach, whatever the curve', () => {
  const curves = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(curves, fc.integer({ min: 0, max: 70 }), (values, reach) => {
      const least = values.map((_, slot) => Math.min(...values.slice(Math.max(0, slot - reach), slot + reach + 1)))
      expect([...leastAround(Float64Array.from(values), reach)]).toEqual(least)
    }),
    { seed: 11, numRuns: 200 },
  )
})
