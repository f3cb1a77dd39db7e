/**
 * The outputs of the trained networks, and how each becomes runs.
 *
 * A network gives two curves per head: the share 0–1 to which it believes that a run covers the slot, and the power [W]
 * that the appliance draws in the slot if it does. Heads stand in the order of `training/homes.py`.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, monthNumber, monthOf } from '../energy/civil-time.ts'
import type { Household } from '../energy/household.ts'
import type { SlotS } from '../energy/load-curve.ts'

/** Heads in output order. `shower` and `boiler` are two ways to heat water: at once with much power, or slowly with little. */
export const heads = [
  'fridge',
  'freezer',
  'washingMachine',
  'dishwasher',
  'tumbleDryer',
  'oven',
  'microwave',
  'kettle',
  'airConditioner',
  'shower',
  'boiler',
  'electricVehicle',
] as const

export type Head = (typeof heads)[number]

/** How belief becomes runs. */
export interface RunDecision {
  /** A run goes on while the belief is above this, or above half of the most that is believed in it where that is less. */
  readonly holds: number
  /** A run needs a slot with this belief at least. */
  readonly needs: number
  /** Dips of the belief up to this long belong to the run [s]. */
  readonly pauseS: number
  /** Runs that would be given less energy, if nothing else ran meanwhile, are none [Wh]. */
  readonly leastWh: number
  /** From this belief on a run is given all that it would draw, below that in proportion less; without it, always all. */
  readonly sure?: number
  /** Whether its runs are pulses of minutes, that come during the programs of others. */
  readonly isPulse?: true
  /** Whether it draws one power as long as it runs. */
  readonly isConstant?: true
  /** Whether its runs, though no pulses, end where nothing is measured: they are short. */
  readonly endsUnseen?: true
  /** Whether its programs are familiar: their heatings, of the days before, say where a run begins. */
  readonly hasPrograms?: true
  /** Whether it cycles by itself: then its habits say which cycles are likely. */
  readonly cycles?: true
  /** Of appliances whose power is familiar: from which belief on a pulse is looked at beside its like. */
  readonly notices?: number
  /** Of these, the least and the most that devices of the kind mostly draw [W]. */
  readonly usualW?: readonly [least: number, most: number]
}

/**
 * Heads without an entry have no runs. In quarter-hours those are compressors, kettles and microwaves: they switch within one, and draw in
 * the share that is believed.
 */
type RunDecisions = Readonly<Partial<Record<Head, RunDecision>>>

/** Microwave ovens are sold with 700 to 1,000 W for the food, and draw half as much again and more for it [W]. */
export const usualMicrowaveW = [1100, 1700] as const

/** Electric showers are sold with 7.2 to 10.8 kW at 240 V, and draw a little less where the voltage is less [W]. */
const usualShowerW = [6500, 10_800] as const

const atMinutes: RunDecisions = {
  fridge: { cycles: true, holds: 0.6, needs: 0.7, pauseS: 120, leastWh: 3 },
  freezer: { cycles: true, holds: 0.5, needs: 0.6, pauseS: 120, leastWh: 3 },
  washingMachine: { holds: 0.6, needs: 0.65, sure: 0.9, pauseS: 840, leastWh: 80 },
  dishwasher: { hasPrograms: true, holds: 0.5, needs: 0.65, sure: 0.9, pauseS: 1200, leastWh: 150 },
  tumbleDryer: { holds: 0.4, needs: 0.6, pauseS: 360, leastWh: 200 },
  oven: { holds: 0.4, needs: 0.6, pauseS: 600, leastWh: 150 },
  microwave: {
    isPulse: true,
    notices: 0.08,
    usualW: usualMicrowaveW,
    holds: 0.4,
    needs: 0.15,
    sure: 0.5,
    pauseS: 120,
    leastWh: 8,
  },
  kettle: {
    isPulse: true,
    isConstant: true,
    notices: 0.08,
    holds: 0.4,
    needs: 0.4,
    sure: 0.7,
    pauseS: 60,
    leastWh: 10,
  },
  shower: {
    isPulse: true,
    notices: 0.1,
    usualW: usualShowerW,
    holds: 0.4,
    needs: 0.5,
    sure: 0.8,
    pauseS: 120,
    leastWh: 50,
  },
  boiler: { holds: 0.4, needs: 0.4, pauseS: 180, leastWh: 50 },
  airConditioner: { holds: 0.4, needs: 0.6, pauseS: 1200, leastWh: 150 },
  electricVehicle: { holds: 0.4, needs: 0.6, pauseS: 600, leastWh: 500 },
}

