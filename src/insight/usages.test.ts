import { expect, test } from 'vitest'
import type { Run } from '../energy/analysis.ts'
import { usagesAnswer } from './usages.ts'

const washingUp: Run = {
  appliance: 'dishwasher',
  startAt: Date.parse('2026-11-22T19:41:00Z'),
  stopAt: Date.parse('2026-11-22T21:26:00Z'),
  energyWh: 1179.6,
}

test('usages are the runs of the appliances that the home declares, each from its start to its stop with its energy', () => {
  const { usages } = usagesAnswer({
    accountNumber: '1',
    period: 'yesterday',
    timeZone: 'Europe/Rome',
    columns: ['dishwasher', 'smallAppliances', 'standby'],
    selected: { fromAt: Date.parse('2026-11-21T23:00:00Z'), toAt: Date.parse('2026-11-22T23:00:00Z') },
    days: [],
    runs: [washingUp, { ...washingUp, appliance: 'oven' }],
  })
  expect(usages).toEqual([
    { appliance: 'dishwasher', start: '2026-11-22T19:41:00Z', stop: '2026-11-22T21:26:00Z', energy_wh: 1180 },
  ])
})
