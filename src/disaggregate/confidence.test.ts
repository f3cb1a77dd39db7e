import { describe, expect, test } from 'vitest'
import {
  dayOfW,
  daysOfW,
  firstDay,
  homeOfTwoFridges,
  householdWith,
  lose,
  networkSaying,
  quartersOfW,
  type Says,
} from '../../test/support/made-up-homes.ts'
import { addDays, type CivilDay } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import { inQuarters } from '../energy/quarter-hours.ts'
import { confidenceOf, sureBesideHeat, sureOfCycles, unknownHeatS } from './confidence.ts'
import { createDisaggregator } from './index.ts'

const clear = {
  ceilingW: undefined,
  blurW: 1,
  isSparse: false,
  hiddenShare: 0,
  gapShare: 0,
  isConstant: false,
  readingsApartS: 60,
}
const home = (days: number) => ({ days, measuredDays: days, standbyW: 50 })

describe('the confidence', () => {
  test('grows over the first week of a home and stays', () => {
    const known = [1, 3, 7, 20].map((days) => confidenceOf('kettle', 60, clear, home(days), ['kettle']))
    expect(known).toEqual([...known].sort())
    expect(known[0]).toBeLessThan(known[1] ?? 0)
    expect(known[2]).toBe(known[3])
    const nights = { ...home(7), measuredDays: 3 }
    expect(confidenceOf('kettle', 60, clear, nights, ['kettle'])).toBe(known[1])
  })

  test('is 0 for what cannot be told apart', () => {
    expect(confidenceOf('tv', 60, clear, home(7), [])).toBe(0)
    expect(confidenceOf('kettle', 60, clear, home(7), [])).toBe(0)
    expect(confidenceOf('standby', 60, clear, undefined, [])).toBe(0)
    expect(confidenceOf('kettle', 60, clear, { ...home(0), standbyW: undefined }, ['kettle'])).toBe(0)
  })

  test('in a washer-dryer is no more than what the day shows of the harder part: washing, where noise hides a drum', () => {
    const noisy = { ...clear, blurW: 60 }
    const of = (...heads: readonly ('washingMachine' | 'tumbleDryer')[]) =>
      confidenceOf('washerDryer', 60, noisy, home(7), heads)
    expect(of('washingMachine', 'tumbleDryer')).toBe(of('washingMachine'))
    expect(of('washingMachine')).toBeLessThan(of('tumbleDryer'))
  })

  test('is more than 0 as soon as anything is measured', () => {
    const firstMinutes = { days: 0, measuredDays: 0.01, standbyW: undefined }
    expect(confidenceOf('kettle', 60, clear, firstMinutes, ['kettle'])).toBeGreaterThan(0)
    expect(confidenceOf('standby', 60, clear, firstMinutes, [])).toBe(0)
  })

  test('in a fridge is what is left by how far the networks believe in its cycles, whatever they say beside these', () => {
    const columnW = Float32Array.from({ length: 60 }, (_, slot) => (slot < 20 ? 90 : 0))
    const left = [0.95, 0.85, 0.675, 0.5, 0.2].map((believed) =>
      sureOfCycles(
        columnW,
        columnW.map((powerW) => (powerW > 0 ? believed : 0.4)),
      ),
    )
    for (const [index, share] of [1, 1, 0.5, 0.1, 0.1].entries()) expect(left[index]).toBeCloseTo(share, 5)
    expect(sureOfCycles(new Float32Array(60), new Float32Array(60))).toBe(1)
    const [sure, doubtful] = [1, 0.5].map((share) => confidenceOf('fridge', 60, clear, home(7), ['fridge'], share))
    expect(doubtful).toBeCloseTo((sure ?? 0) / 2, 1)
  })

  test('in what heats for long is less beside hours of heat that nobody explains', () => {
    const powerW = Float64Array.from({ length: 1440 }, (_, slot) => (slot < 120 ? 2200 : 150))
    const day = {
      day: '2026-02-03' as CivilDay,
      startAt: 0,
      slotS: 60,
      powerW,
      measured: new Uint8Array(1440).fill(1),
    } as const
    const told = Float32Array.from(powerW, (watts, slot) => (slot < 60 ? watts : 0))
    expect(unknownHeatS(day, [told])).toBe(60 * 60)
    day.measured.fill(0, 60, 90)
    expect(unknownHeatS(day, [told])).toBe(30 * 60)
    const left = [0, 30, 135, 240, 900].map((minutes) => sureBesideHeat('dishwasher', minutes * 60))
    for (const [index, share] of [1, 1, 0.9, 0.8, 0.8].entries()) expect(left[index]).toBeCloseTo(share, 5)
    expect(sureBesideHeat('kettle', 86_400)).toBe(1)
  })

  test('in a boiler, which no recorded home checks, is less than in a shower', () => {
    for (const slotS of [60, 900] as const) {
      const [shower, boiler] = (['shower', 'boiler'] as const).map((head) =>
        confidenceOf('waterHeater', slotS, clear, home(7), [head]),
      )
      expect(boiler).toBeGreaterThan(0)
      expect(boiler).toBeLessThanOrEqual((shower ?? 0) / 3)
    }
  })
})

