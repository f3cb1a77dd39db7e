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
  quartersOfW,
  type Says,
} from '../../test/support/made-up-homes.ts'
import { addDays, type CivilDay } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { inQuarters } from '../energy/quarter-hours.ts'
import { wholeRuns } from '../energy/whole-runs.ts'
import { createDisaggregator } from './index.ts'

test('a constant load is standby and nothing else', async () => {
  const first = '2025-03-28' as CivilDay
  const days = Array.from({ length: 5 }, (_, index) => dayOfW(addDays(first, index), () => 80))
  const results = await createDisaggregator().disaggregate({
    household: householdOf(null),
    days,
    from: 0,
    to: days.length,
  })
  expect(results).toHaveLength(5)
  for (const [index, result] of results.entries()) {
    expect(result.columns.get('standby')).toHaveLength(days[index]?.powerW.length ?? 0)
    for (const [appliance, column] of result.columns) {
      expect(column.every((powerW) => powerW === (appliance === 'standby' ? 80 : 0))).toBe(true)
    }
    expect(result.runs).toEqual([])
  }
})

test('a day of quarter-hours depends on the week before it alone: what reaches further back has no say in how water is heated', async () => {
  // The shower's head sees a shower where a window begins in the first day, which alone draws 777 W; a boiler's sees boilers everywhere.
  const quarter = networkSaying('quarters', {
    boiler: () => [1, 1000],
    shower: (_powerW, _isMeasured, window) => (window[0] === 777 ? [1, 20_000] : [0, 0]),
  })
  const disaggregator = createDisaggregator({ quarter })
  const household = householdWith('waterHeater')
  const days = Array.from({ length: 10 }, (_, index) =>
    quartersOfW(addDays(firstDay, index), (slot) => (index === 0 ? 777 : slot % 8 === 0 ? 100 : 1500)),
  )
  const alone = await disaggregator.disaggregate({ household, days: days.slice(1), from: 7, to: 8 })
  expect(alone[0]?.columns.get('waterHeater')?.some((powerW) => powerW > 0)).toBe(true)
  expect(await disaggregator.disaggregate({ household, days, from: 8, to: 9 })).toEqual(alone)
})

test('a home that showers has no boiler on the day on which nobody does', async () => {
  const quarter = networkSaying('quarters', {
    boiler: (powerW) => (powerW === 1500 ? [0.9, 1400] : [0, 0]),
    shower: (powerW) => (powerW === 8000 ? [0.9, 7800] : [0, 0]),
  })
  const household = householdWith('waterHeater')
  const days = Array.from({ length: 5 }, (_, index) =>
    quartersOfW(addDays(firstDay, index), (slot) => (slot === 28 && index < 4 ? 8000 : slot === 72 ? 1500 : 100)),
  )
  const [shower, nobody] = await createDisaggregator({ quarter }).disaggregate({ household, days, from: 3, to: 5 })
  expect(shower?.columns.get('waterHeater')?.[28]).toBeGreaterThan(7000)
  expect(nobody?.columns.get('waterHeater')).toEqual(new Float32Array(96))
})

