/** A stretch of days through a disaggregator, each day summed: from load curves to what the store keeps. */
import type { AnalysedDay, Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { TimeZone } from '../energy/civil-time.ts'
import type { Household } from '../energy/household.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { continuousAppliances } from '../energy/reference-appliances.ts'
import type { BandCalendar } from '../energy/tariff-bands.ts'
import { type DayColumns, totalsOf } from './day-totals.ts'

/** Days of one home and which of them to analyse; the others are context. */
export interface Stretch {
  readonly household: Household
  readonly timeZone: TimeZone
  /** Consecutive local days, oldest first. */
  readonly days: readonly DayCurve[]
  readonly from: number
  readonly to: number
}

/** A day told apart, as this room needs it. */
export interface DayApart {
  readonly columns: DayColumns
  readonly runs: readonly Run[]
  readonly confidence: Readonly<Partial<Record<ApplianceKey, number>>>
  /** Length of the slots that they were told apart in [s]. */
  readonly toldSlotS: SlotS
}

/** What tells appliances apart, as this room needs it. */
export interface DayDisaggregator {
  readonly model: string
  disaggregate(stretch: Stretch): Promise<readonly DayApart[]>
}

/**
 * Analyses the days `from`…`to` of a stretch; a day without a measured slot is analysed too, to nothing.
 * @throws when the disaggregator does not answer once per day: a bug
 */
export async function analyseDays(
  stretch: Stretch,
  disaggregator: DayDisaggregator,
  calendar: BandCalendar,
): Promise<AnalysedDay[]> {
  const curves = stretch.days.slice(stretch.from, stretch.to)
  const results = await disaggregator.disaggregate(stretch)
  return curves.map((curve, index) => {
    const result = results[index]
    if (result === undefined) throw new Error(`${disaggregator.model} gave ${results.length} of ${curves.length} days`)
    const { columns, confidence } = result
    const sums = totalsOf(curve, result, stretch.timeZone, calendar)
    return { curve, columns, confidence, runs: result.runs.filter(isUsage), ...sums, model: disaggregator.model }
  })
}

/** A compressor switches by itself, twenty times a day: nobody used it. */
export function isUsage({ appliance }: Run): boolean {
  return !continuousAppliances.includes(appliance)
}
