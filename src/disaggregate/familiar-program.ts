/**
 * A machine runs the same few programs: where the heatings of earlier runs lie says where this run begins.
 *
 * A network sees a run once, and takes what was hot just before for its first heating, or misses a heating beside another
 * load. So the heatings of each run of the days before are slid over the surroundings of this one. Where most of them
 * find all of their heatings, and find them at the same place, the run begins there.
 */
import { median } from 'simple-statistics'
import { leastAround } from './least-around.ts'
import type { Session } from './session.ts'

/** When something heated in a run, counted from the run's start [slots]. */
export interface Program {
  readonly slots: number
  readonly heatingSlots: readonly number[]
}

/** Half-open range of slots. */
export interface Stretch {
  readonly start: number
  readonly stop: number
}

/** What is known when a run is placed: when something heats in its session, and the programs of the days before. */
export interface Remembered {
  readonly heating: Uint8Array
  readonly programs: readonly Program[]
}

/** A heater is this much above the least within a quarter of an hour [W, s]. */
const heatingW = 1000
const surroundingS = 900
/** How far before the run that the network saw, and after it, the program may lie [s]. */
const [reachBeforeS, reachAfterS] = [5400, 3600]
/** The share of a program's heating that must be found. */
const foundShare = 0.75
/** So many earlier runs must agree, and this share of all of them; on a start within so many seconds. */
const [leastVotes, votesShare, agreeS] = [3, 0.5, 480]
/** A run is moved only where it moves by more than this [s]. */
const leastMoveS = 720

/** 1 where something heats. */
export function heatingOf({ powerW, slotS }: Session): Uint8Array {
  const leastW = leastAround(powerW, Math.round(surroundingS / slotS))
  return Uint8Array.from(powerW, (hereW, slot) => (hereW - (leastW[slot] ?? 0) > heatingW ? 1 : 0))
}

/** The program of a run. */
export function programOf(heating: Uint8Array, { start, stop }: Stretch): Program {
  const heatingSlots: number[] = []
  for (let slot = start; slot < stop; slot++) if (heating[slot] === 1) heatingSlots.push(slot - start)
  return { slots: stop - start, heatingSlots }
}

/** Where the run lies in the light of the programs of the days before: moved, or as it was seen. */
export function familiarStretch({ slotS }: Session, { heating, programs }: Remembered, seen: Stretch): Stretch {
  const from = Math.max(0, seen.start - Math.round(reachBeforeS / slotS))
  const to = Math.min(heating.length, seen.stop + Math.round(reachAfterS / slotS))
  const heard = programs.filter(({ slots, heatingSlots }) => heatingSlots.length > 0 && slots <= to - from)
  const votes = heard.flatMap((program) => placeOf(heating, from, to, program) ?? [])
  if (votes.length < Math.max(leastVotes, votesShare * heard.length)) return seen
  const start = Math.floor(median(votes.map((vote) => vote.start)))
  const agreeing = votes.filter((vote) => Math.abs(vote.start - start) * slotS < agreeS)
  const moves = Math.abs(start - seen.start) * slotS > leastMoveS
  if (!moves || agreeing.length < votesShare * votes.length) return seen
  return { start, stop: Math.max(seen.stop, Math.floor(median(votes.map((vote) => vote.stop)))) }
}

/** Where a program fits best: most of its heatings found, least heat beside them. */
function placeOf(heating: Uint8Array, from: number, to: number, { slots, heatingSlots }: Program): Stretch | undefined {
  let [best, bestFit] = [-1, 0]
  let around = 0
  for (let slot = from; slot < from + slots; slot++) around += heating[slot] ?? 0
  for (let start = from; start + slots <= to; start++) {
    let found = 0
    for (const slot of heatingSlots) found += heating[start + slot] ?? 0
    const fit = found ** 3 / Math.max(1, around)
    if (found >= foundShare * heatingSlots.length && fit > bestFit) [best, bestFit] = [start, fit]
    around += (heating[start + slots] ?? 0) - (heating[start] ?? 0)
  }
  return best < 0 ? undefined : { start: best, stop: best + slots }
}
