/**
 * From belief to runs: which stretches of a session are runs of an appliance, given a curve of belief (0–1) and the
 * power [W] the appliance would draw.
 *
 * A threshold with hysteresis: a run needs one slot of high belief and goes on while the belief stays above a lower one,
 * bridging the pauses the appliance makes by itself. Runs of too little energy are none. What is of one power draws no more
 * than its like did, and at its ends no more than the meter steps.
 */
import { energyWhOf } from '../energy/load-curve.ts'
import { likeliestCycles } from './compressor-cycles.ts'
import { calmPowerW, factorToUsual, habitsOf, usualPowerW } from './compressor-habits.ts'
import {
  clearHeightW,
  familiarBelief,
  heightsOf,
  leastOutsideW,
  risesOf,
  type Sighting,
  standsAbove,
} from './familiar-power.ts'
import {
  heatingOf,
  type PlacedRun,
  placeRuns,
  programOf,
  type Remembered,
  type SeenRun,
  type Stretch,
} from './familiar-program.ts'
import { pausesOf, type RunDecision } from './heads.ts'
import type { Session } from './session.ts'

/** A run that may be: where, how sure, and the power [W] per slot of it. */
export interface Candidate extends Stretch {
  /** How sure, 0–1. */
  readonly belief: number
  readonly powerW: Float32Array
  /** The share of its powers that it is given where it holds, above 0: all of them only if it is sure. */
  readonly share: number
  /** What the rest of the home draws beside a pulse [W], none of which is the pulse's; 0 of others. */
  readonly restW: number
}

/** What a network says of one appliance in a session. */
export interface Outputs {
  readonly belief: Float32Array
  readonly powerW: Float32Array
}

/** Stretches that a network half believes in, by start. */
export function sightingsOf(session: Session, { belief, powerW }: Outputs, decision: RunDecision): Sighting[] {
  let heating: Uint8Array | undefined
  const programIn = (run: Stretch) => {
    heating ??= heatingOf(session)
    return programOf(heating, run)
  }
  return stretchesOf(session, belief, decision.notices ?? decision.holds, decision).map(([start, stop]) => {
    const sighting = { start, stop, belief: mostOf(belief, start, stop), ...risesOf(session, start, stop) }
    if (sighting.belief < decision.needs) return sighting
    const drawsW = decision.cycles === true ? calmPowerW(session, sighting, powerW) : undefined
    return {
      ...sighting,
      ...(decision.hasPrograms === true && { program: programIn(sighting) }),
      ...(drawsW !== undefined && { calmPowerW: drawsW }),
    }
  })
}

/** What was seen of one appliance. */
export interface Seen {
  /** In the session at hand. */
  readonly own: readonly Sighting[]
  /** In each of the sessions before, for appliances whose power, programs or cycles are familiar. */
  readonly earlier: readonly (readonly Sighting[])[]
  /** How many of it the home has: one device has one height. */
  readonly devices: number
  /** What the session draws beyond standby [W]: a run has its least energy of that. */
  readonly leftW: Float64Array
}

/** The runs of one appliance in a session, by start; they do not overlap. */
export function candidatesOf(
  session: Session,
  outputs: Outputs,
  decision: RunDecision,
  { own, earlier, devices, leftW }: Seen,
): Candidate[] {
  const isEnough = ({ start, powerW, share }: Candidate): boolean => {
    const knownShare = (slot: number) => session.knownShare?.[start + slot] ?? 1
    const mostW = powerW.map((hereW, slot) => knownShare(slot) * Math.min(hereW, leftW[start + slot] ?? 0))
    return share * energyOfWh(mostW, session.slotS) >= decision.leastWh
  }
  const isBelieved = ({ belief }: Sighting): boolean => belief >= decision.needs
  if (decision.cycles === true) {
    // Where none is seen in a session, cycles of other days say nothing of it.
    const habits = own.some(isBelieved) ? habitsOf([...earlier, own].map((one) => one.filter(isBelieved))) : undefined
    const usualW = usualPowerW([...earlier.flat(), ...own])
    if (habits !== undefined)
      return drawnInCycles(session, outputs, likeliestCycles(session, outputs, habits), usualW).filter(isEnough)
  }
  const heights = decision.notices === undefined ? undefined : heightsOf([...earlier.flat(), ...own])
  const seen = own.flatMap((sighting) => {
    const { usualW, isConstant } = decision
    const belief =
      heights === undefined ? sighting.belief : familiarBelief(sighting, heights, { devices, usualW, isConstant })
    return belief < decision.needs ? [] : [{ ...trimmed(outputs, decision, sighting), belief }]
  })
  const remembered = seen.length === 0 ? undefined : rememberedOf(session, decision, earlier.flat())
  const runs: readonly (SeenRun | PlacedRun)[] = remembered === undefined ? seen : placeRuns(session, remembered, seen)
  const isOne = decision.isConstant === true && devices === 1
  const clearW = isOne ? clearHeightW([...earlier.flat(), ...own].filter(isBelieved)) : undefined
  const constantW = (run: Stretch) => (clearW === undefined || standsAbove(session, run, clearW) ? undefined : clearW)
  return runs.map((run) => drawnIn(session, outputs, decision, run, constantW(run))).filter(isEnough)
}

/**
 * Cycles with what they draw: the network's power throughout, by the factor to what the compressor usually draws.
 * @param usualW that power, where it is known
 */
function drawnInCycles(
  session: Session,
  outputs: Outputs,
  cycles: readonly Stretch[],
  usualW: number | undefined,
): Candidate[] {
  const factor = factorToUsual(session, usualW, outputs.powerW, cycles)
  return cycles.map(({ start, stop }) => {
    const powerW = outputs.powerW.slice(start, stop)
    for (let slot = start; slot < stop; slot++)
      powerW[slot - start] = Math.min(factor * (powerW[slot - start] ?? 0), session.powerW[slot] ?? 0)
    return { start, stop, belief: mostOf(outputs.belief, start, stop), powerW, share: 1, restW: 0 }
  })
}

