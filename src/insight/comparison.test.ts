import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleDay, sampleDays } from '../../test/support/sample-days.ts'
import type { Run } from '../energy/analysis.ts'
import { type CivilDay, daysFrom } from '../energy/civil-time.ts'
import type { HomeUse } from '../energy/home-use.ts'
import { householdOf } from '../energy/household.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { intervalOf } from '../energy/periods.ts'
import { contributes, peerUseOf } from './home-use.ts'
import { findPeerGroup, type PeerGroup } from './peer-group.ts'
import { groupFigures, performanceAnswer } from './performance.ts'
import { savingAnswer } from './saving.ts'

const timeZone = 'Europe/Rome'
const week = { fromAt: Date.parse('2026-11-15T23:00:00Z'), toAt: Date.parse('2026-11-22T23:00:00Z') }
const criteria = { sizeBands: [2, 2] } as const
const household = householdOf({
  house: { type: 'apartment', dimesion: 90, province: 'MI' },
  residents: { adults: 2 },
  appliances: [
    { appliance: 'fridge', quantity: 1 },
    { appliance: 'washingMachine', quantity: 1 },
  ],
})

describe('the figures of similar homes', () => {
  const homes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ totalWh: (index + 1) * 1000, measuredS: 86_400 }))

  test('never show a single home: the mean of three, or percentiles from sixty on', () => {
    expect(groupFigures(homes(10), 86_400)).toEqual({ minWh: 2000, maxWh: 9000, medianWh: 5500, efficientWh: 2800 })
    const many = groupFigures(homes(60), 86_400)
    expect(many.minWh).toBeCloseTo(3950, 6)
    expect(many.maxWh).toBeCloseTo(57_050, 6)
  })

  test("count each home with its mean power over this home's measured time", () => {
    expect(groupFigures([{ totalWh: 1000, measuredS: 43_200 }], 86_400).medianWh).toBe(2000)
  })

  test('have two significant digits, and always contain the user', () => {
    const days = [sampleDay('2026-11-16' as CivilDay, { fridge: 123.4, standby: 20 })]
    const group = { criteria, homes: homes(12).map((home) => ({ ...home, totalWh: home.totalWh * 1.2345 })) }
    const { performance, meta } = performanceAnswer({ ...question(days), group })
    expect(performance).toMatchObject({ user_consumption: 143, min_consumption: 143, max_consumption: 14_000 })
    expect(performance.peers).toMatchObject({ count: 12, median: 8000, fallback: null })
    expect(meta).toMatchObject({ estimated: false, reason: null })
  })

  test('are reference statistics, and say so, where too few homes are similar', () => {
    const days = [sampleDay('2026-11-16' as CivilDay, { standby: 7000 })]
    const { performance, meta } = performanceAnswer({ ...question(days), group: 'not_enough_peers' })
    expect(performance.peers).toMatchObject({ count: 0, criteria: null, fallback: 'reference_statistics' })
    expect(performance.min_consumption).toBeLessThan(7000)
    expect(performance.max_consumption).toBeGreaterThan(7000)
    expect(meta).toMatchObject({ estimated: true, reason: 'not_enough_peers' })
  })

  test('are null where the home was not measured', () => {
    const { performance, meta } = performanceAnswer({ ...question([]), group: 'profile_missing' })
    expect(performance.user_consumption).toBeNull()
    expect(performance.min_consumption).toBeNull()
    expect(performance.peers.fallback).toBeNull()
    expect(meta).toMatchObject({ estimated: false, reason: 'no_readings' })
  })

  test('come from occupied homes that were measured for 80 % of the time', () => {
    const elapsedS = 10 * 86_400
    expect(contributes({ elapsedS, measuredS: 0.8 * elapsedS, totalWh: 8000 })).toBe(true)
    expect(contributes({ elapsedS, measuredS: 0.79 * elapsedS, totalWh: 80_000 })).toBe(false)
    expect(contributes({ elapsedS, measuredS: elapsedS, totalWh: 9999 })).toBe(false)
    expect(contributes({ elapsedS, measuredS: 0, totalWh: 0 })).toBe(false)
  })

  test('come from homes whose readings show the runs: a kettle in quarter-hours is no peer of one in minutes', () => {
    const day = sampleDay('2026-11-16' as CivilDay, { kettle: 300, washingMachine: 900 })
    const inSlotsOf = (slotS: SlotS) => {
      const days = [{ ...day, totals: { ...day.totals, toldSlotS: slotS } }]
      return Object.keys(peerUseOf(['kettle', 'washingMachine'], days, [], 86_400).appliances)
    }
    expect(inSlotsOf(60)).toEqual(['kettle', 'washingMachine'])
    expect(inSlotsOf(900)).toEqual(['washingMachine'])
  })

  test('come from homes in which the appliance was told apart for 80 % of the time, and count as if it had always been', () => {
    const fridgeOver = (missed: number) => {
      const days = daysFrom('2026-11-06' as CivilDay, '2026-11-16' as CivilDay).map((day, index) => {
        const isMissed = index < missed
        const one = sampleDay(day, { fridge: isMissed ? 0 : 700, standby: 100 })
        return { ...one, confidence: { ...one.confidence, fridge: isMissed ? 0 : 0.75 } }
      })
      return peerUseOf(['fridge', 'standby'], days, [], 10 * 86_400).appliances
    }
    expect(fridgeOver(2)).toEqual({
      fridge: { usages: null, totalWh: 7000 },
      standby: { usages: null, totalWh: 1000 },
    })
    expect(fridgeOver(3)).toEqual({ standby: { usages: null, totalWh: 1000 } })
  })

  test('are widened step by step until ten homes contribute', async () => {
    let asked = 0
    const group = await findPeerGroup(household, async () => Array.from({ length: 4 * ++asked }, () => 'home'))
    expect(asked).toBe(3)
    expect(group).toMatchObject({ criteria: { climateZone: 'E', residentsBand: 2 } })
    expect(group).not.toMatchObject({ criteria: { electric: expect.anything() } })
    expect(await findPeerGroup(household, async () => [])).toBe('not_enough_peers')
    expect(await findPeerGroup(householdOf(null), async () => [])).toBe('profile_missing')
  })

  function question(days: Parameters<typeof performanceAnswer>[0]['days']) {
    return { accountNumber: '1', period: 'last-week', timeZone, selected: week, days, residents: 2 }
  }
})

describe('saving', () => {
  const window = daysFrom('2026-10-26' as CivilDay, '2026-11-23' as CivilDay)
  const interval = intervalOf('2026-10-26' as CivilDay, '2026-11-23' as CivilDay, timeZone)
  const base = { accountNumber: '1', timeZone, household, window, interval, measuredFromAt: 0 }
  const run = (energyWh: number, index = 0): Run => {
    const startAt = interval.fromAt + index * 86_400_000
    return { appliance: 'washingMachine', startAt, stopAt: startAt + 3_600_000, energyWh }
  }
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
    const days = window.map((day) =>
      sampleDay(day, { fridge: 600, washingMachine: 100, standby: 100, smallAppliances: 900 }),
    )
    const runs = [run(900), run(700, 1)]
    const { saving_data } = savingAnswer({ ...base, days, runs, group })
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
    const boil = (index: number): Run => ({ ...run(100, 26 + index / 4), appliance: 'kettle' })
    const runs = [0, 1, 2, 3].map(boil)
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
})
