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

/** Mean power [W] of an energy over a time. */
export function meanPowerWOf(energyWh: number, durationS: number): number {
  return (energyWh * 3600) / durationS
}

/** A curve up to now, and when it is worth looking again. */
export interface ClosedCurve {
  readonly curve: DayCurve
  /** When the first slot that was taken out is over; `null` where none was. */
  readonly recheckAt: EpochMs | null
}

/** Takes out the slots that are not over at `now`: a power value holds on, but what is to come was not measured yet. */
export function closedSlotsOf(curve: DayCurve, now: EpochMs): ClosedCurve {
  const slotMs = curve.slotS * 1000
  const closed = Math.min(curve.powerW.length, Math.max(0, Math.floor((now - curve.startAt) / slotMs)))
  const open = curve.measured.indexOf(1, closed)
  if (open < 0) return { curve, recheckAt: null }
  const powerW = curve.powerW.slice().fill(0, closed)
  const measured = curve.measured.slice().fill(0, closed)
  return { curve: { ...curve, powerW, measured }, recheckAt: curve.startAt + (open + 1) * slotMs }
}
