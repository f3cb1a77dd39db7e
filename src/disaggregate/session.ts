/**
 * Sessions: how days are cut so that a run across midnight looks the same from both of its days.
 *
 * The home's time is cut once a night, at the quietest moment from one hour after midnight on. The day before must see what lies
 * around it (up to `analysisContext.hoursAfter`). A session lasts from one cut to the next. Both neighbouring days
 * see the whole session around their midnight, so both find the same runs in it. Time is cut at midnight instead, and each
 * has its part of the night alone, where two days have slots of different lengths, where either is missing, and where nothing
 * is measured of the earlier one or of what that sees of the later.
 */
import { analysisContext } from '../energy/analysis.ts'
import type { EpochMs } from '../energy/civil-time.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'

/** A day as it is told apart: as it came, or minutes in quarter-hours. */
export interface ToldDay extends DayCurve {
  /** The share of each slot that was measured, 0–1, where slots are made of shorter ones; else they are measured whole or not. */
  readonly knownShare?: Float32Array
  /** How far apart the readings are that its minutes repeat [s], where they are told apart in quarter-hours. */
  readonly readingsApartS?: number
  /** Whether its minutes are of power sent on large changes, and of the energy of quarter-hours (`sparse-power.ts`). */
  readonly hasSparsePower?: true
}

/** A stretch of consecutive slots, from one cut to the next. */
export interface Session {
  readonly startAt: EpochMs
  readonly slotS: SlotS
  /** Mean power per slot [W]; 0 where unmeasured. */
  readonly powerW: Float64Array
  readonly measured: Uint8Array
  /** As that of its days. */
  readonly knownShare?: Float32Array
  /** As the day in which it begins. */
  readonly hasSparsePower?: true
  /** Number of slots before midnight; the rest lie on the following day. */
  readonly midnight: number
}

/** The night between two days: one session that both see, or, cut at midnight, one for each. */
export interface Night {
  /** The session of the earlier day, up to midnight at least. */
  readonly evening: Session | undefined
  /** The session of the later day, from midnight at the latest. */
  readonly morning: Session | undefined
}

/** Earliest cut [s after midnight]. */
const earliestCutS = 3600
/** What counts as "around" a cut on either side [s]: a wash in its pauses is not quiet. */
const cutReachS = 2700

/**
 * The slot of a day at which the night before ends and the day's own session begins: the slot with the least drawn
 * around it, of those around which both the day and the day before can see. Unmeasured slots count as quiet.
 */
export function cutSlotOf(day: DayCurve): number {
  const horizon = horizonOf(day)
  const earliest = Math.min(horizon, Math.round(earliestCutS / day.slotS))
  const reach = Math.round(cutReachS / day.slotS)
  return quietestSlot(day.powerW, earliest, Math.max(earliest, horizon - reach), reach)
}

/** How many slots of a day the day before sees. */
function horizonOf(day: DayCurve): number {
  return Math.min(day.powerW.length, Math.round((analysisContext.hoursAfter * 3600) / day.slotS))
}

/** The night between two consecutive days; either may be missing. */
export function nightBetween(day: ToldDay | undefined, next: ToldDay | undefined): Night {
  const isOne =
    day?.slotS === next?.slotS &&
    day?.measured.includes(1) === true &&
    next?.measured.subarray(0, horizonOf(next)).includes(1) === true
  if (!isOne) return { evening: sessionBetween(day, undefined), morning: sessionBetween(undefined, next) }
  const session = sessionBetween(day, next)
  return { evening: session, morning: session }
}

/** The session that begins with a day's cut and ends with the next day's; either day may be missing, not both. */
function sessionBetween(day: ToldDay | undefined, next: ToldDay | undefined): Session | undefined {
  const anchor = day ?? next
  if (anchor === undefined) return undefined
  const tail = next === undefined ? 0 : cutSlotOf(next)
  const from = day === undefined ? 0 : cutSlotOf(day)
  const midnight = day === undefined ? 0 : day.powerW.length - from
  const powerW = new Float64Array(midnight + tail)
  const measured = new Uint8Array(midnight + tail)
  if (day !== undefined) {
    powerW.set(day.powerW.subarray(from))
    measured.set(day.measured.subarray(from))
  }
  if (next !== undefined && tail > 0) {
    powerW.set(next.powerW.subarray(0, tail), midnight)
    measured.set(next.measured.subarray(0, tail), midnight)
  }
  const own = {
    startAt: anchor.startAt + from * anchor.slotS * 1000,
    slotS: anchor.slotS,
    powerW,
    measured,
    midnight,
    ...(anchor.hasSparsePower === true && { hasSparsePower: true as const }),
  }
  if (day?.knownShare === undefined && next?.knownShare === undefined) return own
  const knownShare = new Float32Array(powerW.length).fill(1)
  if (day?.knownShare !== undefined) knownShare.set(day.knownShare.subarray(from))
  if (next?.knownShare !== undefined) knownShare.set(next.knownShare.subarray(0, tail), midnight)
  return { ...own, knownShare }
}

/** When a session, or a day, ends. */
export function endOf({ startAt, powerW, slotS }: Pick<Session, 'startAt' | 'powerW' | 'slotS'>): EpochMs {
  return startAt + powerW.length * slotS * 1000
}

/** How much of a stretch of slots is unmeasured [s]. */
export function unmeasuredS({ measured, slotS }: Session, from: number, to = measured.length): number {
  let slots = 0
  for (let slot = from; slot < to; slot++) if (measured[slot] !== 1) slots += 1
  return slots * slotS
}

function quietestSlot(powerW: Float64Array, from: number, to: number, reach: number): number {
  let best = from
  let bestMeanW = Number.POSITIVE_INFINITY
  for (let slot = from; slot < to; slot++) {
    const meanW = meanBetween(powerW, Math.max(0, slot - reach), Math.min(powerW.length, slot + reach + 1))
    if (meanW < bestMeanW) {
      bestMeanW = meanW
      best = slot
    }
  }
  return best
}

function meanBetween(powerW: Float64Array, from: number, to: number): number {
  let sumW = 0
  for (let slot = from; slot < to; slot++) sumW += powerW[slot] ?? 0
  return sumW / (to - from)
}
