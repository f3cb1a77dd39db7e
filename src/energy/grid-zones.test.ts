import { expect, test } from 'vitest'
import { gridZones, zoneOfProvince } from './grid-zones.ts'
import { provinces } from './provinces.ts'

test('every province lies in a bidding zone, and every bidding zone has provinces', () => {
  const zones = new Set([...provinces.keys()].map((code) => zoneOfProvince(code)))
  expect([...zones].sort()).toEqual([...gridZones.keys()].filter((zone) => zone !== 'IT').sort())
  expect(['AO', 'MI', 'FI', 'PG', 'NA', 'BA', 'CS', 'PA', 'CA'].map((code) => zoneOfProvince(code))).toEqual([
    'NORD',
    'NORD',
    'CNOR',
    'CSUD',
    'CSUD',
    'SUD',
    'CALA',
    'SICI',
    'SARD',
  ])
  expect([zoneOfProvince('XX'), zoneOfProvince(undefined)]).toEqual([undefined, undefined])
})