test('energy of whole hours: what is not found was not told apart, what is found is hardly believed', async () => {
  const charges: Says = (powerW) => (powerW > 3000 ? [0.95, 3500] : [0, 0])
  const disaggregator = createDisaggregator({
    quarter: networkSaying('quarters', { electricVehicle: charges, dishwasher: () => [0, 0] }),
  })
  const household = householdWith('dishwasher', 'electricVehicle')
  const told = async (slots: number) => {
    const days = Array.from({ length: 8 }, (_, index) =>
      quartersOfW(addDays(firstDay, index), (slot) => {
        const reading = Math.floor(slot / slots)
        return (slot >= 8 && slot < 16 ? 3600 : 100) + ((reading * 7919) % 17)
      }),
    )
    return (await disaggregator.disaggregate({ household, days, from: 7, to: 8 }))[0]?.confidence
  }
  expect(await told(1)).toMatchObject({ dishwasher: 0.5, electricVehicle: 0.1, standby: 0.6 })
  expect(await told(2)).toMatchObject({ dishwasher: 0.17, electricVehicle: 0.03, standby: 0.4 })
  expect(await told(4)).toMatchObject({ dishwasher: 0, electricVehicle: 0, standby: 0.3 })
})

test('an air conditioner that still cooled in the last night of September has a confidence on the day after', async () => {
  const minute = networkSaying('minutes', { airConditioner: (powerW) => (powerW > 700 ? [0.95, 800] : [0, 0]) })
  const household = householdWith('airConditioner', 'kettle')
  const days = Array.from({ length: 2 }, (_, index) =>
    dayOfW(addDays('2025-09-30' as CivilDay, index), (slot) => (slot < 2 * 60 || slot >= 23 * 60 ? 900 : 100)),
  )
  const [, after] = await createDisaggregator({ minute }).disaggregate({ household, days, from: 0, to: 2 })
  expect(after?.columns.get('airConditioner')?.[30]).toBeGreaterThan(0)
  expect(after?.confidence.airConditioner).toBeGreaterThan(0)
})

test("a fridge's day is believed in less, the more of its cycles a network doubts; in quarter-hours, which show none, as ever", async () => {
  const confidenceOf = async (doubted: number, slots: 1440 | 96) => {
    const says = (powerW: number, at: number): [number, number] =>
      powerW === 100 ? [0.05, 80] : [at < doubted ? 0.75 : 0.95, 80]
    const minute = networkSaying('minutes', { fridge: (powerW) => says(powerW, Math.round((powerW % 1) * 100)) })
    const quarter = networkSaying('quarters', { fridge: () => [doubted > 0 ? 0.6 : 0.95, 80] })
    // The hour of the day stands in the hundredths of a watt.
    const day = (_: number, slot: number) => 100 + (slot % 47 < 13 ? 80 + Math.floor(slot / 60) / 100 : 0)
    const days = slots === 1440 ? daysOfW(7, day) : daysOfW(7, day).map(inQuarters)
    const ask = { household: householdWith('fridge'), days, from: 6, to: 7 }
    const [result] = await createDisaggregator({ minute, quarter }).disaggregate(ask)
    return result?.confidence.fridge ?? Number.NaN
  }
  const [all, most, none] = [await confidenceOf(0, 1440), await confidenceOf(18, 1440), await confidenceOf(24, 1440)]
  expect(all).toBe(0.75)
  expect(most).toBeLessThan(all)
  expect(none).toBeLessThan(most)
  expect(await confidenceOf(24, 96)).toBe(await confidenceOf(0, 96))
})

