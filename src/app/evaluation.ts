/** Scores the disaggregation of one sub-metered home, beside the predictors "nothing" and "mean". */
import type { DayDisaggregation, Disaggregator } from '../disaggregate/index.ts'
import { runRules } from '../disaggregate/run-rules.ts'
import {
  type CurvePair,
  energyPerRunError,
  meanAbsoluteErrorW,
  onOffF1,
  type RunRule,
  runF1,
  runsOfColumn,
  runsPerWeekError,
  signalAggregateError,
  totalEnergyCorrectlyAssigned,
} from '../disaggregate/score.ts'
import { type ApplianceKey, isApplianceKey } from '../energy/appliances.ts'
import type { EpochMs, TimeZone } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import { disaggregateDays } from './disaggregate-days.ts'
import { type MinutesFile, placeFinder } from './minutes-file.ts'

/** What a home's columns are called where not by an appliance's key. */
const aliases: Readonly<Record<string, ApplianceKey>> = { electricShower: 'waterHeater' }

export interface ApplianceScore {
  readonly appliance: ApplianceKey
  readonly maeW: number
  readonly maeOfNothingW: number
  readonly maeOfMeanW: number
  /** Error of the total energy as a share of it; `null` where there was none. */
  readonly sae: number | null
  readonly onOffF1: number
  readonly runF1: number
  readonly trueRuns: number
  readonly foundRuns: number
  readonly runsPerWeekError: number
  readonly energyPerRunError: number | null
}

/** The scores of one home. */
export interface HomeScore {
  readonly appliances: readonly ApplianceScore[]
  /** Share of the sub-metered energy that was assigned to the right appliance; `null` where there was none. */
  readonly teca: number | null
}

/** Scores every sub-metered appliance of a home. */
export async function evaluateHome(
  disaggregator: Disaggregator,
  file: MinutesFile,
  timeZone: TimeZone,
  onProgress: (days: number) => void = () => {},
): Promise<HomeScore> {
  const labelled = file.further.flatMap((name, column) => {
    const appliance = isApplianceKey(name) ? name : aliases[name]
    const rule = appliance === undefined ? undefined : runRules[appliance]
    return appliance === undefined || rule === undefined ? [] : [{ appliance, column, rule }]
  })
  const appliances = labelled.map(({ appliance }) => ({ appliance, quantity: 1 }))
  const household = householdOf({ appliances: [...appliances, { appliance: 'fridge', quantity: 1 }] })
  const results = await disaggregateDays(disaggregator, { household, timeZone, days: file.days }, onProgress)
  const curves = labelled.map((one) => curvesOf(one.appliance, one.column, file, results))
  return {
    appliances: labelled.flatMap((one, index) => {
      const own = curves[index]
      return own === undefined ? [] : [scoreOf(one, own, results)]
    }),
    teca: totalEnergyCorrectlyAssigned(curves.map(({ pair }) => pair)),
  }
}

interface Labelled {
  readonly appliance: ApplianceKey
  readonly column: number
  readonly rule: RunRule
}

function scoreOf(
  { appliance, rule }: Labelled,
  { pair, startAt }: Curves,
  results: readonly DayDisaggregation[],
): ApplianceScore {
  const truth = runsOfColumn(pair.truthW, startAt, 60, rule)
  const found = results.flatMap(({ runs }) => runs).filter((run) => run.appliance === appliance)
  const measuredS = count(pair.mask) * 60
  return {
    appliance,
    maeW: meanAbsoluteErrorW(pair),
    maeOfNothingW: meanAbsoluteErrorW({ ...pair, estimateW: new Float32Array(pair.mask.length) }),
    maeOfMeanW: meanAbsoluteErrorW({ ...pair, estimateW: new Float32Array(pair.mask.length).fill(meanOf(pair)) }),
    sae: signalAggregateError(pair),
    onOffF1: onOffF1(pair, rule.onW).f1,
    runF1: runF1(truth, found, rule.toleranceS).f1,
    trueRuns: truth.length,
    foundRuns: found.length,
    runsPerWeekError: runsPerWeekError(truth, found, measuredS),
    energyPerRunError: energyPerRunError(truth, found),
  }
}

interface Curves {
  readonly pair: CurvePair
  readonly startAt: EpochMs
}

/** One long curve per home, day after day; a minute counts where the total and the sub-meter were both measured. */
function curvesOf(
  appliance: ApplianceKey,
  column: number,
  { rows, days }: MinutesFile,
  results: readonly DayDisaggregation[],
): Curves {
  const starts = new Map(days.map((day) => [day, 0]))
  let slots = 0
  for (const day of days) {
    starts.set(day, slots)
    slots += day.powerW.length
  }
  const truthW = new Float32Array(slots)
  const estimateW = new Float32Array(slots)
  const mask = new Uint8Array(slots)
  for (const [index, day] of days.entries()) {
    const powerW = results[index]?.columns.get(appliance)
    if (powerW !== undefined) estimateW.set(powerW, starts.get(day))
  }
  const placeOf = placeFinder(days)
  for (const { at, aggregateW, furtherW } of rows) {
    const powerW = furtherW[column]
    if (aggregateW === null || powerW === null || powerW === undefined) continue
    const { day, slot } = placeOf(at)
    const index = (starts.get(day) ?? 0) + slot
    truthW[index] = powerW
    mask[index] = 1
  }
  return { pair: { truthW, estimateW, mask }, startAt: days[0]?.startAt ?? 0 }
}

function meanOf({ truthW, mask }: CurvePair): number {
  let sumW = 0
  for (let slot = 0; slot < mask.length; slot++) if (mask[slot] === 1) sumW += truthW[slot] ?? 0
  return sumW / Math.max(1, count(mask))
}

function count(mask: ArrayLike<number>): number {
  let slots = 0
  for (let slot = 0; slot < mask.length; slot++) slots += mask[slot] ?? 0
  return slots
}
