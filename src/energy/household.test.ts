import { describe, expect, test } from 'vitest'
import { defaultAppliances } from './appliances.ts'
import { householdOf } from './household.ts'

describe('a household', () => {
  test('has the residents of every age together, and none that it does not tell of', () => {
    expect(householdOf({ residents: { adults: 2, children: 1, elderlies: 1 } }).residents).toBe(4)
    expect(householdOf({ residents: { children: 3 } }).residents).toBe(3)
    expect(householdOf({}).residents).toBeNull()
  })

  test('has the appliances it declares beside those of every home, in column order, with their quantities', () => {
    const appliances = [
      { appliance: 'oven' as const, quantity: 1 },
      { appliance: 'fridge' as const, quantity: 2 },
    ]
    expect([...householdOf({ appliances }).appliances]).toEqual([
      ['fridge', 2],
      ['oven', 1],
      ['smallAppliances', 1],
      ['standby', 1],
    ])
  })

  test.each([
    ['no onboarding', null],
    ['an onboarding without appliances', { residents: { adults: 2 } }],
    ['an empty list of them', { appliances: [] }],
  ])('is taken to have the usual appliances with %s', (_, onboarding) => {
    const { appliances, defaulted } = householdOf(onboarding)
    expect([[...appliances.keys()], defaulted]).toEqual([defaultAppliances, true])
  })
})
