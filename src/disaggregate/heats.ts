/**
 * Heats: the times at which something heated with kilowatts, the bones of every wash.
 *
 * Long ones come from the steady layer, where rises and falls are paired; short ones are bursts. Heats of one power
 * that follow each other at once form a block: a thermostat that cuts in at the end of a heating phase.
 */
import type { Burst } from './bursts.ts'
import type { Pulse } from './pulses.ts'

/** A stretch of heating. */
export interface Heat {
  readonly start: number
  readonly stop: number
  /** Power [W]; too low where `solid` is false. */
  readonly heightW: number
  /** Energy [W × slots]. */
  readonly energy: number
  /** Long enough to know its power. */
  readonly solid: boolean
}

/** Heats of one power in close succession. */
export interface HeatBlock {
  readonly start: number
  readonly stop: number
  readonly heightW: number
  readonly energy: number
  readonly heats: readonly Heat[]
}

/** Least power of a heat [W]. */
export const leastHeatW = 1200
/** Longest pause inside a block [slots of 60 s]. */
const blockPause = 5
/** A heat of which the power is hidden begins a block when it is at least this big [W × slots of 60 s]. */
const coveredEnergy = 12_000
/** Powers of one heating element lie this close together. */
export const sameHeightShare = 0.07

/** All heats, by start. */
export function heatsOf(pulses: readonly Pulse[], bursts: readonly Burst[]): Heat[] {
  const heats: Heat[] = []
  for (const { start, stop, heightW, lengthSlots } of pulses) {
    if (heightW >= leastHeatW) heats.push({ start, stop, heightW, energy: heightW * lengthSlots, solid: true })
  }
  for (const { start, stop, peakW, energy, sure } of bursts) {
    if (peakW >= leastHeatW / 2) heats.push({ start, stop, heightW: peakW, energy, solid: sure && peakW >= leastHeatW })
  }
  return heats.sort((a, b) => a.start - b.start || a.stop - b.stop)
}

/** Whether a heat may come from an element of this power: the same where it is known, not more where it is not. */
export function couldBe(heat: Heat, heightW: number): boolean {
  const ratio = heat.heightW / heightW
  return heat.solid ? Math.abs(ratio - 1) <= sameHeightShare : ratio <= 1 + sameHeightShare && ratio > 0.15
}

/** Blocks that begin with a solid heat, by start. */
export function blocksOf(heats: readonly Heat[]): HeatBlock[] {
  const blocks: HeatBlock[] = []
  const taken = new Set<Heat>()
  for (let index = 0; index < heats.length; index++) {
    const first = heats[index]
    if (first === undefined || !(first.solid || first.energy > coveredEnergy) || taken.has(first)) continue
    const members = [first]
    let stop = first.stop
    for (let next = index + 1; next < heats.length; next++) {
      const heat = heats[next]
      if (heat === undefined || heat.start - stop > blockPause) break
      if (heat.start < stop || taken.has(heat) || !couldBe(heat, first.heightW)) continue
      members.push(heat)
      stop = heat.stop
    }
    for (const heat of members) taken.add(heat)
    blocks.push({ start: first.start, stop, heightW: first.heightW, energy: sumEnergy(members), heats: members })
  }
  return blocks
}

/** Heats in close succession, of whatever power: the heating of a wash with its thermostat's last touches. */
export interface HeatCluster {
  readonly start: number
  readonly stop: number
  /** Highest power [W]. */
  readonly heightW: number
  readonly energy: number
  readonly heats: readonly Heat[]
}

/** Solid heats whose powers differ by more than this are not one element's. */
const clusterShare = 0.25

/** All heats of at least `leastHeatW`, gathered into clusters, by start. */
export function clustersOf(heats: readonly Heat[]): HeatCluster[] {
  const clusters: HeatCluster[] = []
  let members: Heat[] = []
  let stop = 0
  for (const heat of heats) {
    if (heat.heightW < leastHeatW) continue
    if (members.length > 0 && (heat.start - stop > blockPause || !goTogether(members, heat))) {
      clusters.push(clusterOf(members, stop))
      members = []
    }
    stop = members.length === 0 ? heat.stop : Math.max(stop, heat.stop)
    members.push(heat)
  }
  if (members.length > 0) clusters.push(clusterOf(members, stop))
  return clusters
}

function goTogether(members: readonly Heat[], heat: Heat): boolean {
  return members.every((one) => !one.solid || !heat.solid || Math.abs(heat.heightW / one.heightW - 1) <= clusterShare)
}

function clusterOf(members: readonly Heat[], stop: number): HeatCluster {
  const heightW = Math.max(...members.map((heat) => heat.heightW))
  return { start: members[0]?.start ?? 0, stop, heightW, energy: sumEnergy(members), heats: members }
}

/** Energy [W × slots] of several heats. */
export function sumEnergy(heats: readonly Heat[]): number {
  let sum = 0
  for (const heat of heats) sum += heat.energy
  return sum
}

/** A heat that has found its appliance. */
export interface Claim {
  readonly start: number
  readonly stop: number
  readonly heightW: number
}

/** Whether more than half of a heat is already another appliance's, at a like power. */
export function isClaimed(heat: Heat, claims: readonly Claim[]): boolean {
  let slots = 0
  for (const claim of claims) {
    if (claim.heightW < 0.7 * heat.heightW || claim.heightW > 1.4 * heat.heightW) continue
    slots += Math.max(0, Math.min(heat.stop, claim.stop) - Math.max(heat.start, claim.start))
  }
  return slots * 2 > heat.stop - heat.start
}
