import { describe, expect, test } from 'vitest'
import type { CivilDay } from '../energy/civil-time.ts'
import { confidenceOf, sureBesideHeat, sureOfCycles, unknownHeatS } from './confidence.ts'

const clear = {
  ceilingW: undefined,
  blurW: 1,
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
    for (const [index, share] of [1, 1, 0.825, 0.65, 0.65].entries()) expect(left[index]).toBeCloseTo(share, 5)
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
