/**
 * What the analysis of a local day yields: a curve per appliance, its runs, and the sums that every answer is made of.
 *
 * `columns` never contains `smallAppliances`: it is the meter's total less all columns, so that columns add up to the
 * meter by construction.
 */
import type { ApplianceKey } from './appliances.ts'
import type { CivilDay, EpochMs } from './civil-time.ts'
import type { DayCurve, SlotS } from './load-curve.ts'
import type { Band } from './tariff-bands.ts'

/** One run (cycle) of an appliance; `stopAt` exclusive. It belongs to the day of its start, also where the next day tells of it. */
export interface Run {
  readonly appliance: ApplianceKey
  readonly startAt: EpochMs
  readonly stopAt: EpochMs
  readonly energyWh: number
}

/** Energy per appliance [Wh], `smallAppliances` included: the values add up to the meter's total. */
export type ApplianceWh = Readonly<Partial<Record<ApplianceKey, number>>>

/** Sums of one local hour. */
export interface HourTotals {
  readonly startAt: EpochMs
  /** What the wall clock says, 0–23. */
  readonly hour: number
  readonly band: Band
  /** Length of the measured slots [s]. */
  readonly measuredS: number
  readonly totalWh: number
  readonly applianceWh: ApplianceWh
}

/** Sums of one local day; unrounded. */
export interface DayTotals {
  readonly day: CivilDay
  readonly slotS: SlotS
  /** Length of the slots that its appliances were told apart in [s]; longer than its own where minutes repeat a coarser meter. */
  readonly toldSlotS: SlotS
  /** Length of the local day [s]: 82,800, 86,400 or 90,000. */
  readonly elapsedS: number
  readonly measuredS: number
  readonly totalWh: number
  readonly bandWh: Readonly<Record<Band, number>>
  readonly applianceWh: ApplianceWh
}

/** One analysed local day. */
export interface AnalysedDay {
  readonly curve: DayCurve
  /** Mean power per slot [W] for each declared appliance and standby, without `smallAppliances`; 0 where unmeasured. */
  readonly columns: ReadonlyMap<ApplianceKey, Float32Array>
  readonly runs: readonly Run[]
  readonly totals: DayTotals
  readonly hours: readonly HourTotals[]
  /** 0–1 per appliance. */
  readonly confidence: Readonly<Partial<Record<ApplianceKey, number>>>
  /** Name and version of the method, such as `unet-19`. */
  readonly model: string
}

/** What a day's analysis looks at beside the day itself. A change of readings makes the days stale that looked at them. */
export const analysisContext = {
  /** Whole local days before. */
  daysBefore: 7,
  /** Hours of the following day. */
  hoursAfter: 3,
} as const
