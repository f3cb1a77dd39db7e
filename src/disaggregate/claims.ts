/** Claims: the runs that appliances believe to be theirs, and who keeps a stretch that two of them want. */
import type { RunOwner } from './heads.ts'
import type { Candidate } from './runs-from-belief.ts'
import type { Session } from './session.ts'

/** A run that an appliance believes to be its own. */
export interface Claim extends Candidate, RunOwner {
  /** Whether it is a pulse of minutes (a kettle's) or a program (a wash). */
  readonly isPulse: boolean
}

/** A claim of which less than this is left, once surer ones were served, is given up. */
const leastLeftShare = 0.5

/**
 * Serves the claims, the surest first; one of which too little is left was somebody else's. Pulses and programs do not
 * give each other up: a kettle boils during a wash, and what the wash draws in just that minute is only a guess.
 * @returns the claims that hold, by start
 */
export function settleClaims(session: Session, claims: readonly Claim[]): Claim[] {
  const kept = [true, false].flatMap((isPulse) =>
    settleAlike(
      session,
      claims.filter((claim) => claim.isPulse === isPulse),
    ),
  )
  return kept.sort((a, b) => a.start - b.start)
}

function settleAlike(session: Session, claims: readonly Claim[]): Claim[] {
  const leftW = Float32Array.from(session.powerW)
  const kept: Claim[] = []
  for (const claim of [...claims].sort((a, b) => b.belief - a.belief || a.start - b.start)) {
    if (claimedW(claim, leftW) < leastLeftShare * claimedW(claim)) continue
    kept.push(claim)
    for (let slot = 0; slot < claim.powerW.length; slot++) {
      const place = claim.start + slot
      leftW[place] = Math.max(0, (leftW[place] ?? 0) - (claim.powerW[slot] ?? 0))
    }
  }
  return kept
}

/** The sum of a claim's powers, each no more than what is left there beside the rest of the home. */
function claimedW(claim: Claim, leftW?: Float32Array): number {
  let sumW = 0
  for (let slot = 0; slot < claim.powerW.length; slot++) {
    const hereW = claim.powerW[slot] ?? 0
    sumW += leftW === undefined ? hereW : Math.min(hereW, Math.max(0, (leftW[claim.start + slot] ?? 0) - claim.restW))
  }
  return sumW
}
