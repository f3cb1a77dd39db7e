/**
 * The ledger of a session: which appliance was given how much of the meter's power in each slot.
 *
 * Nobody can be given more than is left, nothing is given in an unmeasured slot, and every amount is a multiple of
 * 1/16 W, which single precision holds exactly up to a megawatt: so columns are ≥ 0 and together never exceed the meter,
 * without any rounding to argue about.
 */
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { isOneDevice, type Pauses, pausesOfRun, type RunOwner } from './heads.ts'
import { type Session, unmeasuredS } from './session.ts'

/** A run in slots of its session; `stop` exclusive. */
export interface SlotRun extends RunOwner {
  readonly start: number
  readonly stop: number
  readonly energyWh: number
}

/** The account of one session. */
export interface Ledger {
  readonly session: Session
  /** What is left of the meter's power [W]. */
  readonly leftW: Float64Array
  readonly columns: Map<ApplianceKey, Float32Array>
  readonly runs: SlotRun[]
}

/** Steps per watt. */
const stepsPerW = 16

/** A power [W] down to a whole number of steps. */
export function flooredToStep(powerW: number): number {
  return Math.floor(powerW * stepsPerW) / stepsPerW
}

/** An account with nothing given yet and a column for every appliance of the list. */
export function openLedger(session: Session, appliances: Iterable<ApplianceKey>): Ledger {
  const columns = new Map<ApplianceKey, Float32Array>()
  for (const appliance of appliances) columns.set(appliance, new Float32Array(session.powerW.length))
  return { session, leftW: session.powerW.slice(), columns, runs: [] }
}

/** Gives an appliance up to `powerW` [W] in a slot. Appliances without a column get nothing. */
export function give(ledger: Ledger, appliance: ApplianceKey, slot: number, powerW: number): void {
  const column = ledger.columns.get(appliance)
  const leftW = ledger.leftW[slot]
  if (column === undefined || leftW === undefined || ledger.session.measured[slot] !== 1) return
  const gotW = flooredToStep(Math.min(powerW, leftW))
  if (!(gotW > 0)) return
  column[slot] = (column[slot] ?? 0) + gotW
  ledger.leftW[slot] = leftW - gotW
}

/**
 * Writes down a run of so much energy, runs in order of their start; runs without energy are not written. A run does not
 * begin or end in unmeasured time: one that is under way lasts as long as is known of it.
 */
export function noteRun(ledger: Ledger, { appliance, head, start, stop, energyWh }: SlotRun): void {
  const { session, runs } = ledger
  if (!(energyWh > 0)) return
  let [first, end] = [start, stop]
  while (session.measured[first] !== 1) first += 1
  while (session.measured[end - 1] !== 1) end -= 1
  const run = { appliance, head, start: first, stop: end, energyWh }
  // What one head saw it has put together itself.
  const place = appliance === 'washerDryer' ? runs.findLastIndex((one) => isOneDevice(one, run)) : -1
  const last = runs[place]
  const betweenS = last === undefined ? 0 : (first - last.stop) * session.slotS
  if (last !== undefined && goesOn(betweenS, unmeasuredS(session, last.stop, first), pausesOfRun(run, session.slotS)))
    runs[place] = { ...last, stop: Math.max(last.stop, end), energyWh: last.energyWh + energyWh }
  else runs.push(run)
}

/** Whether what runs again is the same run, after so long, so much of it unmeasured [s]. */
export function goesOn(betweenS: number, unseenS: number, { pauseS, gapS }: Pauses): boolean {
  return betweenS - Math.min(unseenS, gapS) <= pauseS
}

/** A session's run as the instants it spans. */
export function runAt(session: Session, run: SlotRun): Run {
  const slotMs = session.slotS * 1000
  return {
    appliance: run.appliance,
    startAt: session.startAt + run.start * slotMs,
    stopAt: session.startAt + run.stop * slotMs,
    energyWh: run.energyWh,
  }
}
