/** What the disaggregation promises on any curve a home or a meter may send. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { disaggregateDays } from '../../src/app/disaggregate-days.ts'
import { openDisaggregator } from '../../src/app/networks.ts'
import { analysisContext } from '../../src/energy/analysis.ts'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import { type Household, householdOf } from '../../src/energy/household.ts'
import type { DayCurve } from '../../src/energy/load-curve.ts'
import { inQuarters } from '../../src/energy/quarter-hours.ts'
import { throughChain2 } from '../support/chain2-meter.ts'
import {
  at,
  daysOfW,
  fullHouse,
  households,
  oddDays,
  oddWeeks,
  recordedDays,
  slotLengths,
  unread,
  until,
  without,
} from '../support/odd-curves.ts'
import { checkDays } from '../support/told-apart.ts'

const disaggregator = await openDisaggregator()
const seed = 20_263
const weekBefore = analysisContext.daysBefore

async function told(household: Household, days: readonly DayCurve[], from = 0, to = days.length) {
  return await disaggregator.disaggregate({ household, days, from, to })
}

/** A day as the day before it sees it. */
function asSeenBefore(day: DayCurve): DayCurve {
  return without(day, (slot) => slot * day.slotS >= analysisContext.hoursAfter * 3600)
}

function energyWh(powerW: Float32Array | Float64Array | undefined, slotS: number): number {
  let sumW = 0
  for (const watts of powerW ?? []) sumW += watts
  return (sumW * slotS) / 3600
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0)
}

describe('on any curve', () => {
  test('columns, runs and confidence are what they must be', async () => {
    const property = fc.asyncProperty(households, oddDays, async (household, days) => {
      const results = await told(household, days)
      expect(results).toHaveLength(days.length)
      checkDays(results, household, days, 0)
    })
    await fc.assert(property, { seed, numRuns: 120 })
  }, 180_000)

  test('the same question has the same answer', async () => {
    const property = fc.asyncProperty(households, oddDays, async (household, days) => {
      expect(await told(household, days)).toEqual(await told(household, days))
    })
    await fc.assert(property, { seed, numRuns: 15 })
  }, 180_000)

  test('a day is told apart the same way alone and in a stretch', async () => {
    const property = fc.asyncProperty(households, oddWeeks, fc.nat(), async (household, days, any) => {
      const index = weekBefore + 1 + (any % (days.length - weekBefore - 1))
      const first = Math.max(0, index - weekBefore)
      const next = days[index + 1]
      const context = [...days.slice(first, index + 1), ...(next === undefined ? [] : [asSeenBefore(next)])]
      const [alone] = await told(household, context, index - first, index - first + 1)
      expect(alone).toEqual((await told(household, days))[index])
    })
    await fc.assert(property, { seed, numRuns: 40 })
  }, 180_000)
})

test('whether the oldest day that a day looks at repeats coarse readings is said by that day alone', async () => {
  const [oldest, still, ...later] = recordedDays.slice(160, 160 + weekBefore + 3)
  if (oldest === undefined || still === undefined) throw new Error('the recording is too short')
  const repeated = { ...oldest, powerW: oldest.powerW.map((_, slot) => oldest.powerW[slot - (slot % 15)] ?? 0) }
  const days = [repeated, { ...still, powerW: still.powerW.map(() => 300) }, ...later]
  const asked = weekBefore + 1
  const [alone] = await told(fullHouse, days.slice(1), weekBefore, weekBefore + 1)
  expect(alone).toEqual((await told(fullHouse, days, asked, asked + 1))[0])
  expect(alone).toEqual((await told(fullHouse, days))[asked])
})

