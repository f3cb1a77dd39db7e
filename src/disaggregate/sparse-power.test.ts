import { expect, test } from 'vitest'
import { throughChain2 } from '../../test/support/chain2-meter.ts'
import { daysOfW, recordedDays } from '../../test/support/odd-curves.ts'
import type { CivilDay } from '../energy/civil-time.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { inQuarters } from '../energy/quarter-hours.ts'
import { hasSparsePower } from './sparse-power.ts'

/** Days of home-1, as recorded. */
const recorded = recordedDays.slice(160, 190)

/** How many of those days show sparse power through a meter, each by itself. */
function sparse(meter: (day: DayCurve) => DayCurve): number {
  return recorded.filter((day) => hasSparsePower(meter(day))).length
}

const watts =
  (shown: (powerW: Float64Array, minute: number) => number) =>
  (day: DayCurve): DayCurve => ({ ...day, powerW: day.powerW.map((_, minute) => shown(day.powerW, minute)) })

test('days of which power comes on large changes, and energy by the quarter-hour, have sparse power', () => {
  expect(sparse(throughChain2)).toBe(recorded.length)
})

test.each<[string, (day: DayCurve) => DayCurve]>([
  ['a meter of minutes', (day) => day],
  ['one that rounds to 200 W', watts((powerW, minute) => Math.round((powerW[minute] ?? 0) / 200) * 200)],
  ['one that is asked every ten minutes', watts((powerW, minute) => powerW[minute - (minute % 10)] ?? 0)],
  [
    'quarter-hours, in minutes',
    (day) => watts((_, minute) => inQuarters(day).powerW[Math.floor(minute / 15)] ?? 0)(day),
  ],
  [
    'one that reports changes of 300 W, and no energy',
    (day) => {
      let lastW = 0
      return watts((powerW, minute) => {
        if (Math.abs((powerW[minute] ?? 0) - lastW) > 300) lastW = powerW[minute] ?? 0
        return lastW
      })(day)
    },
  ],
  ['quarter-hours', inQuarters],
])('of %s none have', (_name, meter) => {
  expect(sparse(meter)).toBe(0)
})

test('a day that does not show it yet is as the day before', () => {
  const [day, next] = recorded.map(throughChain2) as [DayCurve, DayCurve]
  const begun = { ...next, measured: next.measured.map((flag, minute) => (minute < 60 ? flag : 0)) }
  expect(hasSparsePower(begun)).toBe(false)
  expect(hasSparsePower(begun, day)).toBe(true)
  expect(hasSparsePower(begun, recorded[0])).toBe(false)
})

test('a fridge alone is no sparse power, whatever the day before was', () => {
  const [fridge] = daysOfW('2026-03-02' as CivilDay, 1, (minute) => 60 + (minute % 45 < 18 ? 95 : 0))
  if (fridge === undefined) throw new Error('there is a day')
  expect(hasSparsePower(fridge)).toBe(false)
})
