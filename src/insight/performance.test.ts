import { describe, expect, test } from 'vitest'
import { sampleHousehold as household, sampleDay } from '../../test/support/sample-days.ts'
import type { Run } from '../energy/analysis.ts'
import { type CivilDay, dayInterval, daysFrom } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { contributes, peerUseOf } from './home-use.ts'
import { criteriaOnWire, findPeerGroup } from './peer-group.ts'
import { groupFigures, performanceAnswer } from './performance.ts'

const timeZone = 'Europe/Rome'
const week = { fromAt: Date.parse('2026-11-15T23:00:00Z'), toAt: Date.parse('2026-11-22T23:00:00Z') }
const criteria = { sizeBands: [2, 2] } as const

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

  test('have a median that a single wasteful home does not lift', () => {
    const totals = [1000, 1000, 1000, 1000, 9000]
    const uneven = totals.map((totalWh) => ({ totalWh, measuredS: 86_400 }))
    expect(groupFigures(uneven, 86_400).medianWh).toBe(1000)
  })

  test('have two significant digits, and always contain the user', () => {
    const days = [sampleDay('2026-11-16' as CivilDay, { fridge: 123.4, standby: 20 })]
    const group = { criteria, homes: homes(12).map((home) => ({ ...home, totalWh: home.totalWh * 1.2345 })) }
    const { performance, meta } = performanceAnswer({ ...question(days), group })
    expect(performance).toMatchObject({ user_consumption: 143, min_consumption: 143, max_consumption: 14_000 })
    // 8,024 and 3,950 before they are rounded.
    expect(performance.peers).toMatchObject({ count: 12, median: 8000, efficient: 4000, fallback: null })
    expect(meta).toMatchObject({ estimated: false, reason: null })
    const wasteful = [sampleDay('2026-11-16' as CivilDay, { standby: 50_000 })]
    expect(performanceAnswer({ ...question(wasteful), group }).performance.max_consumption).toBe(50_000)
  })

  test('are reference statistics, and say so, where too few homes are similar', () => {
    const days = daysFrom('2026-11-16' as CivilDay, '2026-11-23' as CivilDay).map((day) =>
      sampleDay(day, { standby: 6000 }),
    )
    const { performance, meta } = performanceAnswer({ ...question(days), group: 'not_enough_peers' })
    // Two persons: 7 of 365.2425 days of the classes of AEEG 2011, whose 5th, 20th, 50th and 95th percentile are 302,
    // 1,112, 2,072 and 4,657 kWh a year.
    expect(performance).toEqual({
      min_consumption: 5800,
      max_consumption: 89_000,
      user_consumption: 42_000,
      peers: { count: 0, median: 40_000, efficient: 21_000, criteria: null, fallback: 'reference_statistics' },
    })
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
    const useOver = (missed: number) => {
      const days = daysFrom('2026-11-06' as CivilDay, '2026-11-16' as CivilDay).map((day, index) => {
        const isMissed = index < missed
        const one = sampleDay(day, { fridge: isMissed ? 0 : 700, standby: 100 })
        const confidence = isMissed ? 0 : 0.75
        return { ...one, confidence: { ...one.confidence, fridge: confidence, washingMachine: confidence } }
      })
      const oneADay = days.slice(missed).map(({ totals }): Run => {
        const startAt = dayInterval(totals.day, timeZone).fromAt
        return { appliance: 'washingMachine', startAt, stopAt: startAt + 3_600_000, energyWh: 900 }
      })
      return peerUseOf(['fridge', 'washingMachine', 'standby'], days, oneADay, 10 * 86_400).appliances
    }
    expect(useOver(2)).toEqual({
      fridge: { usages: null, totalWh: 7000 },
      washingMachine: { usages: 10, totalWh: 9000 },
      standby: { usages: null, totalWh: 1000 },
    })
    expect(useOver(3)).toEqual({ standby: { usages: null, totalWh: 1000 } })
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

  test('say which homes they are of: areas up to the larger band, five persons and more; what was given up is absent', () => {
    expect(criteriaOnWire({ sizeBands: [1, 3], residentsBand: 5 })).toEqual({
      area_m2: { min: 51, max: 200 },
      residents: '5+',
    })
    expect(criteriaOnWire({ sizeBands: [2, 2], residentsBand: 4 })).toEqual({
      area_m2: { min: 81, max: 120 },
      residents: '4',
    })
  })

  function question(days: Parameters<typeof performanceAnswer>[0]['days']) {
    return { accountNumber: '1', period: 'last-week', timeZone, selected: week, days, residents: 2 }
  }
})
