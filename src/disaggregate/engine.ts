/**
 * The interface every disaggregation method stands behind: a home's load curve in, appliances out. Pure.
 */
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { Household } from '../energy/household.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'

/** A stretch of a home's days, and which of them to analyse. */
export interface DisaggregationInput {
  readonly household: Household
  /** Consecutive local days, oldest first: the days to analyse and the context around them; days without data are all unmeasured. */
  readonly days: readonly DayCurve[]
  /** Index in `days` of the first day to analyse. */
  readonly from: number
  /** Index after the last day to analyse. */
  readonly to: number
}

/** One day, told apart. */
export interface DayDisaggregation {
  /**
   * Mean power per slot [W] for every declared appliance and `standby`, without `smallAppliances`. Same length as the
   * day's curve, each ≥ 0, together ≤ the meter in every slot, 0 where unmeasured.
   */
  readonly columns: ReadonlyMap<ApplianceKey, Float32Array>
  /**
   * Runs that start in the day, by start, with their energy also past midnight; a compressor's cycles are runs too. A run that
   * goes on past what the day sees of the next is told of up to there; the next day tells of all of it, as of a run that starts
   * in the day before. So one run may stand in two days: `wholeRuns` keeps it once.
   * One that began before the session in which the day's own night lies is told of in parts.
   */
  readonly runs: readonly Run[]
  /** 0–1 per appliance: how sure the method is of this day's column. */
  readonly confidence: Readonly<Partial<Record<ApplianceKey, number>>>
  /** Length of the slots that the appliances were told apart in [s]; 900 in a day of minutes that repeat a coarser meter. */
  readonly toldSlotS: SlotS
}

/** A disaggregation method. Deterministic: a day's result depends on its context alone, not on the stretch it came in. */
export interface Disaggregator {
  /** Name and version, as answers quote it, such as `unet-19`. */
  readonly model: string
  /**
   * Whether it says when an appliance runs, in slots of a length; a method without this never does: it gives columns alone.
   */
  readonly tellsRuns?: (appliance: ApplianceKey, slotS: SlotS) => boolean
  /** One result per analysed day. A day looks at `analysisContext` (energy/analysis.ts) at most, and at how far apart the readings of the next day are. */
  disaggregate(input: DisaggregationInput): Promise<DayDisaggregation[]>
}
