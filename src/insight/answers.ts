/** What answers share: the sums of days, the columns of a home, `electricity_data`, `meta`. */
import type { AnalysedDay, ApplianceWh, DayTotals } from '../energy/analysis.ts'
import { type ApplianceKey, isApplianceKey } from '../energy/appliances.ts'
import { type EpochMs, formatInstant, type Interval, type TimeZone } from '../energy/civil-time.ts'
import type { Household } from '../energy/household.ts'
import { roundTo } from '../energy/rounding.ts'

/** An analysed day as answers sum it. */
export type SummedDay = Pick<AnalysedDay, 'totals' | 'confidence' | 'model'>

/** The pandas "split" orient: exactly these three keys. */
export interface ElectricityData<I, V> {
  readonly index: readonly I[]
  readonly columns: readonly string[]
  readonly data: readonly (readonly V[])[]
}

/** Why something cannot be answered (yet). */
export type Reason =
  | 'no_readings'
  | 'low_coverage'
  | 'stale'
  | 'profile_missing'
  | 'not_enough_peers'
  | 'not_enough_history'

/** `data.meta`: what the figures rest on. */
export interface Meta {
  readonly unit: 'W' | 'Wh'
  readonly time_zone: TimeZone
  readonly from: string | null
  readonly to: string | null
  readonly resolution_s: number | null
  readonly coverage: number | null
  readonly estimated: boolean
  readonly confidence?: Readonly<Partial<Record<ApplianceKey, number>>>
  /** Columns that hold a likely amount, not one seen to switch: too short for the slots of the period. */
  readonly estimated_appliances?: readonly ApplianceKey[]
  readonly model: string | null
  readonly reason: Reason | null
}

/** What was measured in some time, unrounded. */
export interface MeasuredEnergy {
  readonly measuredS: number
  readonly totalWh: number
}

/** Sums over days, unrounded. */
export interface Sums extends MeasuredEnergy {
  /** One value per column asked for; together the total. */
  readonly columnsWh: readonly number[]
}

/** The columns of a home, in the documented order. */
export function columnsOf(household: Household): readonly ApplianceKey[] {
  return [...household.appliances.keys()]
}

/** What was measured on some days. */
export function totalOf(days: readonly { readonly totals: DayTotals }[]): MeasuredEnergy {
  const sumOf = (of: (totals: DayTotals) => number) => days.reduce((sum, { totals }) => sum + of(totals), 0)
  return { measuredS: sumOf(({ measuredS }) => measuredS), totalWh: sumOf(({ totalWh }) => totalWh) }
}

/** A total in whole Wh; `null` where nothing was measured. */
export function roundedWh({ totalWh, measuredS }: MeasuredEnergy): number | null {
  return measuredS === 0 ? null : Math.round(totalWh)
}

/** The sums of some days in a home's columns. */
export function sumDays(days: readonly { readonly totals: DayTotals }[], columns: readonly ApplianceKey[]): Sums {
  const columnsWh = columns.map(() => 0)
  for (const { totals } of days) {
    for (const [index, energyWh] of inColumns(totals.applianceWh, columns).entries()) {
      columnsWh[index] = (columnsWh[index] ?? 0) + energyWh
    }
  }
  return { ...totalOf(days), columnsWh }
}

/**
 * Energy per appliance in a home's columns. An appliance that has no column (the home has just stopped declaring it)
 * counts as `smallAppliances`: the columns keep adding up to the meter until the day is analysed anew.
 */
export function inColumns(applianceWh: ApplianceWh, columns: readonly ApplianceKey[]): number[] {
  const energiesWh = columns.map((key) => applianceWh[key] ?? 0)
  const rest = columns.indexOf('smallAppliances')
  for (const [key, energyWh] of Object.entries(applianceWh)) {
    if (isApplianceKey(key) && !columns.includes(key)) energiesWh[rest] = (energiesWh[rest] ?? 0) + energyWh
  }
  return energiesWh
}

