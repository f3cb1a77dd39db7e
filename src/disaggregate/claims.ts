/** Claims: the runs that appliances believe to be theirs, and who keeps a stretch that two of them want. */

import { sum } from 'simple-statistics'
import { leastOutsideW } from './familiar-power.ts'
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
  const leftW = Float64Array.from(session.powerW)
  const kept: Claim[] = []
  for (const claim of [...claims].sort((a, b) => b.belief - a.belief || a.start - b.start)) {
    // Of what the rest draws beside a pulse, a surer pulse around it has been taken away already.
    const restW = Math.min(claim.restW, leastOutsideW({ ...session, powerW: leftW }, claim.start, claim.stop))
    if (leftOfW(claim, leftW, restW) < leastLeftShare * sum([...claim.powerW])) continue
    kept.push(claim)
    for (let slot = 0; slot < claim.powerW.length; slot++) {
      const place = claim.start + slot
      leftW[place] = Math.max(0, (leftW[place] ?? 0) - (claim.powerW[slot] ?? 0))
    }
  }
  return kept
}

/** The sum of a claim's powers, each no more than what is left there beside the rest of the home. */
function leftOfW({ start, powerW }: Claim, leftW: Float64Array, restW: number): number {
  let sumW = 0
  for (let slot = 0; slot < powerW.length; slot++)
    sumW += Math.min(powerW[slot] ?? 0, Math.max(0, (leftW[start + slot] ?? 0) - restW))
  return sumW
}
