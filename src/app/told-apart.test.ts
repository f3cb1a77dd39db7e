import { expect, test } from 'vitest'
import { dayOfW, firstDay, householdWith, lose } from '../../test/support/made-up-homes.ts'
import type { DayDisaggregation } from '../disaggregate/index.ts'
import { addDays, italianTime } from '../energy/civil-time.ts'
import { toldHome } from './told-apart.ts'

test('runs are told where a measured day tells them: a day without measurements is none', () => {
  const days = [dayOfW(firstDay, () => 100), dayOfW(addDays(firstDay, 1), () => 100)]
  const resultOf = (toldSlotS: 60 | 900): DayDisaggregation => ({
    columns: new Map([['kettle', new Float32Array(1440).fill(10)]]),
    runs: [],
    confidence: { kettle: 0.3 },
    toldSlotS,
  })
  const told = () =>
    toldHome({
      household: householdWith('kettle', 'fridge'),
      timeZone: italianTime,
      days,
      results: [resultOf(900), resultOf(60)],
      usages: [],
    })
  expect(told().appliances.get('kettle')).toMatchObject({ energyWh: 480, runs: 0 })
  expect(told().appliances.get('fridge')).toMatchObject({ runs: null })
  expect([told().totalWh, told().smallAppliancesWh]).toEqual([4800, 4320])
  const [, later] = days
  if (later !== undefined) lose(later, 0, 1440)
  expect(told().appliances.get('kettle')).toMatchObject({ runs: null })
})
