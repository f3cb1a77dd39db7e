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
} from '../../test/support/made-up-homes.ts'
import { addDays, type CivilDay } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
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
