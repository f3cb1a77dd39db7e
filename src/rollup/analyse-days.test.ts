import { expect, test } from 'vitest'
import { curveOfW, firstDay, householdWith } from '../../test/support/made-up-homes.ts'
import type { Run } from '../energy/analysis.ts'
import { bandCalendar } from '../energy/tariff-bands.ts'
import { analyseDays, type DayApart } from './analyse-days.ts'

const curve = curveOfW(firstDay, 900, () => 400)
const stretch = { household: householdWith(), timeZone: 'Europe/Rome', days: [curve], from: 0, to: 1 }
const calendar = bandCalendar({ fourOctober: false })

function analysed(...told: readonly DayApart[]) {
  return analyseDays(stretch, { model: 'said-1', disaggregate: async () => told }, calendar)
}

const apart: DayApart = { columns: new Map(), runs: [], confidence: {}, toldSlotS: 900 }

test('runs are what somebody uses: what switches by itself all day has none', async () => {
  const run = (appliance: Run['appliance']): Run => ({
    appliance,
    startAt: curve.startAt,
    stopAt: curve.startAt + 900_000,
    energyWh: 100,
  })
  const [day] = await analysed({ ...apart, runs: [run('fridge'), run('kettle'), run('freezer'), run('oven')] })
  expect(day?.runs).toEqual([run('kettle'), run('oven')])
})

test('a day for which nothing is answered is an error, never a day of nothing', async () => {
  await expect(analysed()).rejects.toThrow('said-1 gave 0 of 1 days')
  expect(await analysed(apart)).toMatchObject([{ model: 'said-1', totals: { totalWh: 9600 } }])
})
