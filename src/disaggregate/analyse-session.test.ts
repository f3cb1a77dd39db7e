import { expect, test } from 'vitest'
import {
  dayOfW,
  daysOfW,
  firstDay,
  homeOfTwoFridges,
  householdWith,
  networkSaying,
  quartersOfW,
} from '../../test/support/made-up-homes.ts'
import { wholeRuns } from '../energy/whole-runs.ts'
import { createDisaggregator } from './index.ts'

test('what a home draws all the time makes no run: one with too little beyond standby is none', async () => {
  const minute = networkSaying('minutes', { electricVehicle: (powerW) => (powerW > 2000 ? [0.95, 3500] : [0, 0]) })
  const household = householdWith('electricVehicle')
  const runsAt = async (chargeW: number) => {
    const days = [dayOfW(firstDay, (slot) => (slot >= 600 && slot < 720 ? 2000 + chargeW : 2000))]
    const [result] = await createDisaggregator({ minute }).disaggregate({ household, days, from: 0, to: 1 })
    return result?.runs.map(({ energyWh }) => Math.round(energyWh))
  }
  for (const chargeW of [20, 240]) expect(await runsAt(chargeW)).toEqual([])
  expect(await runsAt(3000)).toEqual([6000])
})

test.each([
  [0.72, 1600],
  [0.95, 2000],
])('a wash that is believed to %f is given %i W, in its column and in its run', async (belief, givenW) => {
  const minute = networkSaying('minutes', { washingMachine: (powerW) => (powerW > 1000 ? [belief, 2000] : [0, 0]) })
  const household = householdWith('washingMachine')
  const day = dayOfW(firstDay, (slot) => (slot >= 600 && slot < 660 ? 2100 : 100))
  const [result] = await createDisaggregator({ minute }).disaggregate({ household, days: [day], from: 0, to: 1 })
  expect(result?.columns.get('washingMachine')?.[630]).toBeCloseTo(givenW, 0)
  expect(result?.runs).toHaveLength(1)
  expect(result?.runs[0]?.energyWh).toBeCloseTo(givenW, 0)
})

test('a doubtful pulse is a run where the days before had many of its height, and none without them', async () => {
  const minute = networkSaying('minutes', {
    kettle: (powerW) => (powerW < 1500 ? [0, 0] : powerW === 2101 ? [0.36, 2000] : [0.95, 2000]),
  })
  const days = daysOfW(8, (index, slot) => (slot % 180 < 4 ? (index === 7 ? 2101 : 2100) : 100))
  const ask = { household: householdWith('kettle'), to: days.length }
  const [known] = await createDisaggregator({ minute }).disaggregate({ ...ask, days, from: 7 })
  const [alone] = await createDisaggregator({ minute }).disaggregate({ ...ask, days: days.slice(7), from: 0, to: 1 })
  expect(known?.runs).toHaveLength(8)
  expect(alone?.runs).toEqual([])
})

