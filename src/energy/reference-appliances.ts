/**
 * Reference consumption per appliance: what stands in where no similar homes are there to compare with.
 *
 * Priors, never measurements; sources disagree up to five-fold on microwaves and hair dryers. Main sources: Commission
 * Regulations (EU) 2019/2014 (washing machines), 2019/2017 (dishwashers), 2019/2016 (refrigeration), 392/2012 (dryers),
 * 65–66/2014 (ovens); ISTAT household energy survey 2021 (cycles a week); ENEA/AIRES/APPLiA 2022 (shares of a household);
 * Assoutenti study, ANSA 2022-10-06. Values marked `default` are engineering defaults without a citable source.
 */
import type { ApplianceKey } from './appliances.ts'

export interface ReferenceAppliance {
  /** Typical power while on [W]. */
  readonly powerW: number
  /** Energy of one cycle [Wh], for appliances that run in cycles. */
  readonly cycleWh?: number
  readonly cyclesPerWeek?: number
  /** Energy per day [Wh] (air conditioner, heat pump and heater: per day of use). */
  readonly dayWh?: number
  readonly confidence: 'verified-range' | 'default' | 'derived'
}

export const referenceAppliances: Readonly<Record<ApplianceKey, ReferenceAppliance>> = {
  fridge: { powerW: 100, dayWh: 750, confidence: 'verified-range' },
  freezer: { powerW: 90, dayWh: 600, confidence: 'default' },
  washingMachine: { powerW: 2000, cycleWh: 700, cyclesPerWeek: 4, confidence: 'verified-range' },
  dishwasher: { powerW: 1900, cycleWh: 950, cyclesPerWeek: 5, confidence: 'verified-range' },
  tumbleDryer: { powerW: 900, cycleWh: 1800, cyclesPerWeek: 3, confidence: 'verified-range' },
  washerDryer: { powerW: 2000, cycleWh: 2800, cyclesPerWeek: 4.2, confidence: 'default' },
  oven: { powerW: 2200, cycleWh: 800, cyclesPerWeek: 2, confidence: 'verified-range' },
  hob: { powerW: 1800, cycleWh: 450, cyclesPerWeek: 14, confidence: 'default' },
  microwave: { powerW: 1200, cycleWh: 100, cyclesPerWeek: 7, confidence: 'verified-range' },
  kettle: { powerW: 2000, cycleWh: 100, cyclesPerWeek: 5, confidence: 'default' },
  airConditioner: { powerW: 900, dayWh: 5400, confidence: 'verified-range' },
  heatPump: { powerW: 1500, dayWh: 10_000, confidence: 'default' },
  electricHeater: { powerW: 1500, dayWh: 6000, confidence: 'default' },
  waterHeater: { powerW: 1200, dayWh: 3500, confidence: 'verified-range' },
  electricVehicle: { powerW: 2300, cycleWh: 7000, cyclesPerWeek: 3, confidence: 'default' },
  tv: { powerW: 90, dayWh: 450, confidence: 'verified-range' },
  computer: { powerW: 80, dayWh: 300, confidence: 'verified-range' },
  lighting: { powerW: 120, dayWh: 600, confidence: 'verified-range' },
  iron: { powerW: 2000, cycleWh: 1000, cyclesPerWeek: 2.9, confidence: 'verified-range' },
  smallAppliances: { powerW: 150, dayWh: 900, confidence: 'derived' },
  standby: { powerW: 30, dayWh: 600, confidence: 'verified-range' },
}

/** Appliances that run in cycles: those with an energy per cycle. */
export const cyclicAppliances: readonly ApplianceKey[] = (Object.keys(referenceAppliances) as ApplianceKey[]).filter(
  (appliance) => referenceAppliances[appliance].cycleWh !== undefined,
)

/** Appliances that run all the time. */
export const continuousAppliances: readonly ApplianceKey[] = ['fridge', 'freezer', 'standby']
