/**
 * How the runs of an appliance are cut out of a column of power: its sub-meter's, or an estimate's where a method gives no
 * runs. Powers lie between an appliance's idle draw and its working power; pauses are those a cycle has by itself (a
 * dishwasher soaks, a washing machine stands between spins, an oven's thermostat rests, an air conditioner's compressor
 * waits); energies are below those of the least run worth the name. A run of fridge and freezer is one compressor cycle.
 * Starts count within 10 minutes, within 30 for programs and for what works for hours. Lighting has no runs: it is many
 * lamps. `docs/evaluate.md` shows this table.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { RunRule } from './score.ts'

const [soon, late] = [600, 1800]

export const runRules: Readonly<Partial<Record<ApplianceKey, RunRule>>> = {
  fridge: { onW: 20, pauseS: 120, minWh: 5, toleranceS: soon },
  freezer: { onW: 20, pauseS: 120, minWh: 5, toleranceS: soon },
  washingMachine: { onW: 20, pauseS: 900, minWh: 100, toleranceS: late },
  dishwasher: { onW: 20, pauseS: 1800, minWh: 200, toleranceS: late },
  tumbleDryer: { onW: 50, pauseS: 900, minWh: 200, toleranceS: late },
  washerDryer: { onW: 20, pauseS: 900, minWh: 100, toleranceS: late },
  oven: { onW: 200, pauseS: 900, minWh: 100, toleranceS: soon },
  hob: { onW: 100, pauseS: 300, minWh: 30, toleranceS: soon },
  microwave: { onW: 200, pauseS: 180, minWh: 10, toleranceS: soon },
  kettle: { onW: 500, pauseS: 120, minWh: 20, toleranceS: soon },
  airConditioner: { onW: 100, pauseS: 1800, minWh: 100, toleranceS: late },
  heatPump: { onW: 100, pauseS: 1800, minWh: 100, toleranceS: late },
  electricHeater: { onW: 200, pauseS: 600, minWh: 50, toleranceS: soon },
  waterHeater: { onW: 1000, pauseS: 120, minWh: 50, toleranceS: soon },
  electricVehicle: { onW: 1000, pauseS: 1800, minWh: 500, toleranceS: late },
  tv: { onW: 20, pauseS: 600, minWh: 20, toleranceS: soon },
  computer: { onW: 20, pauseS: 900, minWh: 20, toleranceS: soon },
  iron: { onW: 500, pauseS: 300, minWh: 30, toleranceS: soon },
}
