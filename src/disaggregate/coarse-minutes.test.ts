import { expect, test } from 'vitest'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, dayInterval } from '../energy/civil-time.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { inQuarters } from '../energy/quarter-hours.ts'
import { asQuarters, betweenMeasured, inMinutes, isCoarse, readingsApartS } from './coarse-minutes.ts'

const day = '2026-03-02' as CivilDay

/** A home that never draws the same for two minutes, with a fridge and a kettle. */
function fineW(minute: number): number {
  const fridge = minute % 47 < 13 ? 90 : 0
  const kettle = minute % 300 < 3 ? 2000 : 0
  return 140 + fridge + kettle + ((minute * 7919) % 17)
}

function dayOf(powerOf: (minute: number) => number, measured = 1440): DayCurve {
  const powerW = Float64Array.from({ length: 1440 }, (_, minute) => (minute < measured ? powerOf(minute) : 0))
  const flags = Uint8Array.from(powerW, (_, minute) => (minute < measured ? 1 : 0))
  return { day, startAt: dayInterval(day, 'Europe/Rome').fromAt, slotS: 60, powerW, measured: flags }
}

/** What a meter shows that is asked every so many minutes, and holds on. */
const heldFor =
  (minutes: number, first = 0) =>
  (minute: number) =>
    fineW(minute - ((minute - first + minutes) % minutes))

/** What a meter shows that reports a change of so many watts, and nothing else [W]. */
function reported(leastW: number): (minute: number) => number {
  const shownW: number[] = []
  for (let minute = 0; minute < 1440; minute++) {
    const [lastW, hereW] = [shownW.at(-1) ?? 0, fineW(minute)]
    shownW.push(Math.abs(hereW - lastW) >= leastW ? hereW : lastW)
  }
  return (minute) => shownW[minute] ?? 0
}

const quarters = inQuarters(dayOf(fineW))
const quarterW = (minute: number) => quarters.powerW[Math.floor(minute / 15)] ?? 0

test.each<[string, (minute: number) => number]>([
  ['quarter-hours', quarterW],
  ['quarter-hours with one power reading', (minute) => (minute >= 723 && minute < 728 ? 532 : quarterW(minute))],
  ['quarter-hours until the evening, then minutes', (minute) => (minute < 1080 ? quarterW(minute) : fineW(minute))],
  ['a meter that is asked every five minutes', heldFor(5)],
  ['the same in whole watts', (minute) => Math.round(heldFor(5)(minute))],
  ['one that is asked every ten minutes', heldFor(10)],
  [
    'one that is asked every ten minutes, half a minute past',
    (minute) => (heldFor(10)(minute) + heldFor(10)(Math.max(0, minute - 1))) / 2,
  ],
  ['ten minutes until the evening, then minutes', (minute) => (minute < 1080 ? heldFor(10)(minute) : fineW(minute))],
  ['every ten minutes with one reading between', (minute) => (minute === 725 ? 532 : heldFor(10)(minute))],
  ['every twelve minutes', heldFor(12)],
  ['every quarter-hour, seven minutes past its bound', heldFor(15, 7)],
  ['every twenty minutes', heldFor(20)],
  ['every hour', heldFor(60)],
  ['every hour, seven minutes past', heldFor(60, 7)],
])('minutes that repeat %s are coarse', (_name, powerOf) => {
  expect(isCoarse(dayOf(powerOf))).toBe(true)
})

test.each<[string, (minute: number) => number]>([
  ['a meter of minutes', fineW],
  ['one that rounds to 60 W', (minute) => Math.round(fineW(minute) / 60) * 60],
  ['one that is asked every two minutes', heldFor(2)],
  [
    'minutes until noon, then quarter-hours for six hours',
    (minute) => (minute < 720 ? fineW(minute) : quarterW(minute)),
  ],
  ['a constant load', () => 80],
  ['an empty home with a fridge', (minute) => 80 + (minute % 25 < 9 ? 90 : minute % 25 < 10 ? 37 : 0)],
  ['a register of 1 Wh', (minute) => 60 * (Math.floor((minute + 1) * 2.3) - Math.floor(minute * 2.3))],
  ['one that reports changes of 20 W', reported(20)],
  ['one with a compressor that switches on the minute', (minute) => 60 + (minute % 45 < 18 ? 95 : 0)],
  ['an empty home whose meter rounds to 50 W', (minute) => 100 + (minute % 47 < 13 + (minute % 5) ? 100 : 0)],
])('those of %s are not', (_name, powerOf) => {
  for (const measured of [30, 60, 240, 480, 1080]) expect(isCoarse(dayOf(powerOf, measured))).toBe(false)
})

