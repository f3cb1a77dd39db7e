import { expect, test } from 'vitest'
import { referenceHousehold } from './reference-households.ts'

test('a reference household has the energy of its residents: five and more alike, the average home where they are not known', () => {
  const yearKwhOf = (residents: number | null) => referenceHousehold(residents).yearWh / 1000
  // arenergia.it by residents; the average of 2022 by ARERA.
  expect([1, 2, 3, 4, 5, 6].map(yearKwhOf)).toEqual([1100, 2200, 2880, 3100, 3500, 3500])
  expect(yearKwhOf(null)).toBe(1963)
})
