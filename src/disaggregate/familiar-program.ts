/**
 * A machine runs the same few programs: where the heatings of earlier runs lie says where this run begins.
 *
 * A network sees a run once, and takes what was hot just before for its first heating, or misses a heating beside another
 * load. So the heatings of each run of the days before are slid over the surroundings of this one. Where enough of them
 * find most of their heating at the same place, the run begins there.
 */
import { median } from 'simple-statistics'
import { leastAround } from './least-around.ts'
import type { Session } from './session.ts'

/** Half-open range of slots. */
export interface Stretch {
  readonly start: number
  /** Exclusive. */
  readonly stop: number
}

/** When something heated in a run, counted from the run's start [slots]. */
export interface Program {
  readonly slots: number
  readonly heatingSlots: readonly number[]
}

/** What is known when runs are placed: when something heats in their session, and the programs of the days before. */
export interface Remembered {
  readonly heating: Uint8Array
  readonly programs: readonly Program[]
}

/** A run as it was seen. */
export interface SeenRun extends Stretch {
  readonly belief: number
}

/** A run in its place. `heatingSlots` are heatings of its program before it was seen. */
export interface PlacedRun extends SeenRun {
  readonly heatingSlots: ReadonlySet<number>
}

/** A heater is this much above the least within half an hour [W, s]. */
const heatingW = 1000
const surroundingS = 1800
/** How far before the run that the network saw, and after it, the program may lie [s]. */
const [reachBeforeS, reachAfterS] = [5400, 3600]
/** The share of a program's heating that must be found. */
const foundShare = 0.75
/** So many earlier runs must agree on a start, and this share of all; they agree within so many seconds. */
const [leastVotes, votesShare, agreeS] = [2, 0.4, 480]
/** A run is moved only where it moves by more than this [s]. */
const leastMoveS = 720

/** 1 where something heats. */
export function heatingOf({ powerW, measured, slotS }: Session): Uint8Array {
  const measuredW = new Float64Array(powerW.length)
  for (let slot = 0; slot < powerW.length; slot++)
    measuredW[slot] = measured[slot] === 1 ? (powerW[slot] ?? 0) : Number.POSITIVE_INFINITY
  const leastW = leastAround(measuredW, Math.round(surroundingS / slotS))
  const heating = new Uint8Array(powerW.length)
  for (let slot = 0; slot < powerW.length; slot++) {
    const aboveW = (powerW[slot] ?? 0) - (leastW[slot] ?? 0)
    heating[slot] = measured[slot] === 1 && aboveW > heatingW ? 1 : 0
  }
  return heating
}

/** The program of a run. */
export function programOf(heating: Uint8Array, { start, stop }: Stretch): Program {
  const heatingSlots: number[] = []
  for (let slot = start; slot < stop; slot++) if (heating[slot] === 1) heatingSlots.push(slot - start)
  return { slots: stop - start, heatingSlots }
}

/**
 * Where the runs of a session lie in the light of the programs of the days before: moved, or as they were seen. They do
 * not overlap: what was seen within a run that was placed, or lies in it by half, is a part of it.
 */
export function placeRuns({ slotS }: Session, remembered: Remembered, seen: readonly SeenRun[]): PlacedRun[] {
  const placed: PlacedRun[] = []
  for (const run of seen) {
    const before = placed.at(-1)
    const from = before?.stop ?? 0
    const hiddenSlots = from - run.start
    if (before !== undefined && hiddenSlots * 2 >= run.stop - run.start) placed[placed.length - 1] = joined(before, run)
    else placed.push(placeRun(slotS, remembered, { ...run, start: Math.max(from, run.start) }, from))
  }
  return placed
}

/** A placed run with one that is a part of it: to the end of both, and as sure as the surer of them. */
function joined(placed: PlacedRun, part: SeenRun): PlacedRun {
  return { ...placed, stop: Math.max(placed.stop, part.stop), belief: Math.max(placed.belief, part.belief) }
}

/** A program laid where it fits. */
interface Vote extends Stretch {
  readonly program: Program
}

function placeRun(slotS: number, { heating, programs }: Remembered, seen: SeenRun, earliest: number): PlacedRun {
  const asSeen = { ...seen, heatingSlots: new Set<number>() }
  const from = Math.max(earliest, seen.start - Math.round(reachBeforeS / slotS))
  const to = Math.min(heating.length, seen.stop + Math.round(reachAfterS / slotS))
  const heard = programs.filter(({ heatingSlots }) => heatingSlots.length > 0)
  const votes = heard.flatMap((program) => bestPlace(heating, { start: from, stop: to }, program, seen) ?? [])
  if (votes.length === 0) return asSeen
  const middle = median(votes.map((vote) => vote.start))
  const agreeing = votes.filter((vote) => Math.abs(vote.start - middle) * slotS < agreeS)
  if (agreeing.length < Math.max(leastVotes, votesShare * heard.length)) return asSeen
  const start = Math.floor(median(agreeing.map((vote) => vote.start)))
  if (Math.abs(start - seen.start) * slotS <= leastMoveS || start >= seen.stop) return asSeen
  const stop = Math.max(seen.stop, Math.floor(median(agreeing.map((vote) => vote.stop))))
  return { start, stop, belief: seen.belief, heatingSlots: commonHeating(heating, agreeing, start, seen.start) }
}

/** Where a program fits best: most of its heatings found, least heat beside them; of equal places the nearest. */
function bestPlace(heating: Uint8Array, within: Stretch, program: Program, seen: Stretch): Vote | undefined {
  const { slots, heatingSlots } = program
  const mayLack = Math.floor((1 - foundShare) * heatingSlots.length)
  let [best, bestFit] = [-1, 0]
  let around = 0
  for (let slot = within.start; slot < within.start + slots; slot++) around += heating[slot] ?? 0
  for (let start = within.start; start + slots <= within.stop; start++) {
    let lacking = 0
    for (const slot of heatingSlots) if (heating[start + slot] !== 1 && ++lacking > mayLack) break
    const fit = lacking > mayLack ? 0 : (heatingSlots.length - lacking) ** 3 / Math.max(1, around)
    const isNearer = fit === bestFit && Math.abs(start - seen.start) < Math.abs(best - seen.start)
    if (fit > 0 && (fit > bestFit || isNearer)) [best, bestFit] = [start, fit]
    around += (heating[start + slots] ?? 0) - (heating[start] ?? 0)
  }
  return best < 0 ? undefined : { start: best, stop: best + slots, program }
}

/** The slots from a start up to another in which something heats, and in which half of the programs do. */
function commonHeating(heating: Uint8Array, votes: readonly Vote[], start: number, end: number): Set<number> {
  const counts = new Map<number, number>()
  for (const vote of votes) {
    for (const slot of vote.program.heatingSlots)
      counts.set(vote.start + slot, (counts.get(vote.start + slot) ?? 0) + 1)
  }
  const isCommon = ([slot, count]: [number, number]): boolean => count * 2 >= votes.length && heating[slot] === 1
  const common = [...counts].filter(isCommon).map(([slot]) => slot)
  return new Set(common.filter((slot) => slot >= start && slot < end))
}
