/**
 * From belief to runs: which stretches of a session are runs of an appliance, given a curve of belief (0–1) and the
 * power [W] the appliance would draw.
 *
 * A threshold with hysteresis: a run needs one slot of high belief and goes on while the belief stays above a lower one,
 * bridging the pauses the appliance makes by itself. Runs of too little energy are none.
 */
import type { RunDecision } from './heads.ts'
import type { Session } from './session.ts'

/** A run that may be: where, how sure, and the power [W] per slot of it. */
export interface Candidate {
  readonly start: number
  /** Exclusive. */
  readonly stop: number
  /** Mean belief over the slots that held the run, 0–1. */
  readonly belief: number
  readonly powerW: Float32Array
  readonly energyWh: number
}

/** The runs of one appliance in a session, by start. */
export function candidatesOf(
  session: Session,
  belief: Float32Array,
  powerW: Float32Array,
  decision: RunDecision,
): Candidate[] {
  const candidates: Candidate[] = []
  const pauseSlots = Math.floor(decision.pauseS / session.slotS)
  let slot = 0
  while (slot < session.powerW.length) {
    if (!(at(belief, slot) > decision.holds)) {
      slot += 1
      continue
    }
    const stop = stopOf(session, belief, slot, pauseSlots, decision.holds)
    const candidate = candidateOf(session, belief, powerW, slot, stop, decision)
    if (candidate !== undefined) candidates.push(candidate)
    slot = stop
  }
  return candidates
}

/** Where a run that begins at a slot ends: after the last slot that is followed by a longer pause. */
function stopOf(session: Session, belief: Float32Array, start: number, pauseSlots: number, holds: number): number {
  let stop = start + 1
  for (let slot = stop; slot < session.powerW.length && slot - stop <= pauseSlots; slot++)
    if (at(belief, slot) > holds) stop = slot + 1
  return stop
}

function candidateOf(
  session: Session,
  belief: Float32Array,
  powerW: Float32Array,
  start: number,
  stop: number,
  decision: RunDecision,
): Candidate | undefined {
  const drawnW = new Float32Array(stop - start)
  let [most, sum, held, sumW] = [0, 0, 0, 0]
  for (let slot = start; slot < stop; slot++) {
    const here = at(belief, slot)
    most = Math.max(most, here)
    if (here > decision.holds) {
      sum += here
      held += 1
    }
    // Within a pause the appliance may draw a little; where nobody believes in it, it draws nothing.
    const slotW = here > decision.holds / 2 ? Math.min(at(powerW, slot), session.powerW[slot] ?? 0) : 0
    drawnW[slot - start] = session.measured[slot] === 1 ? slotW : 0
    sumW += drawnW[slot - start] ?? 0
  }
  const energyWh = (sumW * session.slotS) / 3600
  if (most < decision.needs || energyWh < decision.leastWh) return undefined
  return { start, stop, belief: sum / held, powerW: drawnW, energyWh }
}

function at(values: Float32Array, slot: number): number {
  return values[slot] ?? 0
}
