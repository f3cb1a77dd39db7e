/**
 * The appliances the product knows, in the one order in which their columns appear everywhere.
 */

/** Appliance keys in column order, as on the wire. */
export const applianceKeys = [
  'fridge',
  'freezer',
  'washingMachine',
  'dishwasher',
  'tumbleDryer',
  'washerDryer',
  'oven',
  'hob',
  'microwave',
  'kettle',
  'airConditioner',
  'heatPump',
  'electricHeater',
  'waterHeater',
  'electricVehicle',
  'tv',
  'computer',
  'lighting',
  'iron',
  'smallAppliances',
  'standby',
] as const

export type ApplianceKey = (typeof applianceKeys)[number]

/** Always reported, declared or not. */
export const alwaysReported: readonly ApplianceKey[] = ['smallAppliances', 'standby']

/** What a home is taken to have when it declares no appliances. */
export const defaultAppliances: readonly ApplianceKey[] = [
  'fridge',
  'washingMachine',
  'dishwasher',
  'oven',
  'tv',
  'lighting',
  'smallAppliances',
  'standby',
]

/** Whether a text is an appliance key. */
export function isApplianceKey(text: string): text is ApplianceKey {
  return (applianceKeys as readonly string[]).includes(text)
}
