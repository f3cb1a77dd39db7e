/**
 * What could be saved? Runs and energy of the last 28 complete days beside those of similar homes, appliance by
 * appliance. Every energy is Wh.
 *
 * Figures of peers have two significant digits: a percentile of eleven homes is what one of them used.
 */
import type { DayTotals, Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, type Interval, localDayOf, type TimeZone } from '../energy/civil-time.ts'
import type { HomeUse } from '../energy/home-use.ts'
import type { Household } from '../energy/household.ts'
import { mean, quantile } from '../energy/quantiles.ts'
import { continuousAppliances, cyclicAppliances, referenceAppliances } from '../energy/reference-appliances.ts'
import { roundSignificant, roundToTotal } from '../energy/rounding.ts'
import { peersMin } from '../energy/similar-homes.ts'
import { columnsOf, type Meta, metaOf, type Reason, type SummedDay, sumDays } from './answers.ts'
import { homeUseOf, toldS } from './home-use.ts'
import { efficientShare, type NoGroup, type PeerGroup } from './peer-group.ts'

const windowDays = 28
const weekDays = 7
const weeksInWindow = windowDays / weekDays
/** Below this coverage the figures mean little. */
const coverageMin = 0.5

export interface SavingQuestion {
  readonly accountNumber: string
  readonly timeZone: TimeZone
  readonly household: Household
  /** The last 28 complete local days, oldest first. */
  readonly window: readonly CivilDay[]
  readonly interval: Interval
  /** Those of them that were analysed. */
  readonly days: readonly SummedDay[]
  /** Runs that start in the window. */
  readonly runs: readonly Run[]
  /** A reading of the first day that the home was measured; `null` where it never was. */
  readonly measuredFromAt: number | null
  readonly group: PeerGroup<HomeUse> | NoGroup
}

interface Pair {
  readonly user: number | null
  readonly average: number
}

export interface ApplianceSaving {
  readonly appliance: ApplianceKey
  readonly single_use_consumption?: Pair
  readonly usages_number?: Pair
  readonly total_consumption?: Pair
  readonly consumption: { readonly actual: number; readonly saving: number }
  /** What the thrifty fifth of the peers need: per run of a cyclic appliance, in 28 days of a continuous one. */
  readonly efficient: number
  readonly basis: 'efficient_peers' | 'reference_appliance'
  readonly history?: {
    readonly threshold: number
    readonly consumptions_history: readonly {
      readonly start: string
      readonly stop: string
      readonly value: number | null
    }[]
  }
}

export interface SavingData {
  readonly account_number: string
  readonly consumption: number | null
  readonly saving_data: readonly ApplianceSaving[]
  readonly meta: Meta
}

/** The answer of `GET …/saving`. */
export function savingAnswer(question: SavingQuestion): SavingData {
  const { accountNumber, timeZone, household, interval, days, runs } = question
  const columns = columnsOf(household)
  const elapsedS = (interval.toAt - interval.fromAt) / 1000
  const use = homeUseOf(columns, days, runs, elapsedS)
  const { columnsWh, totalWh } = sumDays(days, columns)
  const roundedWh = roundToTotal(columnsWh, totalWh)
  const listed =
    use.measuredS === 0
      ? []
      : columns.flatMap((appliance, index) => savingOf(appliance, use, roundedWh[index] ?? 0, question) ?? [])
  const consumption = use.measuredS === 0 ? null : Math.round(use.totalWh)
  const estimated = listed.some(({ basis }) => basis === 'reference_appliance')
  return {
    account_number: accountNumber,
    consumption,
    saving_data: withinTotal(listed, consumption ?? 0),
    meta: metaOf({ unit: 'Wh', timeZone, interval, days, columns, estimated, reason: reasonOf(question, use) }),
  }
}

