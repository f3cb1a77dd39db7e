import { describe, expect, test } from 'vitest'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { CivilDay } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import { headsOfHome } from './heads.ts'

const home = (...declared: readonly [ApplianceKey, number][]) =>
  householdOf({ appliances: declared.map(([appliance, quantity]) => ({ appliance, quantity })) })
const winter = '2026-01-20' as CivilDay
const owners = (...declared: readonly [ApplianceKey, number][]) =>
  Object.fromEntries(headsOfHome(home(...declared), false, winter))

describe('who speaks for an appliance', () => {
  test('what a home does not declare has no head', () => {
    expect(owners(['kettle', 1])).toEqual({ kettle: 'kettle' })
  })

  test('the second compressor is the freezer, or the second of two fridges or freezers, or nobody', () => {
    expect(owners(['fridge', 1], ['freezer', 1])).toEqual({ fridge: 'fridge', freezer: 'freezer' })
    expect(owners(['fridge', 2])).toEqual({ fridge: 'fridge', freezer: 'fridge' })
    expect(owners(['freezer', 2])).toEqual({ fridge: 'freezer', freezer: 'freezer' })
    expect(owners(['fridge', 1])).toEqual({ fridge: 'fridge' })
  })

  test('a washer-dryer washes and dries', () => {
    expect(owners(['washerDryer', 1])).toEqual({ washingMachine: 'washerDryer', tumbleDryer: 'washerDryer' })
    expect(owners(['washerDryer', 1], ['washingMachine', 1])).toMatchObject({ washingMachine: 'washingMachine' })
  })

  test('water is heated in one way, as it flows or in a boiler', () => {
    expect([...headsOfHome(home(['waterHeater', 1]), true, winter).keys()]).toEqual(['shower'])
    expect([...headsOfHome(home(['waterHeater', 1]), false, winter).keys()]).toEqual(['boiler'])
  })

  test('an air conditioner cools in the months in which nobody may heat, and in these alone', () => {
    const coolsOn = (on: string) =>
      headsOfHome(home(['airConditioner', 1]), false, on as CivilDay).has('airConditioner')
    expect(['2026-05-01', '2026-07-20', '2026-09-30'].map(coolsOn)).toEqual([true, true, true])
    expect(['2026-01-20', '2026-04-30', '2026-10-01'].map(coolsOn)).toEqual([false, false, false])
  })
})
