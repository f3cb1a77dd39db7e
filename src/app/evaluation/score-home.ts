/** Scores a method on one sub-metered home, beside the predictors "nothing" and "mean". */
import type { DayDisaggregation } from '../../disaggregate/index.ts'
import { runRules } from '../../disaggregate/run-rules.ts'
import {
  type CurvePair,
  energyPerRunError,
  meanAbsoluteErrorW,
  onOffF1,
  type RunRule,
  runF1,
  runsOfColumn,
  runsPerWeekError,
  type ScoredRun,
  signalAggregateError,
  totalEnergyCorrectlyAssigned,
} from '../../disaggregate/score.ts'
import type { ApplianceKey } from '../../energy/appliances.ts'
import { type MonthlyEnergy, monthlyEnergyOf } from './monthly-energy.ts'
import type { SubMeter, SubMeteredHome } from './sub-metered-home.ts'

/** How good the estimate of one appliance of a home is. Shares are of 1; `null` where there was nothing to measure by. */
export interface ApplianceScore extends MonthlyEnergy {
  readonly appliance: ApplianceKey
  readonly maeW: number
  readonly maeOfNothingW: number
  readonly maeOfMeanW: number
  /** MAE as a share of that of predicting nothing. */
  readonly maeOverNothing: number | null
  /** Error of the total energy as a share of it. */
  readonly sae: number | null
  /** Share of the appliance's energy in its column at the right time; below 0 is worse than nothing. */
  readonly teca: number | null
  readonly onOffF1: number | null
  readonly runF1: number | null
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

/** An appliance's estimate over all days of a home. */
export interface Estimate {
  readonly powerW: Float32Array
  readonly runs: readonly ScoredRun[]
}

/** Scores every sub-metered appliance of a home; `results` has one entry per day. */
export function scoreHome(home: SubMeteredHome, results: readonly DayDisaggregation[]): HomeScore {
  const estimates = home.subMeters.map((meter) => estimateOf(meter.appliance, home, results))
  const pairs = home.subMeters.map((meter, index) => pairOf(meter, estimates[index]))
  return {
    appliances: home.subMeters.flatMap((meter, index) => {
      const [pair, estimate] = [pairs[index], estimates[index]]
      return pair === undefined || estimate === undefined ? [] : [scoreOf(meter, pair, estimate, home)]
    }),
    teca: totalEnergyCorrectlyAssigned(pairs),
  }
}

/** The estimate of an appliance: its column, and its runs; cut from the column where the method gives none. */
export function estimateOf(
  appliance: ApplianceKey,
  { days, startAt, slotS }: SubMeteredHome,
  results: readonly DayDisaggregation[],
): Estimate {
  const powerW = new Float32Array(days.reduce((sum, day) => sum + day.powerW.length, 0))
  let slot = 0
  for (const [index, day] of days.entries()) {
    const column = results[index]?.columns.get(appliance)
    if (column !== undefined) powerW.set(column, slot)
    slot += day.powerW.length
  }
  const given = results.flatMap(({ runs }) => runs).filter((run) => run.appliance === appliance)
  const rule = runRules[appliance]
  if (given.length > 0 || rule === undefined) return { powerW, runs: given }
  return { powerW, runs: runsOfColumn(powerW, startAt, slotS, rule) }
}

function pairOf({ powerW, mask }: SubMeter, estimate: Estimate | undefined): CurvePair {
  return { truthW: powerW, estimateW: estimate?.powerW ?? new Float32Array(powerW.length), mask }
}

function scoreOf(meter: SubMeter, pair: CurvePair, estimate: Estimate, home: SubMeteredHome): ApplianceScore {
  const rule = runRules[meter.appliance]
  const slots = pair.mask.length
  const maeW = meanAbsoluteErrorW(pair)
  const maeOfNothingW = meanAbsoluteErrorW({ ...pair, estimateW: new Float32Array(slots) })
  const meanW = new Float32Array(slots).fill(meanOf(pair))
  return {
    appliance: meter.appliance,
    maeW,
    maeOfNothingW,
    maeOfMeanW: meanAbsoluteErrorW({ ...pair, estimateW: meanW }),
    maeOverNothing: maeOfNothingW > 0 ? maeW / maeOfNothingW : null,
    sae: signalAggregateError(pair),
    teca: totalEnergyCorrectlyAssigned([pair]),
    ...scoreOfRuns(meter, pair, estimate, home, rule),
    ...monthlyEnergyOf(pair, home),
  }
}

type RunScore = Pick<
  ApplianceScore,
  'onOffF1' | 'runF1' | 'trueRuns' | 'foundRuns' | 'runsPerWeekError' | 'energyPerRunError'
>

/** Runs found where the appliance was not measured are neither right nor wrong. */
function scoreOfRuns(
  meter: SubMeter,
  pair: CurvePair,
  estimate: Estimate,
  { startAt, slotS }: SubMeteredHome,
  rule: RunRule | undefined,
): RunScore {
  const wasMeasured = ({ startAt: at }: ScoredRun) => meter.mask[Math.floor((at - startAt) / 1000 / slotS)] === 1
  const truth = meter.runs
  const found = estimate.runs.filter(wasMeasured)
  return {
    onOffF1: rule === undefined ? null : onOffF1(pair, rule.onW).f1,
    runF1: rule === undefined ? null : runF1(truth, found, Math.max(rule.toleranceS, slotS)).f1,
    trueRuns: truth.length,
    foundRuns: found.length,
    runsPerWeekError: runsPerWeekError(truth, found, count(meter.mask) * slotS),
    energyPerRunError: energyPerRunError(truth, found),
  }
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
