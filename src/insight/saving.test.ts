import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleHousehold as household, sampleDay, sampleDays } from '../../test/support/sample-days.ts'
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, daysFrom } from '../energy/civil-time.ts'
import type { HomeUse } from '../energy/home-use.ts'
import { householdOf } from '../energy/household.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { intervalOf } from '../energy/periods.ts'
import type { PeerGroup } from './peer-group.ts'
import { type SavingQuestion, savingAnswer } from './saving.ts'

const timeZone = 'Europe/Rome'
const criteria = { sizeBands: [2, 2] } as const
const window = daysFrom('2026-10-26' as CivilDay, '2026-11-23' as CivilDay)
const interval = intervalOf('2026-10-26' as CivilDay, '2026-11-23' as CivilDay, timeZone)

/** A run of an hour on a day of the window. */
function runOf(appliance: ApplianceKey, energyWh: number, index = 0): Run {
  const startAt = interval.fromAt + index * 86_400_000
  return { appliance, startAt, stopAt: startAt + 3_600_000, energyWh }
}

describe('saving', () => {
  const base = { accountNumber: '1', timeZone, household, window, interval, measuredFromAt: 0 }
  const run = (energyWh: number, index = 0) => runOf('washingMachine', energyWh, index)
  const runsOf = fc.array(fc.double({ min: 1, max: 3000, noNaN: true }), { maxLength: 60 })
  const peer = (single: number): HomeUse => ({
    elapsedS: 28 * 86_400,
    measuredS: 28 * 86_400,
    totalWh: 200_000,
    appliances: {
      fridge: { usages: null, totalWh: single * 20 },
      washingMachine: { usages: 10, totalWh: single * 10 },
      standby: { usages: null, totalWh: single * 4 },
    },
  })
  const group: PeerGroup<HomeUse> = {
    criteria,
    homes: Array.from({ length: 11 }, (_, index) => peer(503 + index * 10)),
  }
  const measured = window.map((day) =>
    sampleDay(day, { fridge: 600, washingMachine: 100, standby: 100, smallAppliances: 900 }),
  )
  const homeWith = (quantities: Partial<Record<ApplianceKey, number>>) =>
    householdOf({
      appliances: (Object.entries(quantities) as [ApplianceKey, number][]).map(([appliance, quantity]) => ({
        appliance,
        quantity,
      })),
    })
  /** The answer to a home that was measured all the time, or to another question, and what it says of an appliance. */
  const answerTo = (other: Partial<SavingQuestion>) => {
    const answer = savingAnswer({ ...base, days: measured, runs: [], group, ...other })
    return { ...answer, of: (key: ApplianceKey) => answer.saving_data.find(({ appliance }) => appliance === key) }
  }

  test('adds up for any home: runs times energy, weeks of standby, appliances within the home', () => {
    fc.assert(
      fc.property(sampleDays('2026-10-26', '2026-11-23'), runsOf, fc.boolean(), (days, energies, withPeers) => {
        const runs = energies.map(run)
        const chosen = withPeers ? group : ('not_enough_peers' as const)
        const { consumption, saving_data } = savingAnswer({ ...base, days, runs, group: chosen })
        if (days.length === 0) return expect([consumption, saving_data]).toEqual([null, []])
        let together = 0
        for (const one of saving_data) {
          const { actual, saving } = one.consumption
          together += actual
          expect(saving).toBeGreaterThanOrEqual(0)
          expect(saving).toBeLessThanOrEqual(actual)
          const usages = one.usages_number?.user ?? 0
          const single = one.single_use_consumption?.user ?? 0
          if (one.usages_number !== undefined)
            expect(Math.abs(usages * single - actual)).toBeLessThanOrEqual((usages + 1) / 2)
          if (one.total_consumption !== undefined) expect(one.total_consumption.user).toBe(actual)
          const weeks = one.history?.consumptions_history.reduce((sum, { value }) => sum + (value ?? 0), 0)
          if (weeks !== undefined) expect(weeks).toBe(actual)
        }
        expect(together).toBeLessThanOrEqual(consumption ?? 0)
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  test("compares with the peers' mean and saves towards their efficient fifth, which never show a single home: two significant digits", () => {
    const runs = [run(900), run(700, 1)]
    const { saving_data } = savingAnswer({ ...base, days: measured, runs, group })
    expect(saving_data.find(({ appliance }) => appliance === 'washingMachine')).toMatchObject({
      single_use_consumption: { user: 800, average: 550 },
      usages_number: { user: 2, average: 10 },
      consumption: { actual: 1600, saving: 2 * (800 - 520) },
      efficient: 520,
      basis: 'efficient_peers',
    })
    const standby = saving_data.find(({ appliance }) => appliance === 'standby')
    expect(standby).toMatchObject({
      total_consumption: { user: 2800, average: 2200 },
      consumption: { saving: 2800 - 2100 },
      efficient: 2100,
    })
    expect(standby?.history?.threshold).toBe(550)
    expect(standby?.history?.consumptions_history[0]).toEqual({
      start: '2026-10-26T00:00:00Z',
      stop: '2026-11-01T00:00:00Z',
      value: 700,
    })
  })

  test("a week's threshold of standby is that of a whole week, however few days of the window this home has measured", () => {
    const days = window.slice(21).map((day) => sampleDay(day, { standby: 100, smallAppliances: 900 }))
    const { saving_data } = savingAnswer({ ...base, days, runs: [], group })
    const standby = saving_data.find(({ appliance }) => appliance === 'standby')
    expect(standby?.total_consumption).toEqual({ user: 700, average: 550 })
    expect(standby?.history?.threshold).toBe(550)
    expect(standby?.history?.consumptions_history.map(({ value }) => value)).toEqual([null, null, null, 700])
  })

  test('compares runs with as many days of peers as show them: those of a kettle show in minutes, not in quarter-hours', () => {
    const kettles = householdOf({ appliances: [{ appliance: 'kettle', quantity: 1 }] })
    const runs = [0, 1, 2, 3].map((index) => runOf('kettle', 100, 26 + index / 4))
    const days = window.map((day, index) => {
      const { totals, ...rest } = sampleDay(day, { kettle: 200, standby: 100, smallAppliances: 900 })
      return { ...rest, totals: { ...totals, toldSlotS: index < 26 ? (900 as const) : (60 as const) } }
    })
    const homes = group.homes.map((home) => ({
      ...home,
      appliances: { ...home.appliances, kettle: { usages: 56, totalWh: 5600 } },
    }))
    const usagesOf = (of: typeof group | 'not_enough_peers', appliance: string) =>
      savingAnswer({ ...base, household: kettles, days, runs, group: of }).saving_data.find(
        (one) => one.appliance === appliance,
      )?.usages_number
    expect(usagesOf({ ...group, homes }, 'kettle')).toEqual({ user: 4, average: 4 })
    expect(usagesOf('not_enough_peers', 'kettle')).toEqual({ user: 4, average: Math.round((5 * 4 * 2) / 28) })
  })

  test('counts no runs, not none, of what these readings cannot tell: a hob anywhere, a kettle in quarter-hours', () => {
    const cooking = householdOf({
      appliances: ['hob' as const, 'kettle' as const].map((appliance) => ({ appliance, quantity: 1 })),
    })
    const answerIn = (slotS: SlotS) => {
      const days = window.map((day) => {
        const { totals, confidence, ...rest } = sampleDay(day, { kettle: 50, standby: 100, smallAppliances: 900 })
        return { ...rest, totals: { ...totals, toldSlotS: slotS }, confidence: { ...confidence, hob: 0, kettle: 0.3 } }
      })
      const asked = { ...base, household: cooking, days, runs: [], group: 'not_enough_peers' as const }
      const { saving_data } = savingAnswer(asked)
      return Object.fromEntries(saving_data.map(({ appliance, usages_number }) => [appliance, usages_number]))
    }
    expect(answerIn(60)).toMatchObject({ hob: { user: null, average: 56 }, kettle: { user: 0, average: 20 } })
    expect(answerIn(900)).toMatchObject({ hob: { user: null, average: 56 }, kettle: { user: null, average: 20 } })
  })

  test('takes typical appliances where there are too few peers, and says so', () => {
    const days = window.map((day) => sampleDay(day, { fridge: 600, standby: 100 }))
    const { saving_data, meta } = savingAnswer({ ...base, days, runs: [], group: 'not_enough_peers' })
    expect(saving_data.find(({ appliance }) => appliance === 'fridge')).toMatchObject({
      total_consumption: { user: 16_800, average: 21_000 },
      consumption: { saving: 0 },
      basis: 'reference_appliance',
    })
    expect(saving_data.find(({ appliance }) => appliance === 'washingMachine')).toMatchObject({
      single_use_consumption: { user: null, average: 700 },
      usages_number: { user: 0, average: 16 },
      consumption: { actual: 0, saving: 0 },
    })
    expect(meta).toMatchObject({ estimated: true, reason: 'not_enough_peers' })
  })

  test.each<[string, Partial<Record<ApplianceKey, number>>, object]>([
    ['a freezer', { freezer: 1 }, { total_consumption: { user: 0, average: 28 * 600 } }],
    [
      'two freezers',
      { freezer: 2 },
      { total_consumption: { user: 0, average: 2 * 28 * 600 }, efficient: 2 * 28 * 600 },
    ],
    [
      'two washing machines',
      { washingMachine: 2 },
      { usages_number: { average: 2 * 4 * 4 }, single_use_consumption: { average: 700 } },
    ],
    [
      'a dishwasher',
      { dishwasher: 1 },
      { usages_number: { average: 4 * 5 }, single_use_consumption: { average: 950 }, efficient: 950 },
    ],
  ])('expects of %s what as many typical ones need in four weeks', (_, quantities, expected) => {
    const { saving_data } = answerTo({ household: homeWith(quantities), group: 'not_enough_peers' })
    expect(saving_data[0]).toMatchObject({ ...expected, basis: 'reference_appliance' })
  })

  test('expects of typical appliances no more than they need in the time that the home was measured', () => {
    const { of } = answerTo({ days: measured.slice(14), group: 'not_enough_peers' })
    expect(of('fridge')?.total_consumption).toEqual({ user: 14 * 600, average: 14 * 750 })
    expect(of('washingMachine')?.usages_number?.average).toBe(8)
  })

  test('says that it means little with less than half of the four weeks, and nothing of the kind with half', () => {
    const reasonAfter = (measuredDays: number) => answerTo({ days: measured.slice(-measuredDays) }).meta.reason
    expect([13, 14].map(reasonAfter)).toEqual(['low_coverage', null])
  })

  test('rests on ten homes at least, of a cyclic appliance on ten that ran it; one that never did still counts as rare use', () => {
    const ten = group.homes.slice(0, 10)
    const idle = { ...peer(500), appliances: { washingMachine: { usages: 0, totalWh: 0 } } }
    const washingBeside = (homes: readonly HomeUse[]) => answerTo({ group: { criteria, homes } }).of('washingMachine')
    expect(washingBeside(ten)).toMatchObject({ basis: 'efficient_peers', usages_number: { average: 10 } })
    expect(washingBeside([...ten, idle])).toMatchObject({
      basis: 'efficient_peers',
      single_use_consumption: { average: 550 },
      // A hundred runs of eleven homes.
      usages_number: { average: 9 },
    })
    expect(washingBeside([...ten.slice(1), idle])?.basis).toBe('reference_appliance')
  })

  test('counts a peer as if it had been measured all the time; where too few have an appliance, that one is estimated', () => {
    const homes = group.homes.map(({ elapsedS, totalWh }) => ({
      elapsedS,
      measuredS: 0.8 * elapsedS,
      totalWh,
      appliances: { washingMachine: { usages: 8, totalWh: 4800 }, standby: { usages: null, totalWh: 1600 } },
    }))
    const { of, meta } = answerTo({ group: { criteria, homes } })
    expect(of('standby')).toMatchObject({ total_consumption: { average: 2000 }, basis: 'efficient_peers' })
    expect(of('washingMachine')).toMatchObject({ usages_number: { average: 10 }, basis: 'efficient_peers' })
    expect(of('fridge')?.basis).toBe('reference_appliance')
    expect(meta).toMatchObject({ estimated: true, reason: null })
  })

  test.each([
    [1900, { dishwasher: { actual: 1500, saving: 1500 - 950 }, washingMachine: { actual: 400, saving: 0 } }],
    [1600, { dishwasher: { actual: 1200, saving: 1200 - 950 }, washingMachine: { actual: 400, saving: 0 } }],
    [1000, { dishwasher: { actual: 600, saving: 0 }, washingMachine: { actual: 400, saving: 0 } }],
    [300, { dishwasher: { actual: 0, saving: 0 }, washingMachine: { actual: 300, saving: 0 } }],
  ])(
    'keeps runs of 1,500 and 400 Wh within the %i Wh that are left to them: the larger gives way first, and saves from the rest',
    (leftWh, expected) => {
      const days = [sampleDay('2026-11-22' as CivilDay, { standby: 1000, smallAppliances: leftWh })]
      const runs = [runOf('dishwasher', 1500, 27), run(400, 27)]
      const two = homeWith({ dishwasher: 1, washingMachine: 1 })
      const { of } = answerTo({ household: two, days, runs, group: 'not_enough_peers' })
      const washingUp = of('dishwasher')
      expect({ dishwasher: washingUp?.consumption, washingMachine: of('washingMachine')?.consumption }).toEqual(
        expected,
      )
      expect(washingUp?.single_use_consumption?.user).toBe(expected.dishwasher.actual)
    },
  )
})
