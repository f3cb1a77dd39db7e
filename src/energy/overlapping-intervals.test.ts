import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EnergyInterval, withoutOverlap } from './overlapping-intervals.ts'

test('each moment has the shortest interval that covers it, of equally long ones the last to start', () => {
  const interval = fc.record({ fromAt: fc.nat(30), lengthMs: fc.integer({ min: 1, max: 12 }) })
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 20 }), (made) => {
      const intervals = made
        .map(({ fromAt, lengthMs }): EnergyInterval => ({ fromAt, toAt: fromAt + lengthMs, energyWh: 1 }))
        .sort((one, other) => one.fromAt - other.fromAt)
      const standing = withoutOverlap(intervals)
      for (let at = 0; at < 50; at++) {
        const covers = ({ fromAt, toAt }: { fromAt: number; toAt: number }) => fromAt <= at && at < toAt
        const [shortest] = intervals
          .filter(covers)
          .reverse()
          .sort((one, other) => one.toAt - one.fromAt - (other.toAt - other.fromAt))
        const found = standing.filter(({ parts }) => parts.some(covers)).map((one) => one.interval)
        expect(found).toEqual(shortest === undefined ? [] : [shortest])
      }
    }),
  )
})

test('intervals one in another are not compared each with each', () => {
  let looks = 0
  const count = 3000
  const nested = Array.from({ length: count }, (_, index) => ({
    fromAt: index,
    get toAt() {
      looks++
      return index + (3600 - index) * 1000
    },
    energyWh: 1,
  }))
  withoutOverlap(nested)
  expect(looks).toBeLessThan(20 * count)
})
