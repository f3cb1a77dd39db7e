import { expect, test } from 'vitest'
import { type CivilDay, dayInterval } from '../energy/civil-time.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { stepOf } from './meter-steps.ts'

const day = '2026-03-02' as CivilDay
const minutes = Array.from({ length: 1440 }, (_, minute) => minute)

/** A home with a fridge, lights, an oven, a microwave oven and kettles; it hums by a few watts [W]. */
const drawnW = minutes.map((minute) => {
  const fridge = minute % 47 < 13 ? 90 : 0
  const lights = minute > 1000 ? 130 : 0
  const kettle = minute % 101 < 3 ? 2000 : 0
  const microwave = minute % 223 < 4 ? 1300 : 0
  const oven = minute >= 700 && minute < 800 && minute % 9 < 5 ? 1200 : 0
  return 233 + fridge + lights + kettle + microwave + oven + ((minute * 7919) % 17) / 3
})

const roundedTo = (stepW: number, powerW = drawnW) => powerW.map((watts) => Math.round(watts / stepW) * stepW)

/** As minutes show readings that arrive some seconds past them. */
function late(powerW: readonly number[], mostS: number): number[] {
  return powerW.map((watts, minute) => {
    const lateShare = (((minute * 7919) % 101) / 100) * (mostS / 60)
    return lateShare * (powerW[minute - 1] ?? watts) + (1 - lateShare) * watts
  })
}

/** Beside a register that is read once a quarter-hour and counts what is drawn: its energy scales the minutes. */
function besideRegister(powerW: readonly number[]): number[] {
  const quarterOf = (values: readonly number[], minute: number) =>
    values.slice(minute - (minute % 15), minute - (minute % 15) + 15).reduce((sum, watts) => sum + watts, 0)
  return powerW.map((watts, minute) => (watts * quarterOf(drawnW, minute)) / quarterOf(powerW, minute))
}

/** Of a meter that tells of its power only where it changed by more than a threshold. */
function silentBelow(thresholdW: number): number[] {
  let toldW = 0
  return drawnW.map((watts) => {
    if (Math.abs(watts - toldW) > thresholdW) toldW = watts
    return toldW
  })
}

/** A register that counts so many Wh, minute by minute. */
function pulsesOf(stepWh: number): number[] {
  let countedWh = 0
  return drawnW.map((watts) => {
    countedWh += watts / 60
    const shownWh = Math.floor(countedWh / stepWh) * stepWh
    countedWh -= shownWh
    return shownWh * 60
  })
}

function stepIn(values: readonly number[], slotS: SlotS = 60): number {
  const powerW = Float64Array.from(values)
  const curve: DayCurve = {
    day,
    startAt: dayInterval(day, 'Europe/Rome').fromAt,
    slotS,
    powerW,
    measured: new Uint8Array(powerW.length).fill(1),
  }
  return stepOf(curve)
}

test.each([50, 100, 200, 500])(
  'steps of %d W show, also in readings that arrive up to 2 s past the minute',
  (stepW) => {
    expect(stepIn(roundedTo(stepW))).toBe(stepW)
    const lateW = stepIn(late(roundedTo(stepW), 2))
    expect(lateW).toBeGreaterThan(0.9 * stepW)
    expect(lateW).toBeLessThan(1.05 * stepW)
  },
)

test('one odd minute hides no step', () => {
  const powerW = roundedTo(200)
  powerW[600] = (powerW[600] ?? 0) + 7
  expect(stepIn(powerW)).toBe(200)
})

test('steps show beside a register that scales the minutes of each quarter-hour', () => {
  const stepW = stepIn(besideRegister(roundedTo(200)))
  expect(stepW).toBeGreaterThan(120)
  expect(stepW).toBeLessThan(240)
})

test('a meter that is silent below a threshold has steps of about that, and shows no compressor', () => {
  const stepW = stepIn(besideRegister(silentBelow(300)))
  expect(stepW).toBeGreaterThan(150)
  expect(stepW).toBeLessThan(1300)
})

test.each([1, 2, 10])('pulses of %d Wh are steps', (stepWh) => {
  expect(stepIn(pulsesOf(stepWh))).toBe(60 * stepWh)
})

test('the step is the largest that most changes are multiples of, in quarter-hours as well', () => {
  const levels = [0, 400, 1600, 800, 800, 1600, 400]
  expect(
    stepIn(
      minutes.slice(0, 96).map((slot) => levels[slot % 7] ?? 0),
      900,
    ),
  ).toBe(400)
})

test('neither what is drawn, nor noise, nor a few loads of one height each are steps', () => {
  expect(stepIn(drawnW)).toBeLessThan(5)
  expect(stepIn(besideRegister(drawnW))).toBeLessThan(5)
  expect(stepIn(drawnW.map((watts, minute) => watts + ((minute * 7919) % 101) * 2))).toBeLessThan(5)
  const fewLoads = minutes.map((minute) => 100 + (minute % 47 < 13 ? 80 : 0) + (minute % 101 < 3 ? 1950 : 0))
  expect(stepIn(fewLoads)).toBe(0)
  const fridgeW = (minute: number) => 95 + ((Math.floor(minute / 47) * 7) % 13) - 6
  const calm = minutes.map((minute) => 60 + (minute % 47 < 13 ? fridgeW(minute) : 0) + (minute % 301 < 3 ? 1950 : 0))
  expect(stepIn(calm)).toBe(0)
  const toldInTens = roundedTo(10).map((watts, minute) => watts + (minute % 2 === 0 ? 0 : 10))
  expect(stepIn(toldInTens)).toBeLessThan(11)
})

test('what changes on the bounds of quarter-hours alone, or too seldom, shows no step', () => {
  expect(stepIn(minutes.map((minute) => 300 + 37 * (Math.floor(minute / 15) ** 2 % 23)))).toBeLessThan(38)
  expect(stepIn(minutes.map((minute) => 200 * (Math.floor(minute / 240) % 4)))).toBe(0)
})
