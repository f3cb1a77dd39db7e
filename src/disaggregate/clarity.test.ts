import { expect, test } from 'vitest'
import { type CivilDay, dayInterval } from '../energy/civil-time.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { inQuarters } from '../energy/quarter-hours.ts'
import { clarityOf, hazeOf } from './clarity.ts'
import { asQuarters } from './coarse-minutes.ts'
import type { Head } from './heads.ts'

const day = '2026-03-02' as CivilDay

/** A home with a fridge, ten kettles, an oven, and two hours of a car. */
function drawnW(minute: number): number {
  const fridge = minute % 47 < 13 ? 90 : 0
  const kettle = minute % 144 < 3 ? 2000 + (minute % 5) : 0
  const car = minute >= 1200 && minute < 1320 ? 3600 : 0
  const oven = minute >= 700 && minute < 800 && minute % 9 < 5 ? 1200 : 0
  return 140 + fridge + kettle + oven + car + ((minute * 7919) % 17) / 3
}

function dayOf(powerOf: (minute: number) => number | null): DayCurve {
  const values = Array.from({ length: 1440 }, (_, minute) => powerOf(minute))
  const powerW = Float64Array.from(values, (value) => value ?? 0)
  const measured = Uint8Array.from(values, (value) => (value === null ? 0 : 1))
  return { day, startAt: dayInterval(day, 'Europe/Rome').fromAt, slotS: 60, powerW, measured }
}

const clarity = (powerOf: (minute: number) => number | null, head: Head | undefined) =>
  clarityOf(hazeOf(dayOf(powerOf)), head)

// Shares of the F1 of runs as recorded, under noise of 50 and 100 W, of two homes (docs/accuracy.md, "Through other meters").
test.each<[Head, number, number, number]>([
  ['washingMachine', 48, 0.75, 0.79],
  ['washingMachine', 95, 0.34, 0.44],
  ['dishwasher', 48, 0.94, 0.97],
  ['kettle', 95, 0.98, 0.98],
  ['microwave', 95, 0.71, 0.86],
])('a %s under a blur of %d W keeps about what recordings keep', (head, blurW, least, most) => {
  const clear = hazeOf(dayOf(drawnW))
  const kept = clarityOf({ ...clear, blurW }, head)
  expect(kept).toBeGreaterThan(least - 0.05)
  expect(kept).toBeLessThan(most + 0.05)
})

test('a clear curve takes nothing from any figure', () => {
  for (const head of ['fridge', 'kettle', 'shower', 'electricVehicle', undefined] as const)
    expect(clarity(drawnW, head)).toBe(1)
})

test.each<[string, (minute: number) => number | null, Head | undefined, Head | undefined]>([
  ['a ceiling hides what draws more, and no fridge', (minute) => Math.min(1000, drawnW(minute)), 'kettle', 'fridge'],
  [
    'steps of 100 W hide a fridge, and no kettle',
    (minute) => Math.round(drawnW(minute) / 100) * 100,
    'fridge',
    'kettle',
  ],
  [
    'steps of 1 kW hide a kettle, and no shower',
    (minute) => Math.round(drawnW(minute) / 1000 + 1) * 1000,
    'kettle',
    'shower',
  ],
  ['noise hides what draws as little', (minute) => drawnW(minute) + ((minute * 7919) % 101) * 2, 'fridge', 'kettle'],
  [
    'noise hides a drum, and no kettle',
    (minute) => drawnW(minute) + ((minute * 7919) % 101) * 2,
    'washingMachine',
    'kettle',
  ],
  ['noise hides standby', (minute) => drawnW(minute) + ((minute * 7919) % 101) * 2, undefined, 'kettle'],
])('%s', (_name, powerOf, hidden, shown) => {
  expect(clarity(powerOf, hidden)).toBeLessThanOrEqual(0.75)
  expect(clarity(powerOf, shown)).toBe(1)
})

test.each<[string, (minute: number) => number | null]>([
  ["a roof's own sun", (minute) => (minute > 540 && minute < 1020 ? 0 : drawnW(minute))],
  ['a gap of hours', (minute) => (minute > 300 && minute < 900 ? null : drawnW(minute))],
  ['a meter that stands still', () => 3000],
])('%s hides something of everything', (_name, powerOf) => {
  for (const head of ['fridge', 'kettle', undefined] as const) expect(clarity(powerOf, head)).toBeLessThan(0.85)
})

test('the sun hides as much where every third minute alone was measured, and two short rests beside a gap are no long one', () => {
  const sun = (minute: number) => (minute % 60 < 45 ? 0 : drawnW(minute))
  expect(hazeOf(dayOf(sun)).hiddenShare).toBeCloseTo(0.75)
  expect(hazeOf(dayOf((minute) => (minute % 3 === 0 ? sun(minute) : null))).hiddenShare).toBeCloseTo(0.75)
  const rests = (minute: number) =>
    minute < 600 || minute >= 760 ? drawnW(minute) : minute < 620 || minute >= 740 ? 0 : null
  expect(hazeOf(dayOf(rests)).hiddenShare).toBe(0)
})

