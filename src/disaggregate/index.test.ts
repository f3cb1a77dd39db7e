import { expect, test } from 'vitest'
import { addDays, type CivilDay, dayInterval } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { createDisaggregator } from './index.ts'

function dayOfW(day: CivilDay, powerOf: (slot: number) => number): DayCurve {
  const { fromAt, toAt } = dayInterval(day, 'Europe/Rome')
  const slots = (toAt - fromAt) / 60_000
  const powerW = Float64Array.from({ length: slots }, (_, slot) => powerOf(slot))
  return { day, startAt: fromAt, slotS: 60, powerW, measured: new Uint8Array(slots).fill(1) }
}

test('a constant load is standby and nothing else', async () => {
  const first = '2025-03-28' as CivilDay
  const days = Array.from({ length: 5 }, (_, index) => dayOfW(addDays(first, index), () => 80))
  const results = await createDisaggregator().disaggregate({
    household: householdOf(null),
    timeZone: 'Europe/Rome',
    days,
    from: 0,
    to: days.length,
  })
  expect(results).toHaveLength(5)
  for (const [index, result] of results.entries()) {
    expect(result.columns.get('standby')).toHaveLength(days[index]?.powerW.length ?? 0)
    for (const [appliance, column] of result.columns) {
      expect(column.every((powerW) => powerW === (appliance === 'standby' ? 80 : 0))).toBe(true)
    }
    expect(result.runs).toEqual([])
  }
})
