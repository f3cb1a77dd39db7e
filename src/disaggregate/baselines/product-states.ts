/**
 * The states of a whole home: every combination of the states of its appliances, numbered.
 *
 * Combination `c` has appliance `i` in state `floor(c / stride_i) mod states_i`. Homes with more combinations than a method
 * can bear lose second working states first, then their last appliances.
 */
import type { ApplianceKey } from '../../energy/appliances.ts'
import type { Household } from '../../energy/household.ts'
import type { SlotS } from '../../energy/load-curve.ts'
import { type ApplianceStates, referenceStates } from './appliance-states.ts'

/** States learnt from sub-meters, by appliance; one that is missing stands for its reference figures. */
export type KnownStates = ReadonlyMap<ApplianceKey, ApplianceStates>

/** One device of a home. */
export interface Device {
  readonly appliance: ApplianceKey
  readonly states: ApplianceStates
  /** How far apart combinations are that differ in this device's state by one. */
  readonly stride: number
}

/** All combinations of a home's devices. */
export interface ProductStates {
  readonly devices: readonly Device[]
  readonly count: number
  /** Power of each combination [W]. */
  readonly powersW: Float64Array
  /** Variance of the power of each combination [W²]. */
  readonly variancesW2: Float64Array
}

/** The combinations of a household, no more than `most`. */
export function productStatesOf(household: Household, known: KnownStates, slotS: SlotS, most: number): ProductStates {
  const devices = withinLimit(devicesOf(household, known, slotS), most)
  let count = 1
  const placed = devices.map((device) => {
    const stride = count
    count *= device.states.powersW.length
    return { ...device, stride }
  })
  const sumOf = (pick: (states: ApplianceStates) => readonly number[]) =>
    Float64Array.from({ length: count }, (_, combination) =>
      placed.reduce((sum, device) => sum + (pick(device.states)[stateOf(device, combination)] ?? 0), 0),
    )
  return {
    devices: placed,
    count,
    powersW: sumOf(({ powersW }) => powersW),
    variancesW2: sumOf(({ variancesW2 }) => variancesW2),
  }
}

/** The state a device is in, in a combination. */
export function stateOf({ stride, states }: Device, combination: number): number {
  return Math.floor(combination / stride) % states.powersW.length
}

type Unplaced = Omit<Device, 'stride'>

function devicesOf(household: Household, known: KnownStates, slotS: SlotS): Unplaced[] {
  return [...household.appliances].flatMap(([appliance, quantity]) => {
    if (appliance === 'smallAppliances' || appliance === 'standby') return []
    const states = known.get(appliance) ?? referenceStates(appliance, slotS)
    return Array.from({ length: quantity }, () => ({ appliance, states }))
  })
}

function withinLimit(devices: readonly Unplaced[], most: number): Unplaced[] {
  const fitting = [...devices]
  const count = () => fitting.reduce((product, { states }) => product * states.powersW.length, 1)
  for (let index = fitting.length - 1; index >= 0 && count() > most; index--) {
    const device = fitting[index]
    if (device !== undefined) fitting[index] = { ...device, states: twoStates(device.states) }
  }
  while (count() > most) fitting.pop()
  return fitting
}

/** Off, and the highest power. */
function twoStates({ powersW, variancesW2, changes }: ApplianceStates): ApplianceStates {
  const last = powersW.length - 1
  if (last < 2) return { powersW, variancesW2, changes }
  const start = changes[0]?.[last] ?? 0
  const stay = changes[last]?.[last] ?? 0
  return {
    powersW: [0, powersW[last] ?? 0],
    variancesW2: [0, variancesW2[last] ?? 0],
    changes: [
      [1 - start, start],
      [1 - stay, stay],
    ],
  }
}