test('two fridges are believed in as one is, whichever head tells a cycle', async () => {
  const { disaggregator, household, days } = homeOfTwoFridges()
  const [last] = await disaggregator.disaggregate({ household, days, from: 6, to: 7 })
  expect(last?.confidence.fridge).toBe(0.75)
})

test('a day on which next to nothing of the fridge is found has no confidence in its column: it ran', async () => {
  const minute = networkSaying('minutes', { fridge: (powerW) => (powerW > 150 ? [0.95, 80] : [0, 0]) })
  // On the third day it runs a quarter as much, on the fourth as ever.
  const isOn = (day: number, hour: number) => [true, false, hour % 4 === 0, true, false][day] === true
  const days = daysOfW(5, (day, slot) => 100 + (isOn(day, Math.floor(slot / 60)) && slot % 60 < 20 ? 80 : 0))
  const [, , , morning, rests] = days
  if (morning === undefined || rests === undefined) throw new Error('there is no day')
  lose(morning, 121, 1440)
  lose(rests, 60, 1440)
  const ask = { household: householdWith('fridge'), days, from: 0, to: 5 }
  const [found, missed, seldom, young, begun] = await createDisaggregator({ minute }).disaggregate(ask)
  for (const day of [found, seldom, young]) expect(day?.confidence.fridge).toBeGreaterThan(0)
  expect(missed?.confidence.fridge).toBe(0)
  // It may rest for the first hour of a day that runs.
  expect(begun?.confidence.fridge).toBeGreaterThan(0)
})

test('a dishwasher is believed in less on a day of hours of heat that nothing explains, a fridge as ever', async () => {
  const minute = networkSaying('minutes', { fridge: (powerW) => (powerW === 180 ? [0.95, 80] : [0, 80]) })
  const days = daysOfW(8, (index, slot) =>
    index === 7 && slot >= 600 && slot < 840 ? 2300 : slot % 60 < 20 ? 180 : 100,
  )
  const ask = { household: householdWith('dishwasher', 'fridge'), days, from: 6, to: 8 }
  const [clear, hot] = (await createDisaggregator({ minute }).disaggregate(ask)).map(({ confidence }) => confidence)
  expect(clear).toMatchObject({ dishwasher: 0.75, fridge: 0.75 })
  expect(hot).toMatchObject({ dishwasher: 0.6, fridge: 0.75 })
})

test('a day that still runs is told as surely as a closed one in a home measured for a week; in a younger home it grows', async () => {
  const minute = networkSaying('minutes', { kettle: (powerW) => (powerW > 1500 ? [0.95, 2000] : [0, 0]) })
  const household = householdWith('kettle')
  const told = async (whole: number, hours: number) => {
    const days = daysOfW(whole + 1, (_, slot) => (slot % 480 < 4 ? 2100 : 100 + ((slot * 7919) % 17) / 10))
    const running = days[whole]
    if (running !== undefined) lose(running, hours * 60, 1440)
    const ask = { household, days, from: whole, to: whole + 1 }
    return (await createDisaggregator({ minute }).disaggregate(ask))[0]?.confidence
  }
  const closed = await told(7, 24)
  expect(closed).toMatchObject({ kettle: 0.85, standby: 0.8 })
  for (const hours of [1, 12]) expect(await told(7, hours)).toEqual(closed)
  const young = await Promise.all([1, 12, 24].map((hours) => told(3, hours)))
  const [first, noon, whole] = young.map((confidence) => confidence?.kettle ?? Number.NaN)
  expect(first).toBeLessThan(noon ?? 0)
  expect(noon).toBeLessThan(whole ?? 0)
  expect(whole).toBeLessThan(0.85)
})

test("a home's first evening is no surer, once three hours of the next day are known, than that day is", async () => {
  const [evening, next] = [dayOfW(firstDay, () => 80), dayOfW(addDays(firstDay, 1), () => 80)]
  lose(evening, 0, 22 * 60)
  lose(next, 180, 1440)
  const ask = { household: householdOf(null), days: [evening, next], from: 0, to: 2 }
  const [first, second] = (await createDisaggregator().disaggregate(ask)).map(({ confidence }) => confidence.standby)
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThanOrEqual(second ?? 0)
})
