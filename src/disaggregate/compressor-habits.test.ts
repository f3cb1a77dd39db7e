import { expect, test } from 'vitest'
import { calmPowerW, factorToUsual, habitsOf, usualPowerW } from './compressor-habits.ts'
import type { Stretch } from './familiar-program.ts'
import type { Session } from './session.ts'

function cycle(start: number, slots: number): Stretch {
  return { start, stop: start + slots }
}

/** Six cycles of 20 minutes, one each hour. */
const clear = Array.from({ length: 6 }, (_, hour) => cycle(60 * hour, 20))

test('a compressor runs and rests as long as the cycles that fill most of the time', () => {
  const flashes = Array.from({ length: 10 }, (_, place) => cycle(400 + 8 * place, 3))
  const habits = habitsOf([clear, flashes])
  expect(habits?.running.medianSlots).toBe(20)
  expect(habits?.resting.medianSlots).toBe(40)
})

test('the time between two sessions is no rest', () => {
  const habits = habitsOf([clear.slice(0, 4), clear.slice(4)])
  expect(habits?.resting.medianSlots).toBe(40)
})

test('few cycles are no habit', () => {
  expect(habitsOf([clear.slice(0, 5)])).toBeUndefined()
  expect(habitsOf([])).toBeUndefined()
})

test('the spread of lengths is that of their logarithms, within what compressors do', () => {
  expect(habitsOf([clear])?.running.spread).toBe(0.25)
  const unsteady = [10, 10, 10, 25, 25, 25, 60].map((slots, place) => cycle(200 * place, slots))
  expect(habitsOf([unsteady])?.running.spread).toBe(0.5)
})

/** A home that draws 200 W and, in these cycles, 100 W more. */
function sessionOf(cycles: readonly Stretch[]): Session {
  const powerW = new Float64Array(720).fill(200)
  for (const { start, stop } of cycles) powerW.fill(300, start, stop)
  return { startAt: 0, slotS: 60, powerW, measured: new Uint8Array(720).fill(1), midnight: 720 }
}

const later = Array.from({ length: 8 }, (_, place) => cycle(30 + 60 * place, 20))
const believed = (powerW: number) => new Float32Array(720).fill(powerW)
const powersW = (session: Session, believedW = 100) => later.map((one) => calmPowerW(session, one, believed(believedW)))

test('a compressor draws what the meter rises by', () => {
  expect(powersW(sessionOf(later))).toEqual(later.map(() => 100))
})

test('cycles beside which something else switches, be it a lamp, do not say what a compressor draws', () => {
  const session = sessionOf(later)
  for (const besideW of [500, 220]) {
    for (const { stop } of later) session.powerW.fill(besideW, stop, stop + 10)
    expect(powersW(session)).toEqual(later.map(() => undefined))
  }
})

test('cycles beside a gap do not say what a compressor draws', () => {
  const session = sessionOf(later)
  for (const { start } of later) session.measured.fill(0, start - 5, start)
  expect(powersW(session)).toEqual(later.map(() => undefined))
})

test('cycles with a gap within do not say what a compressor draws', () => {
  const session = sessionOf(later)
  for (const { start } of later) {
    session.measured.fill(0, start + 3, start + 17)
    session.powerW.fill(0, start + 3, start + 17)
  }
  expect(powersW(session)).toEqual(later.map(() => undefined))
})

test('what a compressor usually draws is the median of its calm cycles, where there are enough', () => {
  const calm = [90, 100, 100, 110, 110, 400].map((calmPowerW) => ({ calmPowerW }))
  expect(usualPowerW([{}, ...calm, {}])).toBe(105)
  expect(usualPowerW(calm.slice(1))).toBeUndefined()
})

test('a stretch in which the meter shows nothing says nothing of what a compressor draws', () => {
  expect(calmPowerW(sessionOf([]), cycle(30, 20), believed(100))).toBeUndefined()
})

test('what draws far more or less than the network says is another load, a heater that switches as calmly', () => {
  const session = sessionOf(later)
  expect(powersW(session, 80)).toEqual(powersW(session))
  for (const believedW of [40, 250]) expect(powersW(session, believedW)).toEqual(later.map(() => undefined))
})

test('a network is held to what a compressor usually draws, and not believed to be off by more than it can be', () => {
  const session = sessionOf(later)
  const factorFrom = (powerW: number, usualW: number | undefined = 100) =>
    factorToUsual(session, usualW, new Float32Array(720).fill(powerW), later)
  expect(factorFrom(80)).toBeCloseTo(1.25)
  expect([20, 500, 0].map((powerW) => factorFrom(powerW))).toEqual([2, 0.5, 1])
  expect(factorToUsual(session, undefined, new Float32Array(720).fill(80), later)).toBe(1)
})

test('what a network says in a gap of a cycle says nothing of what it believes', () => {
  const session = sessionOf(later)
  const believedW = new Float32Array(720).fill(80)
  for (const { start } of later) {
    session.measured.fill(0, start + 3, start + 17)
    believedW.fill(10, start + 3, start + 17)
  }
  expect(factorToUsual(session, 100, believedW, later)).toBeCloseTo(1.25)
})
