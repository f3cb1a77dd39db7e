import { describe, expect, test } from 'vitest'
import { daysOfW, householdWith, networkSaying } from '../../test/support/made-up-homes.ts'
import { createDisaggregator } from './index.ts'
import { switchingLoadOf } from './switching-load.ts'

const minutes = 2048
const heightW = 2500

/** What an air conditioner draws from one minute to another: nine minutes of half an hour, each a little longer or shorter, its edges within a minute. */
function coolingW(from: number, to: number): Float32Array {
  const powerW = new Float32Array(minutes)
  for (let [start, cycle] = [from, 0]; start < to; start += 28 + (cycle % 3), cycle++) {
    const on = 9 + (cycle % 2)
    powerW.fill(heightW, start + 1, start + on)
    powerW[start] = (heightW * (1 + (cycle % 4))) / 4
    powerW[start + on] = heightW / 3
  }
  return powerW
}

/** Adds a load of so much for so many minutes [W]. */
function lay(powerW: Float32Array, start: number, length: number, watts: number): void {
  for (let slot = start; slot < start + length; slot++) powerW[slot] = (powerW[slot] ?? 0) + watts
}

/** A home that draws 150 W, a compressor of 90 W, and what is given. */
function homeW(othersW: Float32Array = new Float32Array(minutes)): Float32Array {
  return othersW.map((watts, slot) => watts + 150 + (slot % 50 < 18 ? 90 : 0))
}

const allMeasured = new Float32Array(minutes).fill(1)

function sumOf(powerW: Iterable<number>): number {
  let sumW = 0
  for (const watts of powerW) sumW += watts
  return sumW
}

describe('a load that switches at one height for hours', () => {
  test('is found to a hundredth, and nothing beside it', () => {
    const truthW = coolingW(600, 1200)
    const loadW = switchingLoadOf(homeW(truthW), allMeasured) ?? new Float32Array(minutes)
    expect(sumOf(loadW) / sumOf(truthW)).toBeCloseTo(1, 2)
    for (const [slot, watts] of loadW.entries()) {
      if (slot < 599 || slot > 1240) expect(watts).toBe(0)
      expect(Math.abs(watts - (truthW[slot] ?? 0))).toBeLessThan(100)
    }
  })

  test('is found beside a kettle that begins with a pulse of it, a wash that runs through some, and a second such load', () => {
    const truthW = coolingW(600, 1200)
    const others = new Float32Array(minutes)
    const at = truthW.findIndex((watts, slot) => slot > 760 && watts === heightW && truthW[slot - 2] === 0)
    lay(others, at, 3, 2900)
    lay(others, 900, 25, 2050)
    for (let start = 1400; start < 1800; start += 24) lay(others, start, 12, 800)
    const loadW = switchingLoadOf(homeW(truthW.map((watts, slot) => watts + (others[slot] ?? 0))), allMeasured)
    const firstW = loadW?.slice(600, 1300) ?? new Float32Array(0)
    expect(sumOf(firstW) / sumOf(truthW)).toBeCloseTo(1, 2)
    expect(sumOf(firstW.slice(at - 600, at - 597)) / (3 * heightW)).toBeCloseTo(1, 1)
    const secondShare = sumOf(loadW?.slice(1390, 1830) ?? []) / (17 * 12 * 800)
    expect(secondShare).toBeGreaterThan(0.8)
    expect(secondShare).toBeLessThanOrEqual(1.02)
  })

  test('takes nothing beside itself through a meter that rounds', () => {
    const powerW = homeW(coolingW(600, 1200)).map(
      (watts, slot) => 500 * Math.round((watts + (slot % 24 < 9 ? 120 : 0)) / 500),
    )
    const loadW = switchingLoadOf(powerW, allMeasured)
    expect(sumOf(loadW ?? [])).toBeGreaterThan(0)
    expect(sumOf(loadW?.filter((_, slot) => slot < 599 || slot > 1240) ?? [])).toBe(0)
  })

  test('is no more than the meter shows, and nothing where that was not measured', () => {
    const measured = allMeasured.slice().fill(0, 800, 840)
    // For a minute of each pulse a roof's own sun covers most of what is drawn.
    const sunny = (slot: number) => slot > 900 && slot % 29 === 12
    const powerW = homeW(coolingW(600, 1200)).map((watts, slot) =>
      measured[slot] === 1 ? watts / (sunny(slot) ? 10 : 1) : 0,
    )
    const loadW = switchingLoadOf(powerW, measured)
    expect(loadW).toBeDefined()
    for (const [slot, watts] of loadW?.entries() ?? []) expect(watts).toBeLessThanOrEqual(powerW[slot] ?? 0)
    expect(sumOf(loadW?.slice(800, 840) ?? [])).toBe(0)
  })
})