/** The programs of the days before, where there are any. */
function rememberedOf(session: Session, decision: RunDecision, earlier: readonly Sighting[]): Remembered | undefined {
  const programs = decision.hasPrograms === true ? earlier.flatMap(({ program }) => program ?? []) : []
  return programs.length === 0 ? undefined : { heating: heatingOf(session), programs }
}

/** Stretches above a belief, pauses and gaps bridged; each begins and ends above it. */
function stretchesOf(
  { powerW, measured, slotS }: Session,
  belief: Float32Array,
  above: number,
  decision: RunDecision,
): [number, number][] {
  const { pauseS, gapS } = pausesOf(decision)
  const [pauseSlots, gapSlots] = [Math.floor(pauseS / slotS), gapS / slotS]
  const stretches: [number, number][] = []
  let open: [number, number] | undefined
  let unseen = 0
  for (let slot = 0; slot < powerW.length; slot++) {
    if (measured[slot] !== 1) unseen += 1
    if (!((belief[slot] ?? 0) > above)) continue
    const pause = open === undefined ? 0 : slot - open[1] - Math.min(unseen, gapSlots)
    unseen = 0
    if (open !== undefined && pause <= pauseSlots) open[1] = slot + 1
    else {
      open = [slot, slot + 1]
      stretches.push(open)
    }
  }
  return stretches
}

/** A sighting without its edges of little belief. */
function trimmed({ belief }: Outputs, decision: RunDecision, sighting: Sighting): Stretch {
  const holds = holdsIn(belief, decision, sighting)
  let { start, stop } = sighting
  while (start < stop && !((belief[start] ?? 0) > holds)) start += 1
  while (stop > start && !((belief[stop - 1] ?? 0) > holds)) stop -= 1
  return { start, stop }
}

/** What must be believed in a stretch for the appliance to run: less where nothing much is believed at all. */
function holdsIn(belief: Float32Array, decision: RunDecision, { start, stop }: Stretch): number {
  return Math.min(decision.holds, mostOf(belief, start, stop) / 2)
}

/**
 * What a run draws: the network's power where it is believed in, no more than the meter shows for it.
 * @param constantW what the appliance draws as long as it runs, where that is known
 */
function drawnIn(
  session: Session,
  outputs: Outputs,
  decision: RunDecision,
  run: SeenRun | PlacedRun,
  constantW = Number.POSITIVE_INFINITY,
): Candidate {
  const { start, stop, belief } = run
  // Within a pause the appliance may draw a little; where nobody believes in it, it draws nothing.
  const draws = holdsIn(outputs.belief, decision, run) / 2
  const powerW = outputs.powerW.slice(start, stop)
  const restW = decision.isPulse === true ? restAroundW(session, run, powerW) : 0
  for (let slot = start; slot < stop; slot++) {
    const isPlaced = 'heatingSlots' in run && run.heatingSlots.has(slot)
    const isDrawing = session.measured[slot] === 1 && ((outputs.belief[slot] ?? 0) > draws || isPlaced)
    const roomW = Math.max(0, (session.powerW[slot] ?? 0) - restW)
    powerW[slot - start] = isDrawing ? Math.min(powerW[slot - start] ?? 0, roomW, constantW) : 0
  }
  if (decision.isConstant === true) limitToSteps(session, run, powerW)
  return { start, stop, belief, powerW, share: Math.min(1, belief / (decision.sure ?? belief)), restW }
}

/** A step of the meter at the end of a run says what the run draws there from this share of it on. */
const leastStepShare = 0.2

/**
 * What is constant draws in its first slot no more than the meter rises there, and in its last no more than it falls after. A step
 * of less than a fifth of what it would draw says nothing: the pulse is longer than it was seen to be, or something else switched.
 */
function limitToSteps(session: Session, { start, stop }: Stretch, powerW: Float32Array): void {
  // A single slot may be cut at both of its ends.
  if (stop - start < 2) return
  for (const [inside, outside] of [
    [start, start - 1],
    [stop - 1, stop],
  ] as const) {
    if (session.measured[inside] !== 1 || session.measured[outside] !== 1) continue
    const stepW = (session.powerW[inside] ?? 0) - (session.powerW[outside] ?? 0)
    const wouldDrawW = powerW[inside - start] ?? 0
    if (stepW > leastStepShare * wouldDrawW) powerW[inside - start] = Math.min(wouldDrawW, stepW)
  }
}

/**
 * What the rest of the home draws during a pulse [W]: the least just outside it. 0 where the meter stands out there by less
 * than half of what the appliance would draw: then the pulse is longer than it was seen to be.
 */
function restAroundW(session: Session, { start, stop }: Stretch, wouldDrawW: Float32Array): number {
  const outsideW = leastOutsideW(session, start, stop)
  const [mostW, wouldMostW] = [session.powerW.subarray(start, stop), wouldDrawW].map((curve) => Math.max(0, ...curve))
  return (mostW ?? 0) - outsideW < (wouldMostW ?? 0) / 2 ? 0 : outsideW
}

function energyOfWh(powerW: Float32Array, slotS: number): number {
  let sumW = 0
  for (const hereW of powerW) sumW += hereW
  return energyWhOf(sumW, slotS)
}

function mostOf(belief: Float32Array, start: number, stop: number): number {
  let most = 0
  for (let slot = start; slot < stop; slot++) most = Math.max(most, belief[slot] ?? 0)
  return most
}
