/**
 * A household as it describes itself: the body of onboarding, and what the analysis makes of it.
 */
import { type ApplianceKey, alwaysReported, applianceKeys, defaultAppliances } from './appliances.ts'

export const houseTypes = ['apartment', 'terracedHouse', 'semiDetachedHouse', 'detachedHouse'] as const
export type HouseType = (typeof houseTypes)[number]

/** Onboarding as it was sent (`dimesion` is the wire's name of the floor area [m²]); every part is optional. */
export interface Onboarding {
  readonly house?: { readonly type?: HouseType; readonly dimesion?: number; readonly province?: string }
  readonly residents?: { readonly adults?: number; readonly children?: number; readonly elderlies?: number }
  readonly appliances?: readonly { readonly appliance: ApplianceKey; readonly quantity: number }[]
}

/** What the analysis needs to know of a home. */
export interface Household {
  /** Appliances in use with their quantities, in column order; `smallAppliances` and `standby` always among them. */
  readonly appliances: ReadonlyMap<ApplianceKey, number>
  /** True where the home declared no appliances and the default set stands in. */
  readonly defaulted: boolean
  readonly house: Onboarding['house'] | null
  /** Number of persons, or `null` where the home said nothing. */
  readonly residents: number | null
}

/** The household behind an onboarding; `null` = none was sent. */
export function householdOf(onboarding: Onboarding | null): Household {
  const declared = onboarding?.appliances ?? []
  const defaulted = declared.length === 0
  const quantities = new Map<ApplianceKey, number>(
    defaulted ? defaultAppliances.map((key) => [key, 1]) : declared.map((one) => [one.appliance, one.quantity]),
  )
  for (const key of alwaysReported) if (!quantities.has(key)) quantities.set(key, 1)
  const appliances = new Map<ApplianceKey, number>()
  for (const key of applianceKeys) {
    const quantity = quantities.get(key)
    if (quantity !== undefined) appliances.set(key, quantity)
  }
  const people = onboarding?.residents
  const residents = people ? (people.adults ?? 0) + (people.children ?? 0) + (people.elderlies ?? 0) : null
  return { appliances, defaulted, house: onboarding?.house ?? null, residents }
}