/** The sum of twelve draws from 0 to 1, less its mean: nearly normal, of standard deviation 1. */
let state = 1
function noise(): number {
  let sum = -6
  for (let draw = 0; draw < 12; draw++) {
    state = (state * 48_271) % 2_147_483_647
    sum += state / 2_147_483_647
  }
  return sum
}

describe('none is', () => {
  test('a home at rest, or one that was not measured', () => {
    expect(switchingLoadOf(homeW(), allMeasured)).toBeUndefined()
    expect(switchingLoadOf(new Float32Array(minutes), new Float32Array(minutes))).toBeUndefined()
  })

  test.each([
    ['noise of 300 W', (watts: number) => watts + 300 * noise()],
    [
      'a meter that rounds to 500 W',
      (watts: number, slot: number) => 500 * Math.round((watts + (slot % 24 < 9 ? 120 : 0)) / 500),
    ],
  ])('%s, through a whole window or what is measured of it so far', (_, shown) => {
    const running = allMeasured.slice().fill(0, 0, 1100)
    for (let draw = 0; draw < 5; draw++) {
      const powerW = homeW().map(shown)
      expect(switchingLoadOf(powerW, allMeasured)).toBeUndefined()
      const soFarW = powerW.map((watts, slot) => watts * (running[slot] ?? 0))
      expect(switchingLoadOf(soFarW, running)).toBeUndefined()
    }
  })

  test.each([
    [
      'a kettle that boils every 83 minutes',
      Array.from({ length: 20 }, (_, boil) => [100 + 83 * boil + ((boil * 37) % 29), 4]),
      2200,
    ],
    [
      'a dishwasher that heats twice a run',
      [
        [300, 16],
        [345, 14],
        [1100, 16],
        [1145, 14],
        [1700, 16],
        [1745, 14],
      ],
      2000,
    ],
    ['pulses of two minutes', Array.from({ length: 30 }, (_, pulse) => [400 + 8 * pulse, 2]), 2200],
    [
      'what is on now for five, now for forty minutes',
      Array.from({ length: 12 }, (_, at) => [300 + 60 * at, at % 3 === 0 ? 40 : 5]),
      2200,
    ],
    [
      'what rests now for five, now for fifty minutes',
      Array.from({ length: 12 }, (_, at) => [300 + 37 * at + (at % 2) * 16, 9]),
      2200,
    ],
    ['five pulses in a row', Array.from({ length: 5 }, (_, pulse) => [400 + 25 * pulse, 9]), 2200],
    ['a compressor of a kitchen', Array.from({ length: 30 }, (_, cycle) => [60 + 60 * cycle, 20]), 180],
  ])('%s', (_, pulses, watts) => {
    const powerW = homeW()
    for (const [start = 0, length = 0] of pulses) lay(powerW, start, length, watts)
    expect(switchingLoadOf(powerW, allMeasured)).toBeUndefined()
  })
})

describe('in a home with such a load', () => {
  const loadW = coolingW(600, 1200)
  /** Three days with a short pulse in the morning and one while the load is on, which the second day has if asked. */
  const daysWith = (load: boolean) =>
    daysOfW(3, (index, slot) => {
      const isPulse = (slot >= 400 && slot < 403) || (slot >= 661 && slot < 664)
      return 100 + (load && index === 1 ? (loadW[slot] ?? 0) : 0) + (isPulse ? 2000 : 0)
    })
  const isHigh = (powerW: number): [number, number] => (powerW > 1500 ? [0.95, 2000] : [0, 0])

  test('other appliances are told as without it, each pulse once, and the load is left to small appliances', async () => {
    // The network sees kettles in whatever is high, and half believes in microwaves there.
    const minute = networkSaying('minutes', {
      kettle: isHigh,
      microwave: (powerW) => (powerW > 1500 ? [0.6, 1400] : [0, 0]),
    })
    const told = async (load: boolean) => {
      const ask = { household: householdWith('kettle', 'microwave'), days: daysWith(load), from: 1, to: 2 }
      return (await createDisaggregator({ minute }).disaggregate(ask))[0]
    }
    const [beside, without] = [await told(true), await told(false)]
    expect(beside?.runs).toHaveLength(2)
    expect(beside?.runs).toEqual(without?.runs)
    expect(beside?.columns).toEqual(without?.columns)
  })

  test.each(['airConditioner', 'waterHeater', 'oven', 'tumbleDryer'] as const)(
    '%s may be that load',
    async (appliance) => {
      const head = appliance === 'waterHeater' ? 'boiler' : appliance
      const minute = networkSaying('minutes', { [head]: isHigh })
      const ask = { household: householdWith(appliance), days: daysWith(true), from: 1, to: 2 }
      const [told] = await createDisaggregator({ minute }).disaggregate(ask)
      expect(sumOf(told?.columns.get(appliance) ?? []) / sumOf(loadW)).toBeGreaterThan(0.7)
    },
  )
})