test('what a network says of time that was not measured has no say in how water is heated', async () => {
  // It sees a boiler wherever 1.5 kW are drawn, and a shower of 8 kW in all that is to come.
  const quarter = networkSaying('quarters', {
    boiler: (powerW) => (powerW > 1000 ? [0.9, 1400] : [0, 0]),
    shower: (_powerW, isMeasured) => (isMeasured ? [0, 0] : [0.9, 8000]),
  })
  const household = householdWith('waterHeater')
  const morning = quartersOfW(firstDay, (slot) => (slot >= 24 && slot < 28 ? 1500 : 100))
  morning.measured.fill(0, 32)
  const ask = { household, days: [morning], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect(result?.columns.get('waterHeater')?.[25]).toBe(1400)
})

test('a day of minutes that repeat quarter-hours knows the week of minutes before it', async () => {
  const disaggregator = createDisaggregator({ quarter: networkSaying('quarters', {}) })
  const household = householdWith()
  const days = Array.from({ length: 8 }, (_, index) =>
    dayOfW(addDays(firstDay, index), (slot) =>
      index < 7 ? 80 + (slot < 360 ? 0 : (slot * 7919) % 17) : 200 + ((Math.floor(slot / 15) * 7919) % 17),
    ),
  )
  const [before, coarse] = await disaggregator.disaggregate({ household, days, from: 6, to: 8 })
  expect([before?.toldSlotS, coarse?.toldSlotS]).toEqual([60, 900])
  expect(coarse?.columns.get('standby')?.[720]).toBe(before?.columns.get('standby')?.[720])
  expect(coarse?.confidence.standby).toBe(0.6)
})

test('a meter that is asked every quarter-hour and holds on for five minutes shows a wash, and standby, in what was measured', async () => {
  const quarter = networkSaying('quarters', { washingMachine: (powerW) => (powerW > 1000 ? [0.95, 2000] : [0, 0]) })
  const washes = (slot: number) => slot >= 600 && slot < 660
  const days = daysOfW(8, (_index, slot) => (washes(slot) ? 2100 : 100) + ((Math.floor(slot / 15) * 7919) % 17))
  for (const day of days) for (let slot = 5; slot < 1440; slot += 15) lose(day, slot, slot + 10)
  const ask = { household: householdWith('washingMachine'), days, from: 7, to: 8 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  const sumOf = (column: Float32Array | undefined) => column?.reduce((sumW, powerW) => sumW + powerW, 0) ?? 0
  // 20 of 60 minutes are known.
  expect(sumOf(result?.columns.get('washingMachine'))).toBeCloseTo(20 * 2000, -3)
  expect(result?.runs).toHaveLength(1)
  expect(sumOf(result?.columns.get('standby'))).toBeGreaterThan(480 * 90)
  expect(result?.confidence.standby).toBeGreaterThan(0)
  expect(result?.confidence.standby).toBeLessThan(0.45)
})

test('a day whose power is read once an hour is told the same way whether three hours of the next day are known or all', async () => {
  const { disaggregator, household } = homeWithCar()
  const charges = (slot: number) => slot >= 1380 || slot < 60
  const days = daysOfW(9, (_index, slot) => (charges(slot) ? 3600 : 100) + ((Math.floor(slot / 60) * 7919) % 17))
  const [stretch] = await disaggregator.disaggregate({ household, days, from: 7, to: 8 })
  for (const day of days.slice(8)) lose(day, 180, 1440)
  const [alone] = await disaggregator.disaggregate({ household, days, from: 7, to: 8 })
  expect(stretch?.runs).toEqual([expect.objectContaining({ stopAt: (days[8]?.startAt ?? 0) + 3_600_000 })])
  expect(alone).toEqual(stretch)
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
  const isOne = (powerW: number) => powerW === 180 || powerW === 310
  const isOther = (powerW: number) => powerW === 230 || powerW === 310
  const minute = networkSaying('minutes', {
    fridge: (powerW) => [isOther(powerW) ? 0.95 : 0.02, 130],
    freezer: (powerW) => [isOne(powerW) ? 0.95 : 0.02, 80],
  })
  const days = daysOfW(7, (_, slot) => 100 + (slot % 47 < 13 ? 80 : 0) + (slot % 61 < 17 ? 130 : 0))
  const household = householdOf({ appliances: [{ appliance: 'fridge', quantity: 2 }] })
  const results = await createDisaggregator({ minute }).disaggregate({ household, days, from: 0, to: 7 })
  expect(results.at(-1)?.confidence.fridge).toBe(0.75)
  // Each cycle has its own part of what both draw while they run at once.
  const runsWh = wholeRuns(results.map(({ runs }) => runs)).reduce((sum, { energyWh }) => sum + energyWh, 0)
  const columnsWh = results.flatMap(({ columns }) => [...(columns.get('fridge') ?? [])]).reduce((a, b) => a + b) / 60
  expect(runsWh).toBeCloseTo(columnsWh, 0)
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

test('in quarter-hours a fridge draws in the share of each in which it is believed to run', async () => {
  const quarter = networkSaying('quarters', { fridge: (powerW) => (powerW > 150 ? [0.5, 90] : [0, 90]) })
  const day = quartersOfW(firstDay, (slot) => (slot >= 40 && slot < 44 ? 400 : 100))
  const ask = { household: householdWith('fridge'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect([39, 40, 43, 44].map((slot) => result?.columns.get('fridge')?.[slot])).toEqual([0, 45, 45, 0])
})

test('a dishwasher is believed in less on a day of hours of heat that nothing explains, a fridge as ever', async () => {
  const minute = networkSaying('minutes', { fridge: (powerW) => (powerW === 180 ? [0.95, 80] : [0, 80]) })
  const days = daysOfW(8, (index, slot) =>
    index === 7 && slot >= 600 && slot < 840 ? 2300 : slot % 60 < 20 ? 180 : 100,
  )
  const ask = { household: householdWith('dishwasher', 'fridge'), days, from: 6, to: 8 }
  const [clear, hot] = (await createDisaggregator({ minute }).disaggregate(ask)).map(({ confidence }) => confidence)
  expect(clear).toMatchObject({ dishwasher: 0.75, fridge: 0.75 })
  expect(hot).toMatchObject({ dishwasher: 0.49, fridge: 0.75 })
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

test('what a week taught is known on a day whose slots have another length', async () => {
  for (const [before, at] of [
    [900, 60],
    [60, 900],
  ] as const) {
    const day = (index: number, slotS: SlotS, powerW: number) => curveOfW(addDays(firstDay, index), slotS, () => powerW)
    const days = [...Array.from({ length: 7 }, (_, index) => day(index, before, 80)), day(7, at, 200)]
    const ask = { household: householdOf(null), days, from: 7, to: 8 }
    const [result] = await createDisaggregator().disaggregate(ask)
    expect(result?.columns.get('standby')?.every((powerW) => powerW === 80)).toBe(true)
  }
})

test('a home that is first measured an hour before midnight has standby in all of its first night', async () => {
  const [evening, next] = [dayOfW(firstDay, () => 80), dayOfW(addDays(firstDay, 1), () => 80)]
  lose(evening, 0, 23 * 60)
  const ask = { household: householdOf(null), days: [evening, next], from: 0, to: 2 }
  const results = await createDisaggregator().disaggregate(ask)
  const [first, second] = results.map(({ columns }) => columns.get('standby'))
  expect(first?.subarray(23 * 60)).toEqual(new Float32Array(60).fill(80))
  expect(second).toEqual(new Float32Array(1440).fill(80))
})

test('the morning after a day without readings is told by all of its own day, not by the hours that the day before sees', async () => {
  const [silent, next] = daysOfW(2, (_, slot) => (slot < 200 ? 300 : 80)) as [DayCurve, DayCurve]
  lose(silent, 0, 1440)
  const ask = { household: householdOf(null), days: [silent, next], from: 1, to: 2 }
  const [told] = await createDisaggregator().disaggregate(ask)
  expect(told?.columns.get('standby')).toEqual(new Float32Array(1440).fill(80))
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

test('in a home without a kettle, what may be one or a microwave is the microwave, unless it is too strong for one', async () => {
  // A pulse of three minutes each noon, of which both heads half believe.
  const minute = networkSaying('minutes', {
    kettle: (powerW) => (powerW > 1000 ? [0.6, powerW - 100] : [0, 0]),
    microwave: (powerW) => (powerW > 1000 ? [0.3, powerW - 100] : [0, 0]),
  })
  const disaggregator = createDisaggregator({ minute })
  const microwaveWh = async (pulseW: number, ...others: 'kettle'[]) => {
    const days = daysOfW(9, (_, slot) => (slot >= 720 && slot < 723 ? 100 + pulseW : 100))
    const household = householdWith('microwave', ...others)
    const [told] = await disaggregator.disaggregate({ household, days, from: 7, to: 8 })
    return (told?.columns.get('microwave') ?? new Float32Array(0)).reduce((sum, powerW) => sum + powerW, 0) / 60
  }
  expect(await microwaveWh(1500)).toBeCloseTo(75, 0)
  expect(await microwaveWh(1500, 'kettle')).toBeLessThan(50)
  expect(await microwaveWh(2800)).toBeLessThan(0.7 * 140)
})