interface MetaFacts {
  readonly unit: Meta['unit']
  readonly timeZone: TimeZone
  readonly interval: Interval
  readonly days: readonly SummedDay[]
  /** Tells appliances apart: then `confidence` is given, for these columns. */
  readonly columns?: readonly ApplianceKey[]
  readonly estimated?: boolean
  readonly reason?: Reason | null
  /** Of an answer with rows: whether none of them has a value. */
  readonly isEmpty?: boolean
}

/** The meta of an answer over analysed days. */
export function metaOf(facts: MetaFacts): Meta {
  const { unit, timeZone, interval, days, columns, estimated = false, reason, isEmpty = false } = facts
  const measuredS = days.reduce((sum, { totals }) => sum + totals.measuredS, 0)
  return {
    unit,
    time_zone: timeZone,
    from: formatInstant(interval.fromAt),
    to: formatInstant(interval.toAt),
    resolution_s: resolutionOf(days),
    coverage: coverageOf(measuredS, interval),
    estimated,
    ...(columns === undefined
      ? {}
      : {
          confidence: confidenceOf(days, columns),
          estimated_appliances: tooShortFor(toldResolutionOf(days), columns),
        }),
    model: columns === undefined ? null : (days.at(-1)?.model ?? null),
    reason: reason ?? (measuredS === 0 ? 'no_readings' : isEmpty ? 'low_coverage' : null),
  }
}

/** Appliances whose runs last minutes: in a quarter-hour they are one load among others. */
const minutesLong: readonly ApplianceKey[] = ['microwave', 'kettle']

/** Of some appliances, those whose runs are too short for the slots that they were told apart in: they have a likely amount there, and no runs. */
export function tooShortFor(toldSlotS: number | null, columns: readonly ApplianceKey[]): ApplianceKey[] {
  return toldSlotS === 900 ? columns.filter((key) => minutesLong.includes(key)) : []
}

/** The measured share of a time, 0–1, four decimals; `null` where the time is empty. */
export function coverageOf(measuredS: number, { fromAt, toAt }: Interval): number | null {
  const elapsedS = (toAt - fromAt) / 1000
  return elapsedS <= 0 ? null : roundTo(Math.min(1, measuredS / elapsedS), 4)
}

/** The confidence in each column over some days. Days are measured even where they are short: weights by what was measured. */
export function confidenceOf(
  days: readonly Pick<SummedDay, 'totals' | 'confidence'>[],
  columns: readonly ApplianceKey[],
): Partial<Record<ApplianceKey, number>> {
  const result: Partial<Record<ApplianceKey, number>> = {}
  for (const key of columns) {
    let weight = 0
    let weighted = 0
    for (const { confidence, totals } of days) {
      if (confidence[key] === undefined) continue
      weight += totals.measuredS
      weighted += confidence[key] * totals.measuredS
    }
    if (weight > 0) result[key] = roundTo(weighted / weight, 4)
  }
  return result
}

/** The coarsest slot length [s] of days; `null` where nothing was measured. */
export function resolutionOf(days: readonly { readonly totals: DayTotals }[]): number | null {
  return coarsestOf(days, ({ slotS }) => slotS)
}

/** The coarsest slot length [s] that appliances were told apart in; `null` where nothing was measured. */
export function toldResolutionOf(days: readonly { readonly totals: DayTotals }[]): number | null {
  return coarsestOf(days, ({ toldSlotS }) => toldSlotS)
}

function coarsestOf(
  days: readonly { readonly totals: DayTotals }[],
  lengthOf: (totals: DayTotals) => number,
): number | null {
  const measured = days.filter(({ totals }) => totals.measuredS > 0)
  return measured.length === 0 ? null : Math.max(...measured.map(({ totals }) => lengthOf(totals)))
}

/** An instant for the wire, or `null`. */
export function instantOrNull(at: EpochMs | null): string | null {
  return at === null ? null : formatInstant(at)
}
