import { describe, expect, test } from 'vitest'
import { confidenceOf } from './confidence.ts'
import type { HomeModel } from './home-model.ts'

const home = (days: number, compressors: number) =>
  ({ days, compressors: new Array(compressors).fill({}) }) as unknown as HomeModel

describe('the confidence', () => {
  test('grows over the first week of a home', () => {
    const known = [1, 3, 7, 20].map((days) => confidenceOf('kettle', 60, home(days, 0)))
    expect(known).toEqual([...known].sort())
    expect(known.slice(2)).toEqual([0.9, 0.9])
  })

  test('is 0 for what cannot be told apart', () => {
    expect(confidenceOf('tv', 60, home(7, 1))).toBe(0)
    expect(confidenceOf('kettle', 900, home(7, 1))).toBe(0)
    expect(confidenceOf('fridge', 60, home(7, 0))).toBe(0)
    expect(confidenceOf('standby', 60, undefined)).toBe(0)
  })
})
