/** Which homes a home is compared with: as similar as possible, and at least ten of them. */
import type { Household } from '../energy/household.ts'
import { bandAreasM2, featuresOf, peersMin, type SimilarityCriteria, similaritySteps } from '../energy/similar-homes.ts'

/** So much of a group, its thriftiest homes, is efficient. */
export const efficientShare = 0.2

/** What the group shares, on the wire; a feature that is absent was given up. */
export interface CriteriaOnWire {
  readonly province?: string
  readonly climate_zone?: string
  readonly electric_heating?: boolean
  readonly electric_cooling?: boolean
  readonly electric_vehicle?: boolean
  readonly area_m2: { readonly min: number; readonly max: number }
  readonly house_type?: string
  readonly residents?: string
}

export interface PeerGroup<Home> {
  readonly criteria: SimilarityCriteria
  readonly homes: readonly Home[]
}

/** Why there is no group. */
export type NoGroup = 'profile_missing' | 'not_enough_peers'

/**
 * Widens the criteria step by step until enough homes contribute.
 * @param contributing the other homes that meet criteria and contribute to the figure asked for
 */
export async function findPeerGroup<Home>(
  household: Household,
  contributing: (criteria: SimilarityCriteria) => Promise<readonly Home[]>,
): Promise<PeerGroup<Home> | NoGroup> {
  const features = featuresOf(household)
  if (features === null) return 'profile_missing'
  for (const criteria of similaritySteps(features)) {
    const homes = await contributing(criteria)
    if (homes.length >= peersMin) return { criteria, homes }
  }
  return 'not_enough_peers'
}

/** Criteria for the wire. */
export function criteriaOnWire(criteria: SimilarityCriteria): CriteriaOnWire {
  const { province, climateZone, electric, sizeBands, houseType, residentsBand } = criteria
  return {
    ...(province === undefined ? {} : { province }),
    ...(climateZone === undefined ? {} : { climate_zone: climateZone }),
    ...(electric === undefined
      ? {}
      : {
          electric_heating: electric.electricHeating,
          electric_cooling: electric.electricCooling,
          electric_vehicle: electric.electricVehicle,
        }),
    area_m2: { min: bandAreasM2[sizeBands[0]][0], max: bandAreasM2[sizeBands[1]][1] },
    ...(houseType === undefined ? {} : { house_type: houseType }),
    ...(residentsBand === undefined ? {} : { residents: residentsBand === 5 ? '5+' : String(residentsBand) }),
  }
}
