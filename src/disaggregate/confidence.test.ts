import { describe, expect, test } from 'vitest'
import { confidenceOf } from './confidence.ts'

const home = (days: number) => ({ days, standbyW: 50 })

describe('the confidence', () => {
  test('grows over the first week of a home and stays', () => {
    const known = [1, 3, 7, 20].map((days) => confidenceOf('kettle', 60, home(days), true))
    expect(known).toEqual([...known].sort())
    expect(known[0]).toBeLessThan(known[1] ?? 0)
    expect(known[2]).toBe(known[3])
  })

  test('is 0 for what cannot be told apart', () => {
    expect(confidenceOf('tv', 60, home(7), true)).toBe(0)
    expect(confidenceOf('kettle', 60, home(7), false)).toBe(0)
    expect(confidenceOf('standby', 60, undefined, true)).toBe(0)
  })
})
