/** Runs that go on over a midnight: each is told of once, whole where a day can see it. */
import { expect, test } from 'vitest'
import {
  curveOfW,
  dayOfW,
  daysOfW,
  firstDay,
  homeWithCar,
  householdWith,
  lose,
  networkSaying,
} from '../../test/support/made-up-homes.ts'
import { addDays, type CivilDay } from '../energy/civil-time.ts'
import { wholeRuns } from '../energy/whole-runs.ts'
import { createDisaggregator } from './index.ts'
import { type Ledger, openLedger, type SlotRun } from './ledger.ts'
import { runsOfDay } from './runs-of-day.ts'
import type { Session } from './session.ts'

test.each([
  ['minutes that repeat quarter-hours', 60, 15, 84],
  ['minutes', 60, 1, 84],
  ['quarter-hours', 900, 1, 90],
] as const)(
  'a run from minutes that repeat quarter-hours into a day of %s is one, with the energy of its columns, between measured minutes',
  async (_, slotS, slotsAlike, stopMinute) => {
    const { disaggregator, household } = homeWithCar()
    const loadW = (isOn: boolean, step: number) => (isOn ? 3600 : 100) + ((step * 7919) % 17)
    const [evening, morning] = [
      dayOfW(firstDay, (slot) => loadW(slot >= 1350, Math.floor(slot / 15))),
      curveOfW('2025-05-06' as CivilDay, slotS, (slot) => loadW(slot * slotS < 5400, Math.floor(slot / slotsAlike))),
    ]
    lose(evening, 1350, 1356)
    lose(evening, 1400, 1405)
    if (slotS === 60) lose(morning, 30, 34)
    if (slotS === 60) lose(morning, 84, 90)
    const days = [evening, morning]
    const results = await disaggregator.disaggregate({ household, days, from: 0, to: 2 })
    expect(results.map(({ toldSlotS }) => toldSlotS)).toEqual([900, slotS * slotsAlike])
    const runs = wholeRuns(results.map((result) => result.runs))
    const [startAt, stopAt] = [evening.startAt + 1356 * 60_000, morning.startAt + stopMinute * 60_000]
    expect(runs).toMatchObject([{ startAt, stopAt }])
    const columnWh = results.map(({ columns }, index) =>
      [...(columns.get('electricVehicle') ?? [])].reduce(
        (sum, powerW) => sum + (powerW * (days[index]?.slotS ?? 0)) / 3600,
        0,
      ),
    )
    expect(Math.abs((runs[0]?.energyWh ?? 0) - columnWh.reduce((a, b) => a + b))).toBeLessThan(1)
    for (const place of [0, 1]) {
      const [alone] = await disaggregator.disaggregate({ household, days, from: place, to: place + 1 })
      expect(alone).toEqual(results[place])
    }
  },
)

test('a run that goes on through the night is one run: the day of its start tells of it up to the cut, the next day of all of it', async () => {
  const { disaggregator, household } = homeWithCar()
  const charges = (slot: number) => slot < 5 * 60 || slot >= 23 * 60
  const days = Array.from({ length: 3 }, (_, index) =>
    dayOfW(addDays(firstDay, index), (slot) => (charges(slot) ? 3600 : 100)),
  )
  const ask = { household, days, from: 0, to: 3 }
  const results = await disaggregator.disaggregate(ask)
  const [first, second] = results.map(({ runs }) => runs)
  expect(first?.map(({ energyWh }) => energyWh === 17_500)).toEqual([true, false])
  const startAt = (days[0]?.startAt ?? 0) + 23 * 3_600_000
  expect(second?.[0]).toEqual({
    appliance: 'electricVehicle',
    startAt,
    stopAt: startAt + 6 * 3_600_000,
    energyWh: 21_000,
  })
  expect(wholeRuns(results.map(({ runs }) => runs)).map(({ energyWh }) => energyWh)).toEqual([
    17_500, 21_000, 21_000, 3500,
  ])
})

test('a car that charges all night charges once, though the meter was silent for 25 minutes around the cut', async () => {
  const { disaggregator, household } = homeWithCar()
  const days = Array.from({ length: 2 }, (_, index) => {
    const day = addDays(firstDay, index)
    return dayOfW(day, (slot) => ((index === 0 ? slot >= 23 * 60 : slot < 5 * 60) ? 3600 : 100))
  })
  if (days[1] !== undefined) lose(days[1], 160, 185)
  const results = await disaggregator.disaggregate({ household, days, from: 0, to: 2 })
  const runs = wholeRuns(results.map((result) => result.runs))
  expect(runs.map(({ startAt, stopAt }) => (stopAt - startAt) / 3_600_000)).toEqual([6])
})

