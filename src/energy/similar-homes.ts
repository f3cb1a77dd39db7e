/**
 * Which homes count as similar: the features that are compared, and the order in which they are given up when too few
 * homes share them all.
 */
import type { ApplianceKey } from './appliances.ts'
import type { Household, HouseType } from './household.ts'
import { type ClimateZone, provinces } from './provinces.ts'

/** Floor areas of the size bands, from the smallest that a home may have to the largest, both ends included [m²]. */
export const bandAreasM2 = [
  [10, 50],
  [51, 80],
  [81, 120],
  [121, 200],
  [201, 2000],
] as const

/** The index of a band in `bandAreasM2`. */
export type SizeBand = 0 | 1 | 2 | 3 | 4
/** 1–4 persons, 5 = five and more. */
export type ResidentsBand = 1 | 2 | 3 | 4 | 5

/** What two homes must share to be similar. */
export interface HomeFeatures {
  readonly houseType: HouseType
  readonly sizeBand: SizeBand
  readonly residentsBand: ResidentsBand
  readonly electricHeating: boolean
  readonly electricCooling: boolean
  readonly electricVehicle: boolean
  readonly province: string
  readonly climateZone: ClimateZone
}

/** What a group of similar homes shares; a feature that is absent was given up. `sizeBand` is a range of bands. */
export interface SimilarityCriteria {
  readonly province?: string
  readonly climateZone?: ClimateZone
  readonly electric?: Pick<HomeFeatures, 'electricHeating' | 'electricCooling' | 'electricVehicle'>
  readonly sizeBands: readonly [SizeBand, SizeBand]
  readonly houseType?: HouseType
  readonly residentsBand?: ResidentsBand
}

/** A group counts from this many *other* homes on. */
export const peersMin = 10

/** A home's features, or `null` where its profile lacks one of them. */
export function featuresOf(household: Household): HomeFeatures | null {
  const { house, residents } = household
  const province = provinces.get(house?.province ?? '')
  if (house?.type === undefined || house.dimesion === undefined || province === undefined || !residents) return null
  const has = (...keys: ApplianceKey[]) => keys.some((key) => household.appliances.has(key))
  return {
    houseType: house.type,
    sizeBand: sizeBandOf(house.dimesion),
    residentsBand: Math.min(residents, 5) as ResidentsBand,
    electricHeating: has('heatPump', 'electricHeater'),
    electricCooling: has('airConditioner', 'heatPump'),
    electricVehicle: has('electricVehicle'),
    province: province.code,
    climateZone: province.climateZone,
  }
}

/** The size band of a floor area [m²]; one between two bands is of the larger. */
function sizeBandOf(areaM2: number): SizeBand {
  return bandAreasM2.slice(0, -1).filter(([, maxM2]) => areaM2 > maxM2).length as SizeBand
}

/** The criteria for a home, strictest first, each step giving up one more feature. */
export function similaritySteps(home: HomeFeatures): SimilarityCriteria[] {
  const { electricHeating, electricCooling, electricVehicle, sizeBand, houseType, residentsBand } = home
  const own: SimilarityCriteria = {
    province: home.province,
    climateZone: home.climateZone,
    electric: { electricHeating, electricCooling, electricVehicle },
    sizeBands: [sizeBand, sizeBand],
    houseType,
    residentsBand,
  }
  const { province: _province, ...byZone } = own
  const { electric: _electric, ...anyElectric } = byZone
  const near: SimilarityCriteria = { ...anyElectric, sizeBands: neighbouringBands(sizeBand) }
  const { houseType: _houseType, ...anyType } = near
  const { residentsBand: _residentsBand, ...anyResidents } = anyType
  return [own, byZone, anyElectric, near, anyType, anyResidents]
}

function neighbouringBands(band: SizeBand): [SizeBand, SizeBand] {
  return [Math.max(0, band - 1) as SizeBand, Math.min(4, band + 1) as SizeBand]
}
