import { expect, test } from 'vitest'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, dayInterval } from '../energy/civil-time.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { inQuarters } from '../energy/quarter-hours.ts'
import { inMinutes, isCoarse } from './coarse-minutes.ts'

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
const heldFor = (minutes: number) => (minute: number) => fineW(minute - (minute % minutes))

const quarters = inQuarters(dayOf(fineW))
const quarterW = (minute: number) => quarters.powerW[Math.floor(minute / 15)] ?? 0

test.each<[string, (minute: number) => number]>([
  ['quarter-hours', quarterW],
  ['quarter-hours with one power reading', (minute) => (minute >= 723 && minute < 728 ? 532 : quarterW(minute))],
  ['quarter-hours until the evening, then minutes', (minute) => (minute < 1080 ? quarterW(minute) : fineW(minute))],
  ['a meter that is asked every five minutes', heldFor(5)],
  ['the same in whole watts', (minute) => Math.round(heldFor(5)(minute))],
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
])('those of %s are not', (_name, powerOf) => {
  for (const measured of [30, 60, 240, 1080]) expect(isCoarse(dayOf(powerOf, measured))).toBe(false)
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