const atQuarterHours: RunDecisions = {
  washingMachine: { holds: 0.4, needs: 0.4, sure: 0.9, pauseS: 900, leastWh: 80 },
  dishwasher: { holds: 0.45, needs: 0.45, sure: 0.9, pauseS: 1800, leastWh: 150 },
  tumbleDryer: { holds: 0.4, needs: 0.7, pauseS: 900, leastWh: 200 },
  oven: { holds: 0.4, needs: 0.7, pauseS: 900, leastWh: 150 },
  shower: { endsUnseen: true, holds: 0.3, needs: 0.35, pauseS: 0, leastWh: 50 },
  boiler: { holds: 0.4, needs: 0.6, pauseS: 0, leastWh: 50 },
  airConditioner: { holds: 0.4, needs: 0.6, pauseS: 900, leastWh: 150 },
  electricVehicle: { holds: 0.4, needs: 0.6, pauseS: 900, leastWh: 500 },
}

/** How belief becomes runs, by slot length. */
export const runDecisions: Readonly<Record<SlotS, RunDecisions>> = { 60: atMinutes, 900: atQuarterHours }

/** Where a head stands among the outputs. */
export const indexOfHead: Readonly<Record<Head, number>> = Object.fromEntries(
  heads.map((head, index) => [head, index]),
) as Record<Head, number>

/** The appliances a head may speak for: the first of them that the home has. */
const ownersOfHeads: Readonly<Record<Head, readonly ApplianceKey[]>> = {
  fridge: ['fridge', 'freezer'],
  freezer: ['freezer', 'fridge'], // the second compressor
  washingMachine: ['washingMachine', 'washerDryer'],
  dishwasher: ['dishwasher'],
  tumbleDryer: ['tumbleDryer', 'washerDryer'],
  oven: ['oven'],
  microwave: ['microwave'],
  kettle: ['kettle'],
  airConditioner: ['airConditioner'],
  shower: ['waterHeater'],
  boiler: ['waterHeater'],
  electricVehicle: ['electricVehicle'],
}

/** Whether runs of an appliance are told apart in slots of a length. */
export function tellsRuns(appliance: ApplianceKey, slotS: SlotS): boolean {
  return heads.some((head) => ownersOfHeads[head].includes(appliance) && runDecisions[slotS][head] !== undefined)
}

/** A program may go on through unmeasured time up to this long, beside its pause [s]. */
const longestGapS = 1800

/** For how long a run may not be seen. */
export interface Pauses {
  /** The pause that the appliance makes [s]. */
  readonly pauseS: number
  /** Unmeasured time that is no pause: it may have gone on meanwhile [s]. 0 for pulses, cycles and other short runs. */
  readonly gapS: number
}

export function pausesOf({ pauseS, isPulse, cycles, endsUnseen }: RunDecision): Pauses {
  return { pauseS, gapS: isPulse === true || cycles === true || endsUnseen === true ? 0 : longestGapS }
}

/** A washer-dryer washes and dries in one run: what begins this soon after the last belongs to it. */
const dryingPauses: Pauses = { pauseS: 900, gapS: longestGapS }

/** For how long a run that a head saw of an appliance may not be seen, in slots of a length. */
export function pausesOfRun({ head, appliance }: RunOwner, slotS: SlotS): Pauses {
  if (appliance === 'washerDryer') return dryingPauses
  const decision = runDecisions[slotS][head]
  return decision === undefined ? { pauseS: 0, gapS: 0 } : pausesOf(decision)
}

/** Whose run it is, and which head saw it. */
export interface RunOwner {
  readonly appliance: ApplianceKey
  readonly head: Head
}

/** Whether two runs may be one: seen by one head, or of a washer-dryer, by either of its two. Of water that is heated in another way after the cut, the runs are two. */
export function isOneDevice(one: RunOwner, other: RunOwner): boolean {
  return one.appliance === other.appliance && (one.head === other.head || one.appliance === 'washerDryer')
}

/** The months that lie wholly outside the heating season of zone E, most of northern Italy (DPR 74/2013 art. 4: 15 October to 15 April). */
const coolingMonths: readonly number[] = [5, 6, 7, 8, 9]

/**
 * Which head speaks for which appliance of a home. A second fridge is the freezer's head, unless a freezer is declared;
 * a washer-dryer washes and dries. Water is heated in one way: as it flows (`heatsAtOnce`) or in a boiler. An air conditioner
 * cools in the months in which nobody heats.
 */
export function headsOfHome(household: Household, heatsAtOnce: boolean, on: CivilDay): Map<Head, ApplianceKey> {
  const owners = new Map<Head, ApplianceKey>()
  const compressors = (household.appliances.get('fridge') ?? 0) + (household.appliances.get('freezer') ?? 0)
  const isAsked: Readonly<Partial<Record<Head, boolean>>> = {
    freezer: compressors > 1,
    shower: heatsAtOnce,
    boiler: !heatsAtOnce,
    airConditioner: coolingMonths.includes(monthNumber(monthOf(on))),
  }
  for (const head of heads) {
    const owner = ownersOfHeads[head].find((appliance) => household.appliances.has(appliance))
    if (owner !== undefined && isAsked[head] !== false) owners.set(head, owner)
  }
  return owners
}
