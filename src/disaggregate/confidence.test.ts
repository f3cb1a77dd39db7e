import { describe, expect, test } from 'vitest'
import { confidenceOf } from './confidence.ts'

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
  })

  test('is 0 for what cannot be told apart', () => {
    expect(confidenceOf('tv', 60, clear, home(7), [])).toBe(0)
    expect(confidenceOf('kettle', 60, clear, home(7), [])).toBe(0)
    expect(confidenceOf('standby', 60, clear, undefined, [])).toBe(0)
  })

  test('is more than 0 as soon as anything is measured', () => {
    const firstMinutes = { days: 0, measuredDays: 0.01, standbyW: undefined }
    expect(confidenceOf('kettle', 60, clear, firstMinutes, ['kettle'])).toBeGreaterThan(0)
    expect(confidenceOf('standby', 60, clear, firstMinutes, [])).toBe(0)
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
