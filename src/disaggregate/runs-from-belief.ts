/**
 * From belief to runs: which stretches of a session are runs of an appliance, given a curve of belief (0–1) and the
 * power [W] the appliance would draw.
 *
 * A threshold with hysteresis: a run needs one slot of high belief and goes on while the belief stays above a lower one,
 * bridging the pauses the appliance makes by itself. Runs of too little energy are none.
 */
import { familiarBelief, floorAroundW, heightOfW, type Sighting } from './familiar-power.ts'
import { familiarStretch, heatingOf, programOf, type Remembered } from './familiar-program.ts'
import { missingCycles } from './familiar-rhythm.ts'
import type { RunDecision } from './heads.ts'
import type { Session } from './session.ts'

/** A run that may be: where, how sure, and the power [W] per slot of it. */
export interface Candidate {
  readonly start: number
  /** Exclusive. */
  readonly stop: number
  /** How sure, 0–1. */
  readonly belief: number
  readonly powerW: Float32Array
}

/** What a network says of one appliance in a session. */
export interface Outputs {
  readonly belief: Float32Array
  readonly powerW: Float32Array
}

/** Stretches that a network half believes in, by start. */
export function sightingsOf(session: Session, { belief }: Outputs, decision: RunDecision): Sighting[] {
  const heating = decision.hasPrograms === true ? heatingOf(session) : undefined
  return stretchesOf(session, belief, decision.notices ?? decision.holds, decision.pauseS).map(([start, stop]) => {
    const sighting = { start, stop, belief: mostOf(belief, start, stop), heightW: heightOfW(session, start, stop) }
    const isRun = heating !== undefined && sighting.belief >= decision.needs
    return isRun ? { ...sighting, program: programOf(heating, sighting) } : sighting
  })
}

/**
 * The runs of one appliance in a session, by start.
 * @param earlier sightings of the days before, for appliances whose power is familiar
 */
export function candidatesOf(
  session: Session,
  outputs: Outputs,
  decision: RunDecision,
  sightings: readonly Sighting[],
  earlier: readonly Sighting[],
): Candidate[] {
  const familiar = decision.notices !== undefined
  const all = familiar ? [...earlier, ...sightings] : []
  const remembered = rememberedOf(session, earlier)
  const candidates = sightings.flatMap((sighting) => {
    const belief = familiar ? familiarBelief(sighting, all) : sighting.belief
    if (belief < decision.needs) return []
    const candidate = candidateOf(session, outputs, decision, { ...sighting, belief }, remembered)
    return candidate === undefined ? [] : [candidate]
  })
  if (decision.hasRhythm !== true) return candidates
  return [...candidates, ...missingCycles(session, outputs, candidates)].sort((a, b) => a.start - b.start)
}

/** The programs of the days before, where there are any. */
function rememberedOf(session: Session, earlier: readonly Sighting[]): Remembered | undefined {
  const programs = earlier.flatMap(({ program }) => program ?? [])
  return programs.length === 0 ? undefined : { heating: heatingOf(session), programs }
}

/** Stretches above a belief, dips up to a pause bridged; each begins and ends above it. */
function stretchesOf(session: Session, belief: Float32Array, above: number, pauseS: number): [number, number][] {
  const pauseSlots = Math.floor(pauseS / session.slotS)
  const stretches: [number, number][] = []
  let open: [number, number] | undefined
  for (let slot = 0; slot < session.powerW.length; slot++) {
    if (!((belief[slot] ?? 0) > above)) continue
    if (open !== undefined && slot - open[1] <= pauseSlots) open[1] = slot + 1
    else {
      open = [slot, slot + 1]
      stretches.push(open)
    }
  }
  return stretches
}

/** A sighting as a run: its edges where the belief holds, its power no more than the meter's. */
function candidateOf(
  session: Session,
  { belief, powerW }: Outputs,
  decision: RunDecision,
  sighting: Sighting,
  remembered: Remembered | undefined,
): Candidate | undefined {
  const holds = Math.min(decision.holds, mostOf(belief, sighting.start, sighting.stop) / 2)
  let [seenStart, seenStop] = [sighting.start, sighting.stop]
  while (seenStart < seenStop && !((belief[seenStart] ?? 0) > holds)) seenStart += 1
  while (seenStop > seenStart && !((belief[seenStop - 1] ?? 0) > holds)) seenStop -= 1
  const seen = { start: seenStart, stop: seenStop }
  const { start, stop } = remembered === undefined ? seen : familiarStretch(session, remembered, seen)
  const floorW = decision.isPulse === true ? floorAroundW(session, start, stop) : 0
  const drawnW = new Float32Array(stop - start)
  let sumW = 0
  for (let slot = start; slot < stop; slot++) {
    // Within a pause the appliance may draw a little; where nobody believes in it, it draws nothing.
    // A heating before the run that was seen is the program's.
    const believed = (belief[slot] ?? 0) > holds / 2 || (slot < seenStart && remembered?.heating[slot] === 1)
    const draws = session.measured[slot] === 1 && believed
    const slotW = draws ? Math.min(powerW[slot] ?? 0, Math.max(0, (session.powerW[slot] ?? 0) - floorW)) : 0
    drawnW[slot - start] = slotW
    sumW += slotW
  }
  if ((sumW * session.slotS) / 3600 < decision.leastWh) return undefined
  return { start, stop, belief: sighting.belief, powerW: drawnW }
}

function mostOf(belief: Float32Array, start: number, stop: number): number {
  let most = 0
  for (let slot = start; slot < stop; slot++) most = Math.max(most, belief[slot] ?? 0)
  return most
}
