/**
 * A load curve: mean power [W] per slot of fixed length, one slot after the other.
 *
 * Slots last 60 s where a home sends power and 900 s where its meter only sends quarter-hour energy. A slot that was
 * not measured has `measured[i] = 0` and `powerW[i] = 0`: read the mask before the number. Energy of a slot [Wh] is
 * `powerW × slotS / 3600`. NaN never occurs.
 */
import type { CivilDay, EpochMs } from './civil-time.ts'

/** Length of a slot [s]. */
export type SlotS = 60 | 900

/** The load curve of one whole local day (23, 24 or 25 hours of slots; slots still to come are unmeasured). */
export interface DayCurve {
  readonly day: CivilDay
  /** First instant of the local day. */
  readonly startAt: EpochMs
  readonly slotS: SlotS
  /** Mean power per slot [W], ≥ 0; 0 where unmeasured. */
  readonly powerW: Float64Array
  /** 1 where the slot was measured, 0 where not; same length as `powerW`. */
  readonly measured: Uint8Array
}

/** Energy [Wh] of a mean power over a time. */
export function energyWhOf(powerW: number, durationS: number): number {
  return (powerW * durationS) / 3600
}
