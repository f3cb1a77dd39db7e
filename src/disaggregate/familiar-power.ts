/**
 * A device draws the same power every time: what a week says of all the short pulses of one height says something of each.
 *
 * A network sees a day and a half, and a short pulse has little shape. So every pulse it half believes in is looked at
 * beside the pulses of about the same height in the days before: where most of them look like a kettle, this one is more
 * likely one too, and a lone look-alike at another height less. The two beliefs are added as log odds.
 */
import type { Program, Stretch } from './familiar-program.ts'
import type { Session } from './session.ts'

/** A pulse or a run that a network half believes in. */
export interface Sighting extends Stretch {
  /** The highest belief in it, 0–1. */
  readonly belief: number
  /** What it stands above its surroundings [W]. */
  readonly heightW: number
  /** Of a run that is believed in, of an appliance that has programs. */
  readonly program?: Program
}

/** Powers of one device lie within about this share of each other: one standard deviation. */
const sameShare = 0.05
/** What is believed of a height that was never seen, and how many sightings that counts like. */
const unseenBelief = 0.25
const unseenWeight = 1
/** How much the pulse itself says, and how much its like. Chosen on recorded homes (docs/accuracy.md). */
const ownWeight = 0.6
const likeWeight = 0.9

/** The belief in a sighting, 0–1, in the light of all those of some days; it is one of them itself. */
export function familiarBelief(one: Sighting, all: readonly Sighting[]): number {
  let [weights, beliefs] = [unseenWeight, unseenWeight * unseenBelief]
  for (const other of all) {
    const apart = (other.heightW - one.heightW) / (sameShare * Math.max(1, one.heightW))
    const weight = Math.exp(-0.5 * apart * apart)
    weights += weight
    beliefs += weight * other.belief
  }
  return shareOf(ownWeight * logOdds(one.belief) + likeWeight * logOdds(beliefs / weights))
}

/** How far a stretch of slots stands above the lowest slot at its ends and just outside them [W]. */
export function heightOfW(session: Session, start: number, stop: number): number {
  const floorW = Math.min(
    leastBetweenW(session, start - surroundingSlots, start + 1),
    leastBetweenW(session, stop - 1, stop + surroundingSlots),
  )
  const highest = session.powerW.slice(start, stop).sort().reverse()
  // The first and the last slot are cut; of a longer pulse the third-highest slot stands clear of what began meanwhile.
  const typicalW = highest[Math.max(0, Math.min(2, Math.floor((stop - start) / 2) - 1))] ?? 0
  return Math.max(0, typicalW - (Number.isFinite(floorW) ? floorW : 0))
}

/** The lowest measured slot just outside a stretch [W]; 0 where none is measured. */
export function leastOutsideW(session: Session, start: number, stop: number): number {
  const leastW = Math.min(
    leastBetweenW(session, start - surroundingSlots, start),
    leastBetweenW(session, stop, stop + surroundingSlots),
  )
  return Number.isFinite(leastW) ? leastW : 0
}

function leastBetweenW({ powerW, measured }: Session, from: number, to: number): number {
  let leastW = Number.POSITIVE_INFINITY
  for (let slot = Math.max(0, from); slot < Math.min(powerW.length, to); slot++)
    if (measured[slot] === 1) leastW = Math.min(leastW, powerW[slot] ?? 0)
  return leastW
}

const surroundingSlots = 2

function logOdds(share: number): number {
  const kept = Math.min(0.99, Math.max(0.01, share))
  return Math.log(kept / (1 - kept))
}

function shareOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds))
}
