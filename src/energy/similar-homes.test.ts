import { describe, expect, test } from 'vitest'
import type { ApplianceKey } from './appliances.ts'
import { householdOf, type Onboarding } from './household.ts'
import { featuresOf, similaritySteps } from './similar-homes.ts'

function featuresWith(told: Onboarding & { readonly areaM2?: number } = {}) {
  const { areaM2 = 87, ...onboarding } = told
  const house = { type: 'apartment', dimesion: areaM2, province: 'MI' } as const
  const features = featuresOf(householdOf({ house, residents: { adults: 2 }, ...onboarding }))
  if (features === null) throw new Error('the profile is incomplete')
  return features
}

describe('a home is compared by', () => {
  test('its floor area in bands, an area between two being of the larger', () => {
    const areasM2 = [10, 50, 50.5, 80, 81, 120, 121, 200, 201, 2000]
    expect(areasM2.map((areaM2) => featuresWith({ areaM2 }).sizeBand)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
  })

  test('its residents, five and more alike', () => {
    const bandOf = (adults: number) => featuresWith({ residents: { adults } }).residentsBand
    expect([1, 4, 5, 7].map(bandOf)).toEqual([1, 4, 5, 5])
  })

  test.each<[ApplianceKey, string[]]>([
    ['heatPump', ['electricHeating', 'electricCooling']],
    ['electricHeater', ['electricHeating']],
    ['airConditioner', ['electricCooling']],
    ['electricVehicle', ['electricVehicle']],
    ['waterHeater', []],
  ])('the large loads it declares: %s', (appliance, loads) => {
    const { electricHeating, electricCooling, electricVehicle } = featuresWith({
      appliances: [{ appliance, quantity: 1 }],
    })
    expect({ electricHeating, electricCooling, electricVehicle }).toEqual({
      electricHeating: loads.includes('electricHeating'),
      electricCooling: loads.includes('electricCooling'),
      electricVehicle: loads.includes('electricVehicle'),
    })
  })

  test('nothing where its profile lacks a part of that', () => {
    const house = { type: 'apartment', dimesion: 87, province: 'MI' } as const
    const residents = { adults: 2 }
    for (const onboarding of [
      { residents },
      { house },
      { house, residents: { adults: 0 } },
      { house: { ...house, province: 'XX' }, residents },
    ])
      expect(featuresOf(householdOf(onboarding))).toBeNull()
  })
})

describe('where too few homes are similar', () => {
  const electric = { electricHeating: false, electricCooling: false, electricVehicle: false }

  test('province, large loads, the very size, kind of house and residents are given up one after the other', () => {
    const near = { climateZone: 'E', sizeBands: [1, 3], houseType: 'apartment', residentsBand: 2 }
    expect(similaritySteps(featuresWith())).toEqual([
      { ...near, sizeBands: [2, 2], electric, province: 'MI' },
      { ...near, sizeBands: [2, 2], electric },
      { ...near, sizeBands: [2, 2] },
      near,
      { climateZone: 'E', sizeBands: [1, 3], residentsBand: 2 },
      { climateZone: 'E', sizeBands: [1, 3] },
    ])
  })

  test('the smallest and the largest homes have neighbours on one side only', () => {
    const widest = (areaM2: number) => similaritySteps(featuresWith({ areaM2 })).at(-1)?.sizeBands
    expect([widest(40), widest(250)]).toEqual([
      [0, 1],
      [3, 4],
    ])
  })
})