function reasonOf({ measuredFromAt, interval, timeZone, window, group }: SavingQuestion, use: HomeUse): Reason | null {
  const firstOn = measuredFromAt === null ? undefined : localDayOf(measuredFromAt, timeZone)
  if (use.measuredS === 0 && (firstOn === undefined || firstOn <= (window.at(-1) ?? ''))) return 'no_readings'
  if (firstOn !== undefined && firstOn > (window[0] ?? '')) return 'not_enough_history'
  if (use.measuredS < coverageMin * ((interval.toAt - interval.fromAt) / 1000)) return 'low_coverage'
  return typeof group === 'string' ? group : null
}

/**
 * `undefined` for appliances that are neither cyclic nor continuous.
 * @param columnWh the appliance's column over the window, rounded as the distribution rounds it
 */
function savingOf(
  appliance: ApplianceKey,
  use: HomeUse,
  columnWh: number,
  question: SavingQuestion,
): ApplianceSaving | undefined {
  const own = use.appliances[appliance]
  if (own === undefined) return undefined
  const shownS = toldS(appliance, question.days)
  const yardstick = yardstickOf(appliance, question, (shownS === 0 ? use.measuredS : shownS) / use.elapsedS)
  if (own.usages === null) return continuousSaving(appliance, columnWh, yardstick, question)
  return cyclicSaving(appliance, shownS === 0 && own.usages === 0 ? null : own.usages, own.totalWh, yardstick)
}

/** @param usages `null` where they cannot be told */
function cyclicSaving(
  appliance: ApplianceKey,
  usages: number | null,
  totalWh: number,
  { basis, singleWh, efficientWh, usages: usualUsages }: Yardstick,
): ApplianceSaving {
  const actual = Math.round(totalWh)
  const runs = usages ?? 0
  const single = runs === 0 ? null : Math.round(totalWh / runs)
  const saving = single === null ? 0 : clamp(runs * (single - Math.round(efficientWh)), actual)
  return {
    appliance,
    single_use_consumption: { user: single, average: Math.round(singleWh) },
    usages_number: { user: usages, average: Math.round(usualUsages) },
    consumption: { actual, saving },
    efficient: Math.round(efficientWh),
    basis,
  }
}

function continuousSaving(
  appliance: ApplianceKey,
  user: number,
  { basis, totalWh: usualWh, weekWh, efficientWh }: Yardstick,
  question: SavingQuestion,
): ApplianceSaving {
  return {
    appliance,
    total_consumption: { user, average: Math.round(usualWh) },
    consumption: { actual: user, saving: clamp(user - Math.round(efficientWh), user) },
    efficient: Math.round(efficientWh),
    basis,
    ...(appliance === 'standby' ? { history: weeksOf(user, weekWh, question) } : {}),
  }
}

/** Four weeks of standby that add up to the whole; a week without measurements is `null`. */
function weeksOf(
  totalWh: number,
  usualWeekWh: number,
  { window, days }: SavingQuestion,
): NonNullable<ApplianceSaving['history']> {
  const weeks = Array.from({ length: weeksInWindow }, (_, week) => window.slice(week * weekDays, (week + 1) * weekDays))
  const sums = weeks.map((week) => sumDays(ofWeek(days, week), ['standby', 'smallAppliances']))
  const valuesWh = roundToTotal(
    sums.map(({ columnsWh }) => columnsWh[0] ?? 0),
    totalWh,
  )
  return {
    threshold: Math.round(usualWeekWh),
    consumptions_history: weeks.map((week, index) => ({
      start: `${week[0]}T00:00:00Z`,
      stop: `${week.at(-1)}T00:00:00Z`,
      value: sums[index]?.measuredS === 0 ? null : (valuesWh[index] ?? 0),
    })),
  }
}

function ofWeek<Day extends { readonly totals: DayTotals }>(days: readonly Day[], week: readonly CivilDay[]): Day[] {
  return days.filter(({ totals }) => week.includes(totals.day))
}

/** What an appliance usually needs, and what the thrifty need, over the window and this home's coverage. */
interface Yardstick {
  readonly basis: ApplianceSaving['basis']
  readonly singleWh: number
  readonly usages: number
  readonly totalWh: number
  /** What a whole week usually needs, however much of the window this home has measured. */
  readonly weekWh: number
  /** Per run of a cyclic appliance, in all of a continuous one. */
  readonly efficientWh: number
}