test('pulses of a register blur as the steps that they are, and noise that a meter rounds as the noise that it is', () => {
  const noise = (minute: number) => ((minute * 7919) % 101) * 2
  const rounded = (minute: number) => Math.round((drawnW(minute) + noise(minute)) / 10) * 10
  expect(hazeOf(dayOf(rounded)).blurW).toBeGreaterThan(60)
  let countedWh = 0
  const pulses = Array.from({ length: 1440 }, (_, minute) => {
    countedWh += (drawnW(minute) + 60) / 60
    const wholeWh = Math.floor(countedWh)
    countedWh -= wholeWh
    return wholeWh * 60
  })
  expect(hazeOf(dayOf((minute) => pulses[minute] ?? 0)).blurW).toBe(30)
})

test('one minute that is no multiple of a step makes a day no clearer', () => {
  const rounded = (minute: number) => Math.round(drawnW(minute) / 100) * 100
  const odd = (minute: number) => rounded(minute) + (minute === 700 ? 7 : 0)
  expect(clarity(odd, 'fridge')).toBe(clarity(rounded, 'fridge'))
  expect(clarity(odd, 'fridge')).toBeLessThan(0.8)
})

test('a meter that is silent of changes below 300 W hides a fridge and a drum, and no shower', () => {
  let toldW = 0
  const told = Array.from({ length: 1440 }, (_, minute) => {
    const watts = drawnW(minute) + (minute % 61) * 3
    if (Math.abs(watts - toldW) > 300) toldW = watts
    return toldW
  })
  for (const head of ['fridge', 'washingMachine'] as const)
    expect(clarity((minute) => told[minute] ?? 0, head)).toBeLessThan(0.4)
  expect(clarity((minute) => told[minute] ?? 0, 'shower')).toBeGreaterThan(0.9)
})

test('a ceiling shows beside the energy of quarter-hours, which scales their minutes by a little', () => {
  const scaleOf = (minute: number) => 1 + (((Math.floor(minute / 15) * 7919) % 101) / 100 - 0.5) / 100
  const scaled = (minute: number) => Math.min(1000, drawnW(minute)) * scaleOf(minute)
  expect(hazeOf(dayOf(scaled)).ceilingW).toBeCloseTo(1000, -1)
  expect(clarity(scaled, 'kettle')).toBeLessThan(0.3)
  expect(hazeOf(dayOf((minute) => drawnW(minute) * scaleOf(minute))).ceilingW).toBeUndefined()
})

test('steps blur quarter-hours too, which are means of many', () => {
  expect(hazeOf(inQuarters(dayOf((minute) => 400 * (Math.floor(minute / 15) ** 2 % 7)))).blurW).toBe(80)
})

test('a meter stands still that shows one power for six hours: a home may rest for less', () => {
  const restOf = (minutes: number) => hazeOf(dayOf((minute) => (minute < minutes ? 80 : null)))
  expect([300, 361].map((minutes) => restOf(minutes).isConstant)).toEqual([false, true])
})

test('what only looks like a ceiling, like steps, like noise or like sun hides nothing', () => {
  const everyThird = (minute: number) => (minute % 3 === 0 ? drawnW(minute) : null)
  expect(hazeOf(dayOf(everyThird)).blurW).toBe(0)
  const car = (minute: number) =>
    Math.round(minute >= 1200 && minute < 1320 ? 3750 + (minute % 3) : drawnW(minute) % 3600)
  expect(hazeOf(dayOf(car)).ceilingW).toBeUndefined()
  const startOfDay = (minute: number) => (minute >= 30 ? null : minute >= 20 ? 290 : 200)
  expect(clarity(startOfDay, 'fridge')).toBe(1)
  const boiler = (minute: number) => (minute % 240 < 20 ? 1300 : 100)
  expect(hazeOf(dayOf(boiler)).blurW).toBe(0)
  const pulses = (minute: number) => 600 * (Math.floor((minute + 1) / 12) - Math.floor(minute / 12))
  expect(hazeOf(dayOf(pulses)).hiddenShare).toBe(0)
})

test('the further apart readings are beyond a quarter-hour, the less they show, and of standby more than of all else', () => {
  const hazes = [15, 20, 30, 60].map((minutes) =>
    hazeOf(asQuarters(dayOf((minute) => drawnW(minute - (minute % minutes))))),
  )
  const kettle = hazes.map((haze) => clarityOf(haze, 'kettle'))
  const standby = hazes.map((haze) => clarityOf(haze, undefined))
  expect(kettle).toEqual([1, expect.closeTo(2 / 3), expect.closeTo(1 / 3), 0.1])
  expect(standby).toEqual([1, expect.closeTo(5 / 6), expect.closeTo(2 / 3), 0.5])
})

test('what was not read of quarter-hours is a gap, also where a part of each was', () => {
  const whole = dayOf((minute) => drawnW(minute - (minute % 15)))
  const parts = dayOf((minute) => (minute % 15 < 5 ? drawnW(minute - (minute % 15)) : null))
  expect(hazeOf(inQuarters(whole)).gapShare).toBe(0)
  expect(hazeOf(asQuarters(parts)).gapShare).toBeCloseTo(2 / 3)
})

test('a day that still runs is as clear as what was measured of it', () => {
  expect(clarity((minute) => (minute < 300 ? drawnW(minute) : null), 'kettle')).toBe(1)
})
