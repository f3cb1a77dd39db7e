/** The hours of a grid zone: how much of what was generated was renewable, and how that is known. */
import type { EpochMs } from './civil-time.ts'

/** A grid zone: `IT` for Italy as a whole. Upper case. */
export type GridZone = string

/** How an hour's value is known: measured, forecast from recent days (or by a source), or filled in from past years. */
export type GridHourKind = 'actual' | 'forecast' | 'substitute'

/** The renewable share of one hour. */
export interface GridHour {
  /** Start of the hour, a whole hour of UTC. */
  readonly startAt: EpochMs
  /** Renewable generation / generation, 0–1 (Directive (EU) 2018/2001 art. 2(1): no nuclear, no pumped storage). */
  readonly renewableShare: number
  readonly kind: GridHourKind
  /** When the value was measured or computed. */
  readonly madeAt: EpochMs
}

/** One measured hour of a zone's history. */
export type MeasuredGridHour = Pick<GridHour, 'startAt' | 'renewableShare'>