/** @param coverage the share of the window that shows the appliance in this home, 0–1 */
function yardstickOf(appliance: ApplianceKey, { group, household }: SavingQuestion, coverage: number): Yardstick {
  const peers = typeof group === 'string' ? [] : group.homes.flatMap((home) => peerUse(home, appliance) ?? [])
  const reference = referenceYardstick(appliance, household.appliances.get(appliance) ?? 1, coverage)
  if (peers.length < peersMin) return reference
  const inRuns = cyclicAppliances.includes(appliance)
  const singles = peers.filter(({ usages }) => usages > 0).map(({ totalWh, usages }) => totalWh / usages)
  if (inRuns && singles.length < peersMin) return reference
  const totals = peers.map(({ totalWh }) => totalWh * coverage)
  return {
    basis: 'efficient_peers',
    singleWh: inRuns ? ofGroup(mean(singles)) : 0,
    usages: ofGroup(mean(peers.map(({ usages }) => usages)) * coverage),
    totalWh: ofGroup(mean(totals)),
    weekWh: ofGroup(mean(peers.map(({ totalWh }) => totalWh))) / weeksInWindow,
    efficientWh: ofGroup(quantile(inRuns ? singles : totals, efficientShare)),
  }
}

/** A figure of the peers, so that it is that of no single one. */
function ofGroup(figure: number): number {
  return roundSignificant(figure, 2)
}

/** A peer's use of an appliance as if it had been measured all the time; `undefined` where it has none. */
function peerUse({ appliances, elapsedS, measuredS }: HomeUse, appliance: ApplianceKey) {
  const use = appliances[appliance]
  const scale = elapsedS / measuredS
  return use && { usages: (use.usages ?? 0) * scale, totalWh: use.totalWh * scale }
}

function referenceYardstick(appliance: ApplianceKey, quantity: number, coverage: number): Yardstick {
  const { cycleWh = 0, cyclesPerWeek = 0, dayWh = 0 } = referenceAppliances[appliance]
  const weekWh = dayWh * weekDays * quantity
  const totalWh = weekWh * weeksInWindow * coverage
  return {
    basis: 'reference_appliance',
    singleWh: cycleWh,
    usages: cyclesPerWeek * weeksInWindow * quantity * coverage,
    totalWh,
    weekWh,
    efficientWh: continuousAppliances.includes(appliance) ? totalWh : cycleWh,
  }
}

/**
 * Runs count whole where they start, so that those of the last evening may reach beyond the window. Where that would let
 * the appliances exceed the home, the largest give way.
 */
function withinTotal(listed: readonly ApplianceSaving[], totalWh: number): readonly ApplianceSaving[] {
  let excessWh = listed.reduce((sum, { consumption }) => sum + consumption.actual, 0) - totalWh
  if (excessWh <= 0) return listed
  const cyclic = listed.filter(({ usages_number }) => usages_number !== undefined)
  const fitting = new Map<ApplianceKey, ApplianceSaving>()
  for (const one of cyclic.toSorted((a, b) => b.consumption.actual - a.consumption.actual)) {
    const byWh = Math.min(excessWh, one.consumption.actual)
    if (byWh > 0) fitting.set(one.appliance, reduced(one, byWh))
    excessWh -= Math.max(0, byWh)
  }
  return listed.map((one) => fitting.get(one.appliance) ?? one)
}

function reduced(one: ApplianceSaving, byWh: number): ApplianceSaving {
  const actual = one.consumption.actual - byWh
  const usages = one.usages_number?.user ?? 0
  const single = usages === 0 ? null : Math.round(actual / usages)
  const saving = single === null ? 0 : clamp(usages * (single - one.efficient), actual)
  const average = one.single_use_consumption?.average ?? 0
  return { ...one, single_use_consumption: { user: single, average }, consumption: { actual, saving } }
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(0, value), max)
}
