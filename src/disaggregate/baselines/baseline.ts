/**
 * What the baselines share: a day alone, its floor taken as standby, a combination of states per slot, columns that
 * together stay within the meter. They give no runs: those are cut from their columns.
 */
import type { ApplianceKey } from '../../energy/appliances.ts'
import type { Household } from '../../energy/household.ts'
import type { DayCurve, SlotS } from '../../energy/load-curve.ts'
import type { DayDisaggregation, DisaggregationInput, Disaggregator } from '../engine.ts'
import { flooredToStep } from '../ledger.ts'
import { type KnownStates, type ProductStates, productStatesOf, stateOf } from './product-states.ts'

/** Chooses the combination of each slot of a day; `standbyW` [W] is on all the time. */
export type Choose = (day: DayCurve, standbyW: number) => ArrayLike<number>

/** A baseline: `prepare` sees the combinations of a home and gives what chooses among them. */
export interface Baseline {
  readonly model: string
  readonly statesMax: number
  prepare(product: ProductStates): Choose
}

/** The quantile of a day's power that counts as standby. */
const standbyQuantile = 0.05

/** A baseline as a disaggregator, with what sub-meters of other homes taught. */
export function disaggregatorOf(baseline: Baseline, known: KnownStates): Disaggregator {
  return {
    model: baseline.model,
    disaggregate: async ({ household, days, from, to }: DisaggregationInput) => {
      const prepared = new Map<SlotS, readonly [ProductStates, Choose]>()
      return days.slice(from, to).map((day) => {
        const [product, choose] = prepared.getOrInsertComputed(day.slotS, (slotS) => {
          const states = productStatesOf(household, known, slotS, baseline.statesMax)
          return [states, baseline.prepare(states)]
        })
        return dayOf(day, household, product, choose)
      })
    },
  }
}

function dayOf(day: DayCurve, household: Household, product: ProductStates, choose: Choose): DayDisaggregation {
  const columns = new Map<ApplianceKey, Float32Array>()
  for (const appliance of household.appliances.keys())
    if (appliance !== 'smallAppliances') columns.set(appliance, new Float32Array(day.powerW.length))
  const standbyW = floorOf(day)
  const chosen = choose(day, standbyW)
  for (let slot = 0; slot < day.powerW.length; slot++) {
    if (day.measured[slot] !== 1) continue
    giveSlot(columns, slot, day.powerW[slot] ?? 0, standbyW, product, chosen[slot] ?? 0)
  }
  return { columns, runs: [], confidence: {}, toldSlotS: day.slotS }
}

/** Gives standby first and the devices of a combination what they draw, or their share of what is there. */
function giveSlot(
  columns: ReadonlyMap<ApplianceKey, Float32Array>,
  slot: number,
  powerW: number,
  standbyW: number,
  product: ProductStates,
  combination: number,
): void {
  const alwaysW = flooredToStep(Math.min(standbyW, powerW))
  columns.get('standby')?.fill(alwaysW, slot, slot + 1)
  const wantedW = product.powersW[combination] ?? 0
  const restW = powerW - alwaysW
  const share = wantedW > restW ? restW / wantedW : 1
  for (const device of product.devices) {
    const column = columns.get(device.appliance)
    const drawsW = device.states.powersW[stateOf(device, combination)] ?? 0
    if (column !== undefined) column[slot] = flooredToStep((column[slot] ?? 0) + drawsW * share)
  }
}

function floorOf({ powerW, measured }: DayCurve): number {
  const known = powerW.filter((_, slot) => measured[slot] === 1).sort()
  return known[Math.floor(standbyQuantile * (known.length - 1))] ?? 0
}