test.each([
  ['a run of 30 hours', []],
  ['one in which the meter was silent for 26 minutes around the first cut', [172, 198]],
] as const)('%s is told of with all its energy, in two parts that do not overlap', async (_, [from = 0, to = 0]) => {
  const { disaggregator, household } = homeWithCar()
  const days = daysOfW(4, (index, slot) => {
    const hour = index * 24 + slot / 60
    return hour >= 23 && hour < 53 ? 3600 : 100
  })
  if (days[1] !== undefined) lose(days[1], from, to)
  const ask = { household, days, from: 0, to: 4 }
  const results = await disaggregator.disaggregate(ask)
  const runs = wholeRuns(results.map((result) => result.runs))
  const columnWh =
    results.flatMap(({ columns }) => [...(columns.get('electricVehicle') ?? [])]).reduce((a, b) => a + b) / 60
  expect(runs).toHaveLength(2)
  expect(runs[1]?.startAt).toBeGreaterThanOrEqual(runs[0]?.stopAt ?? 0)
  expect(runs.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBeCloseTo(columnWh, 3)
})

const aDay = dayOfW(firstDay, () => 0)

/** The night before a day, from two in the afternoon to 01:40, and the session that begins then and ends an hour after midnight. */
function nightAndDay(): [Ledger, Ledger] {
  const opened = (startMinute: number, length: number, midnight: number) => {
    const [powerW, measured] = [new Float64Array(length), new Uint8Array(length).fill(1)]
    const session: Session = { startAt: aDay.startAt + startMinute * 60_000, slotS: 60, powerW, measured, midnight }
    return openLedger(session, ['fridge', 'dishwasher'])
  }
  return [opened(-600, 700, 600), opened(100, 1400, 1340)]
}

function run(head: 'fridge' | 'freezer' | 'dishwasher', start: number, stop: number, energyWh: number): SlotRun {
  return { appliance: head === 'dishwasher' ? head : 'fridge', head, start, stop, energyWh }
}

test('of two devices that run at the cut each goes on after it as the one that it is', () => {
  const [before, own] = nightAndDay()
  before.runs.push(run('fridge', 500, 700, 300), run('freezer', 620, 640, 30), run('freezer', 680, 700, 20))
  own.runs.push(run('freezer', 0, 15, 10), run('fridge', 0, 50, 70), run('fridge', 100, 120, 5))
  expect(runsOfDay(aDay, [before, own]).map(({ energyWh }) => energyWh)).toEqual([370, 30, 30, 5])
})

test('a run is told of by the day that it begins in: of what begins in either night beside it a day tells nothing', () => {
  const [before, own] = nightAndDay()
  before.runs.push(run('dishwasher', 590, 598, 1), run('dishwasher', 600, 650, 20))
  own.runs.push(run('dishwasher', 1339, 1390, 300), run('dishwasher', 1340, 1395, 4000))
  expect(runsOfDay(aDay, [before, own]).map(({ energyWh }) => energyWh)).toEqual([20, 300])
})

test('a program goes on over the cut through half an hour that was not measured, on whichever side of it, not through an hour', () => {
  const runsAcross = (lostBefore: number, lostAfter: number) => {
    const [before, own] = nightAndDay()
    before.session.measured.fill(0, 700 - lostBefore)
    own.session.measured.fill(0, 0, lostAfter)
    before.runs.push(run('dishwasher', 610, 700 - lostBefore, 500))
    own.runs.push(run('dishwasher', lostAfter, 90, 300))
    return runsOfDay(aDay, [before, own]).map(({ energyWh }) => energyWh)
  }
  expect([runsAcross(0, 30), runsAcross(10, 20), runsAcross(30, 0)]).toEqual([[800], [800], [800]])
  expect([runsAcross(0, 60), runsAcross(60, 0)]).toEqual([
    [500, 300],
    [500, 300],
  ])
})

test('a run over a midnight at which the slots change is one run, whole on the day after', async () => {
  const { disaggregator, household } = homeWithCar()
  const loadW = (hour: number) => (hour < 5 || hour >= 22 ? 3600 : 100)
  for (const lengths of [
    [60, 900, 60],
    [900, 60, 900],
  ] as const) {
    const days = lengths.map((slotS, index) =>
      curveOfW(addDays(firstDay, index), slotS, (slot) => loadW((slot * slotS) / 3600)),
    )
    const results = await disaggregator.disaggregate({ household, days, from: 0, to: 3 })
    const whole = wholeRuns(results.map(({ runs }) => runs))
    expect(whole.map(({ startAt, stopAt }) => (stopAt - startAt) / 3_600_000)).toEqual([5, 7, 7, 2])
    const [second] = await disaggregator.disaggregate({ household, days, from: 1, to: 2 })
    expect(second).toEqual(results[1])
  }
})

test('a washer-dryer that washes before the cut and dries after it has run once', async () => {
  const minute = networkSaying('minutes', {
    washingMachine: (powerW) => (powerW === 1900 ? [0.95, 1900] : [0, 0]),
    tumbleDryer: (powerW) => (powerW === 1500 ? [0.95, 1500] : [0, 0]),
  })
  const washes = (slot: number) => slot >= 20 && slot < 100
  const dries = (slot: number) => slot >= 108 && slot < 190
  const days = daysOfW(2, (index, slot) => (index === 0 ? 100 : washes(slot) ? 1900 : dries(slot) ? 1500 : 100))
  const ask = { household: householdWith('washerDryer'), days, from: 0, to: 2 }
  const results = await createDisaggregator({ minute }).disaggregate(ask)
  const runs = wholeRuns(results.map(({ runs }) => runs))
  const midnightAt = days[1]?.startAt ?? 0
  expect(runs.map(({ startAt, stopAt }) => [startAt, stopAt].map((at) => (at - midnightAt) / 60_000))).toEqual([
    [20, 190],
  ])
})