test('a dishwasher begins where the heatings of its earlier runs fit, though the first of them is not believed in', async () => {
  const heats = (slot: number) => (slot >= 600 && slot < 615) || (slot >= 670 && slot < 685)
  const runs = (slot: number) => slot >= 600 && slot < 690
  const days = daysOfW(7, (index, slot) => {
    if (!heats(slot)) return runs(slot) ? 160 : 100
    return index === 6 && slot < 640 ? 2101 : 2100
  })
  const minute = networkSaying('minutes', {
    dishwasher: (powerW) => (powerW === 2101 || powerW === 100 ? [0, 2000] : [0.9, powerW - 100]),
  })
  // On the last day nothing is believed before the second heating either.
  for (let slot = 600; slot < 670; slot++) if (!heats(slot) && days[6]) days[6].powerW[slot] = 100
  const ask = { household: householdWith('dishwasher'), days, from: 6, to: 7 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const starts = result?.runs.map(({ startAt }) => (startAt - (days[6]?.startAt ?? 0)) / 60_000)
  expect(starts).toEqual([600])
})

test("a fridge's cycles go on by day, beside loads among which a network half believes in them", async () => {
  const minute = networkSaying('minutes', {
    fridge: (powerW) => (powerW % 100 === 0 ? [0.05, 80] : powerW > 1000 ? [0.5, 80] : [0.95, 80]),
  })
  const days = daysOfW(7, (_, slot) => (slot >= 600 && slot < 960 ? 1200 : 100) + (slot % 60 < 20 ? 80 : 0))
  const ask = { household: householdWith('fridge'), days, from: 6, to: 7 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const column = result?.columns.get('fridge') ?? []
  expect([610, 670, 730, 790, 850].map((slot) => Math.round(column[slot] ?? 0))).toEqual([80, 80, 80, 80, 80])
  expect([630, 690, 750].map((slot) => column[slot])).toEqual([0, 0, 0])
})

test('of two fridges that run at once each cycle has its own part of what both draw', async () => {
  const { disaggregator, household, days } = homeOfTwoFridges()
  const results = await disaggregator.disaggregate({ household, days, from: 0, to: 7 })
  const runsWh = wholeRuns(results.map(({ runs }) => runs)).reduce((sum, { energyWh }) => sum + energyWh, 0)
  const columnsWh = results.flatMap(({ columns }) => [...(columns.get('fridge') ?? [])]).reduce((a, b) => a + b) / 60
  expect(runsWh).toBeCloseTo(columnsWh, 0)
})

test('in quarter-hours a fridge draws in the share of each in which it is believed to run', async () => {
  const quarter = networkSaying('quarters', { fridge: (powerW) => (powerW > 150 ? [0.5, 90] : [0, 90]) })
  const day = quartersOfW(firstDay, (slot) => (slot >= 40 && slot < 44 ? 400 : 100))
  const ask = { household: householdWith('fridge'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect([39, 40, 43, 44].map((slot) => result?.columns.get('fridge')?.[slot])).toEqual([0, 45, 45, 0])
})

test('a pulse is given no more than the meter rises by', async () => {
  const minute = networkSaying('minutes', { kettle: (powerW) => (powerW > 3000 ? [0.95, 3400] : [0, 0]) })
  const [day] = daysOfW(1, (_, slot) => (slot >= 600 && slot < 604 ? 3500 : slot >= 540 && slot < 660 ? 1500 : 100))
  if (day === undefined) throw new Error('there is no day')
  const ask = { household: householdWith('kettle'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  expect(result?.columns.get('kettle')?.subarray(600, 604)).toEqual(new Float32Array(4).fill(2000))
})

test('two that ask for more than there is give way in proportion', async () => {
  const isOn = (powerW: number) => powerW > 1000
  const minute = networkSaying('minutes', {
    kettle: (powerW) => (isOn(powerW) ? [0.95, 2000] : [0, 0]),
    washingMachine: (powerW) => (isOn(powerW) ? [0.95, 1000] : [0, 0]),
  })
  const [day] = daysOfW(1, (_, slot) => (slot >= 600 && slot < 606 ? 2100 : 100))
  if (day === undefined) throw new Error('there is no day')
  const ask = { household: householdWith('kettle', 'washingMachine'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const [kettleW, washW] = (['kettle', 'washingMachine'] as const).map((one) => result?.columns.get(one)?.[602] ?? 0)
  expect(kettleW).toBeGreaterThan(1300)
  expect(washW).toBeCloseTo((kettleW ?? 0) / 2, 0)
  expect((kettleW ?? 0) + (washW ?? 0)).toBeLessThanOrEqual(2000)
})

test('two showers of quarter-hours with unmeasured time between them are two', async () => {
  const quarter = networkSaying('quarters', { shower: (powerW) => (powerW > 5000 ? [0.95, 7000] : [0, 0]) })
  const day = quartersOfW(firstDay, (slot) => (slot >= 40 && slot < 44 ? 7300 : 100))
  day.measured.fill(0, 41, 43)
  const ask = { household: householdWith('waterHeater'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect(
    result?.runs.map(({ startAt, stopAt }) => [startAt, stopAt].map((at) => (at - day.startAt) / 900_000)),
  ).toEqual([
    [40, 41],
    [43, 44],
  ])
})
