/**
 * How the runs of an appliance are cut out of its sub-meter's column, to score found runs against. Powers lie between an
 * appliance's idle draw and its working power; pauses are those a cycle has by itself (a dishwasher soaks, a washing
 * machine stands between spins). Starts count within 10 minutes, 30 for the two long cycles.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { RunRule } from './score.ts'

export const runRules: Readonly<Partial<Record<ApplianceKey, RunRule>>> = {
  kettle: { onW: 500, pauseS: 120, minWh: 20, toleranceS: 600 },
  microwave: { onW: 200, pauseS: 180, minWh: 10, toleranceS: 600 },
  dishwasher: { onW: 20, pauseS: 1800, minWh: 200, toleranceS: 1800 },
  washingMachine: { onW: 20, pauseS: 900, minWh: 100, toleranceS: 1800 },
  waterHeater: { onW: 1000, pauseS: 120, minWh: 50, toleranceS: 600 },
  fridge: { onW: 20, pauseS: 120, minWh: 5, toleranceS: 600 },
}