test('whether the oldest day that a day looks at has sparse power is said by that day alone', async () => {
  // One kettle is all that is heard of the second day but its energy, so it is as the first.
  const days = recordedDays.slice(153, 153 + weekBefore + 3).map(throughChain2)
  const quiet = days[1]
  if (quiet === undefined) throw new Error('the recording is too short')
  const quartersW = inQuarters(quiet).powerW
  const heardW = quiet.powerW.map(
    (_, slot) => (quartersW[Math.floor(slot / 15)] ?? 0) + (slot >= 1210 && slot < 1213 ? 2000 : 0),
  )
  days[1] = { ...quiet, powerW: heardW }
  const asked = weekBefore + 1
  const [alone] = await told(fullHouse, days.slice(1), weekBefore, weekBefore + 1)
  expect(alone).toEqual((await told(fullHouse, days, asked, asked + 1))[0])
  expect(alone).toEqual((await told(fullHouse, days))[asked])
})

describe.each(slotLengths)('in slots of %i s', (slotS) => {
  test('a running day is valid at every hour, and so is the day after it closed', async () => {
    const days = at(slotS, recordedDays.slice(160, 160 + weekBefore + 2))
    const [before, day, after] = [days.slice(0, weekBefore), days[weekBefore], days[weekBefore + 1]]
    if (day === undefined || after === undefined) throw new Error('the recording is too short')
    for (let hour = 0; hour <= 24; hour++) {
      const known = [...before, hour === 0 ? unread(day) : until(day, hour / 24), unread(after)]
      checkDays(await told(fullHouse, known, weekBefore, weekBefore + 1), fullHouse, known, weekBefore)
    }
    for (let hour = 0; hour <= 24; hour++) {
      const known = [...before, day, hour === 0 ? unread(after) : until(after, hour / 24)]
      checkDays(await told(fullHouse, known, weekBefore, weekBefore + 2), fullHouse, known, weekBefore)
    }
  })

  test('the figures of a day hardly move when the night after it becomes known, but for what still runs: few days by much, all together by little', async () => {
    const [movedWh, goingOnWh, totalWh]: [number[], number[], number[]] = [[], [], []]
    for (let first = 110; first < 210; first++) {
      const days = at(slotS, recordedDays.slice(first, first + weekBefore + 2))
      const next = days[weekBefore + 1]
      if (next === undefined) throw new Error('the recording is too short')
      const tonight = [...days.slice(0, -1), unread(next)]
      const [closed] = await told(fullHouse, tonight, weekBefore, weekBefore + 1)
      const [later] = await told(fullHouse, days, weekBefore, weekBefore + 1)
      // What runs on for half an hour and more is seen to be what it is by the night: a car that charges for hours.
      const goOn = later?.runs.filter(({ stopAt }) => stopAt > next.startAt + 1_800_000) ?? []
      const moves = [...(closed?.columns ?? [])].map(([appliance, column]) => ({
        goesOn: goOn.some((run) => run.appliance === appliance),
        wh: Math.abs(energyWh(column, slotS) - energyWh(later?.columns.get(appliance), slotS)),
      }))
      movedWh.push(sum(moves.filter(({ goesOn }) => !goesOn).map(({ wh }) => wh)))
      goingOnWh.push(sum(moves.filter(({ goesOn }) => goesOn).map(({ wh }) => wh)))
      totalWh.push(energyWh(days[weekBefore]?.powerW, slotS))
    }
    expect(sum(movedWh) / sum(totalWh)).toBeLessThan(0.015)
    expect(sum(goingOnWh) / sum(totalWh)).toBeLessThan(0.01)
    const moved = movedWh.filter((oneWh, day) => oneWh > 0.03 * (totalWh[day] ?? 0))
    expect(moved.length).toBeLessThan(12)
  }, 120_000)

  test('days of 23 and 25 hours are told apart whole', async () => {
    for (const [name, hours] of [
      ['2014-03-30', 23],
      ['2014-10-26', 25],
    ] as const) {
      const index = recordedDays.findIndex(({ day }) => day === name)
      const days = at(slotS, recordedDays.slice(index - weekBefore, index + 2))
      const results = await told(fullHouse, days, weekBefore, weekBefore + 1)
      checkDays(results, fullHouse, days, weekBefore)
      expect(results[0]?.columns.get('standby')).toHaveLength((hours * 3600) / slotS)
    }
  })

  test('a first day without history is answered, with less confidence than the same day after a week', async () => {
    const days = at(slotS, recordedDays.slice(160, 160 + weekBefore + 1))
    const [first] = await told(fullHouse, days.slice(weekBefore))
    const [known] = await told(fullHouse, days, weekBefore, weekBefore + 1)
    const sure = (confidence: object = {}) => sum(Object.values(confidence) as number[])
    expect(sure(first?.confidence)).toBeGreaterThan(0)
    expect(sure(first?.confidence)).toBeLessThan(sure(known?.confidence))
  })

  test('the night after a day without readings, or with slots of another length, is told apart', async () => {
    const [before, day] = at(slotS, recordedDays.slice(166, 168))
    const [other] = at(slotS === 60 ? 900 : 60, recordedDays.slice(166, 167))
    if (before === undefined || day === undefined || other === undefined) throw new Error('the recording is too short')
    const lost = (one: DayCurve) => without(one, () => true)
    for (const one of [before, lost(before), other, lost(other)]) {
      const [result] = await told(fullHouse, [one, day], 1, 2)
      const night = result?.columns.get('standby')?.subarray(0, 3600 / slotS)
      expect(energyWh(night, slotS)).toBeGreaterThan(30)
    }
  })

  test("a home's first evening depends on no more of the next day than it sees", async () => {
    const [day, next] = at(slotS, recordedDays.slice(166, 168))
    if (day === undefined || next === undefined) throw new Error('the recording is too short')
    const evening = without(day, (slot) => slot < 0.92 * day.powerW.length)
    expect(await told(fullHouse, [evening, next], 0, 1)).toEqual(
      await told(fullHouse, [evening, asSeenBefore(next)], 0, 1),
    )
  })

  test('nothing measured is no energy and no run', async () => {
    const days = at(slotS, recordedDays.slice(160, 169)).map((day) => without(day, () => true))
    for (const { columns, runs } of await told(fullHouse, days)) {
      for (const column of columns.values()) expect(column.every((powerW) => powerW === 0)).toBe(true)
      expect(runs).toEqual([])
    }
  })

  test('a home that never draws much runs nothing that draws much', async () => {
    const days = at(
      slotS,
      daysOfW('2026-02-03' as CivilDay, 9, (minute) => 90 + 60 * Math.abs(Math.sin(minute * 12.9898))),
    )
    const heavy = ['kettle', 'oven', 'dishwasher', 'washingMachine', 'tumbleDryer', 'waterHeater', 'microwave'] as const
    const household = householdOf({ appliances: heavy.map((appliance) => ({ appliance, quantity: 1 })) })
    for (const { runs } of await told(household, days)) expect(runs).toEqual([])
  })

  test('an appliance that is not declared leaves its energy to small appliances, not to another', async () => {
    const days = at(slotS, recordedDays.slice(160, 190))
    const household = householdOf({ appliances: [{ appliance: 'kettle', quantity: 1 }] })
    const kettleWh = (results: Awaited<ReturnType<typeof told>>) =>
      sum(results.map(({ columns }) => energyWh(columns.get('kettle'), slotS)))
    const alone = await disaggregateDays(disaggregator, { household, days })
    const among = await disaggregateDays(disaggregator, { household: fullHouse, days })
    expect(kettleWh(among)).toBeGreaterThan(1000)
    // Where somebody else claims a slot as well, each gives way: alone the kettle has that back, and no more.
    expect(kettleWh(alone) / kettleWh(among)).toBeLessThan(1.05)
    expect(kettleWh(alone)).toBeGreaterThanOrEqual(kettleWh(among))
  })

  test('a last day is told the same where an unmeasured day follows it and where none does', async () => {
    const days = at(slotS, recordedDays.slice(160, 168))
    const next = at(slotS, recordedDays.slice(168, 169)).map((day) => without(day, () => true))
    const other = at(slotS === 60 ? 900 : 60, recordedDays.slice(168, 169)).map((day) => without(day, () => true))
    const alone = await told(fullHouse, days, 7, 8)
    expect(await told(fullHouse, [...days, ...next], 7, 8)).toEqual(alone)
    expect(await told(fullHouse, [...days, ...other], 7, 8)).toEqual(alone)
  })
})
