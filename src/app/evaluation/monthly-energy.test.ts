import { expect, test } from 'vitest'
import { addDays, type CivilDay, dayInterval } from '../../energy/civil-time.ts'
import { householdOf } from '../../energy/household.ts'
import type { DayCurve } from '../../energy/load-curve.ts'
import { monthlyEnergyOf } from './monthly-energy.ts'

/** Days of quarter-hours in Rome, from 11 March: the clock goes forward on 30 March. */
function homeOf(count: number) {
  const days = Array.from({ length: count }, (_, index): DayCurve => {
    const day = addDays('2025-03-11' as CivilDay, index)
    const { fromAt, toAt } = dayInterval(day, 'Europe/Rome')
    const slots = (toAt - fromAt) / 900_000
    return { day, startAt: fromAt, slotS: 900, powerW: new Float64Array(slots), measured: new Uint8Array(slots) }
  })
  const household = householdOf(null)
  return {
    name: 'x',
    timeZone: 'Europe/Rome',
    slotS: 900,
    days,
    startAt: 0,
    subMeters: [],
    household,
    repeatedRows: 0,
    ignored: [],
    unmeasured: [],
    unreadable: new Map(),
  } as const
}

test('months are local, errors of months do not cancel out, a few days are no month', () => {
  const home = homeOf(21 + 30 + 5)
  const march = 21 * 96 - 4
  const april = 30 * 96
  const slots = march + april + 5 * 96
  const truthW = new Float32Array(slots).fill(100)
  const estimateW = Float32Array.from({ length: slots }, (_, slot) =>
    slot < march ? 150 : slot < march + april ? 80 : 900,
  )
  const mask = new Uint8Array(slots).fill(1)
  const { months, monthlyEnergyError } = monthlyEnergyOf({ truthW, estimateW, mask }, home)
  expect(months).toBe(2)
  expect(monthlyEnergyError).toBeCloseTo((50 * march + 20 * april) / (100 * (march + april)), 9)
})
