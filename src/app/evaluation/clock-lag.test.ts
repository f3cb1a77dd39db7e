import { expect, test } from 'vitest'
import type { CivilDay } from '../../energy/civil-time.ts'
import { clockLagMinutes } from './clock-lag.ts'
import type { SubMeter } from './sub-metered-home.ts'

/** A kettle that boils for three minutes once in 97, in a home in which other things are switched. */
const kettleW = Float32Array.from({ length: 5760 }, (_, minute) => (minute % 97 < 3 ? 2000 : 0))
const homeW = Float64Array.from(kettleW, (watts, minute) => watts + 150 + (minute % 41 < 6 ? 900 : 0))
const day = {
  day: '2026-02-03' as CivilDay,
  startAt: 0,
  slotS: 60,
  powerW: homeW,
  measured: homeW.map(() => 1),
} as const

function lagOf(powerW: Float32Array): number {
  const meter: SubMeter = {
    appliance: 'kettle',
    powerW,
    mask: new Uint8Array(powerW.length).fill(1),
    lackedMinutes: new Uint8Array(powerW.length),
    shareOfMeter: 0.1,
    runs: [],
  }
  return clockLagMinutes(meter, [{ ...day, measured: new Uint8Array(homeW.length).fill(1) }])
}

test('a clock that is behind or ahead is told by how much', () => {
  for (const lag of [-2, -1, 0, 1, 3]) {
    expect(lagOf(kettleW.map((_, minute) => kettleW[minute - lag] ?? 0))).toBe(lag)
  }
})

test('a total in which the appliance is not tells no lag', () => {
  const elsewhere = Float32Array.from({ length: 5760 }, (_, minute) => (minute % 83 < 4 ? 1800 : 0))
  expect(lagOf(elsewhere)).toBe(0)
})

test('minutes that begin half a minute apart are no lag, and too few rises tell none', () => {
  expect(lagOf(kettleW.map((watts, minute) => (watts + (kettleW[minute - 1] ?? 0)) / 2))).toBe(0)
  expect(lagOf(kettleW.map((_, minute) => (minute < 970 ? (kettleW[minute - 2] ?? 0) : 0)))).toBe(0)
})