test('a day that does not show it yet is as the day before', () => {
  const hourly = dayOf(heldFor(60), 180)
  expect(isCoarse(hourly)).toBe(false)
  expect(isCoarse(hourly, dayOf(heldFor(60)))).toBe(true)
  expect(isCoarse(hourly, dayOf(fineW))).toBe(false)
  expect(isCoarse(dayOf(fineW, 180), dayOf(heldFor(60)))).toBe(false)
})

test.each<[string, (minute: number) => number, number]>([
  ['minutes every ten', heldFor(10), 600],
  ['minutes every twenty', heldFor(20), 1200],
  ['minutes every hour', heldFor(60), 3600],
  [
    'minutes every hour until the evening, then all',
    (minute) => (minute < 1080 ? heldFor(60)(minute) : fineW(minute)),
    3600,
  ],
])('%s were read so far apart', (_name, powerOf, apartS) => {
  expect(readingsApartS(dayOf(powerOf))).toBe(apartS)
})

test.each<[string, number, number, number]>([
  ['quarter-hours', 15, 0, 900],
  ['half-hours', 30, 0, 1800],
  ['half-hours, seven minutes past', 30, 7, 1800],
  ['hours', 60, 0, 3600],
  ['hours, seven minutes past', 60, 7, 3600],
])('the energy of %s is told as such from the quarter-hours it is spread over', (_name, minutes, first, apartS) => {
  expect(readingsApartS(inQuarters(dayOf(heldFor(minutes, first))))).toBe(apartS)
})

test('of minutes that repeat quarter-hours any says what its quarter-hour draws', () => {
  const day = dayOf(heldFor(15))
  for (let minute = 0; minute < 1440; minute++)
    if (minute % 15 >= 5) [day.powerW[minute], day.measured[minute]] = [0, 0]
  expect(isCoarse(day)).toBe(true)
  const { powerW, measured, knownShare } = asQuarters(day)
  expect(measured).not.toContain(0)
  expect(powerW.every((quarterW, quarter) => quarterW === fineW(quarter * 15))).toBe(true)
  expect(knownShare?.every((share) => share === Math.fround(1 / 3))).toBe(true)
})

test('a quarter-hour of which some minutes lack at its bounds is one all the same', () => {
  const day = dayOf(quarterW)
  for (let minute = 0; minute < 1440; minute++) if (minute % 15 < 5) [day.powerW[minute], day.measured[minute]] = [0, 0]
  expect(isCoarse(day)).toBe(true)
})

test('a run begins and ends with minutes that were measured, whichever day tells of it', () => {
  const days = [dayOf(() => 1000), dayOf(() => 1000)].map((day, index) => ({
    ...day,
    startAt: day.startAt + index * 86_400_000,
  }))
  const [evening, morning] = days as [DayCurve, DayCurve]
  evening.measured.fill(0, 1395, 1402)
  morning.measured.fill(0, 67, 75)
  const at = (minute: number) => evening.startAt + minute * 60_000
  const over = { appliance: 'dishwasher' as const, startAt: at(1395), stopAt: at(1440 + 75), energyWh: 900 }
  const whole = { ...over, startAt: at(1402), stopAt: at(1440 + 67) }
  expect(betweenMeasured([over], [evening, morning])).toEqual([whole])
  // Of a day of fine minutes, and of one that is not at hand, the ends are as they were told.
  expect(betweenMeasured([over], [evening])).toEqual([{ ...whole, stopAt: over.stopAt }])
  expect(betweenMeasured([over], [])).toEqual([over])
})

test('columns of quarter-hours keep their energy in minutes, but for less than 1/16 W, and stay within the meter', () => {
  const minutes = dayOf(fineW)
  minutes.measured.fill(0, 600, 603)
  minutes.powerW.fill(0, 600, 603)
  const told = inQuarters(minutes)
  const asTold = new Map<ApplianceKey, Float32Array>([
    ['kettle', Float32Array.from(told.powerW, (powerW) => Math.floor(powerW * 8) / 16)],
    ['standby', Float32Array.from(told.powerW, (powerW) => Math.floor(powerW * 8) / 16)],
  ])
  const columns = inMinutes(minutes, told, asTold)
  for (const [appliance, column] of columns) {
    const lostW = told.powerW.map((_, quarter) => {
      const own = column.subarray(quarter * 15, quarter * 15 + 15)
      const measured = minutes.measured.subarray(quarter * 15, quarter * 15 + 15)
      return (
        (asTold.get(appliance)?.[quarter] ?? 0) - own.reduce((a, b) => a + b, 0) / measured.reduce((a, b) => a + b, 0)
      )
    })
    expect(Math.max(...lostW)).toBeLessThan(1 / 16)
    expect(Math.min(...lostW)).toBeGreaterThanOrEqual(0)
  }
  minutes.powerW.forEach((powerW, slot) => {
    const sumW = [...columns.values()].reduce((sum, column) => sum + (column[slot] ?? 0), 0)
    expect(sumW).toBeLessThanOrEqual(powerW)
  })
})
