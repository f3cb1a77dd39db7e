/** Scores a method on one sub-metered home, beside the predictors "nothing" and "mean". */
import type { DayDisaggregation, Disaggregator } from '../../disaggregate/index.ts'
import { runRules } from '../../disaggregate/run-rules.ts'
import {
  type CurvePair,
  energyPerRunError,
  matchRuns,
  meanAbsoluteErrorW,
  onOffF1,
  runF1,
  runsOfColumn,
  runsPerWeekError,
  type ScoredRun,
  signalAggregateError,
  totalEnergyCorrectlyAssigned,
} from '../../disaggregate/score.ts'
import type { ApplianceKey } from '../../energy/appliances.ts'
import { type EpochMs, minuteMs } from '../../energy/civil-time.ts'
import { wholeRuns } from '../../energy/whole-runs.ts'
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
  /** Total energy correctly assigned, of this appliance alone: a column of zeros has 0.5. */
  readonly teca: number | null
  readonly onOffF1: number | null
  readonly runF1: number | null
  /** Whether the sub-meter shows a run, whatever the method tells. */
  readonly hasRun: boolean
  /** Of the days whose runs the method tells; of all, where it tells none. */
  readonly trueRuns: number
  /** `null`, as all that rests on it, where the method tells no runs of the appliance. */
  readonly foundRuns: number | null
  readonly runsPerWeekError: number | null
  readonly energyPerRunError: number | null
}

/** The scores of one home. */
export interface HomeScore {
  readonly appliances: readonly ApplianceScore[]
  /** Total energy correctly assigned: columns of zeros have 0.5; `null` where there was none. */
  readonly teca: number | null
}

/** Scores every sub-metered appliance of a home; `results` are those of a method, one per day. */
export function scoreHome(
  home: SubMeteredHome,
  method: Disaggregator,
  results: readonly DayDisaggregation[],
): HomeScore {
  const pairs = home.subMeters.map(({ appliance, powerW, mask }) => {
    return { truthW: powerW, estimateW: columnOf(appliance, home, results), mask }
  })
  return {
    appliances: home.subMeters.flatMap((meter, index) => {
      const pair = pairs[index]
      if (pair === undefined) return []
      return [scoreOf(meter, pair, runsFound(meter, pair.estimateW, home, method, results), home)]
    }),
    teca: totalEnergyCorrectlyAssigned(pairs),
  }
}

/** An appliance's column over all days of a home [W]. */
export function columnOf(
  appliance: ApplianceKey,
  { days }: SubMeteredHome,
  results: readonly DayDisaggregation[],
): Float32Array {
  const powerW = new Float32Array(days.reduce((sum, day) => sum + day.powerW.length, 0))
  let slot = 0
  for (const [index, day] of days.entries()) {
    const column = results[index]?.columns.get(appliance)
    if (column !== undefined) powerW.set(column, slot)
    slot += day.powerW.length
  }
  return powerW
}

/** What there is to say of an appliance's runs: the days whose runs a method tells, by their place, and the runs found in them. */
interface RunsFound {
  readonly isTold: (day: number) => boolean
  readonly runs: readonly ScoredRun[]
}

/** The runs of an appliance; cut from its column where the method gives columns alone, `null` where it tells none of the appliance. */
function runsFound(
  { appliance }: SubMeter,
  powerW: Float32Array,
  { startAt, slotS, days }: SubMeteredHome,
  { tellsRuns }: Disaggregator,
  results: readonly DayDisaggregation[],
): RunsFound | null {
  const rule = runRules[appliance]
  if (rule === undefined) return null
  if (tellsRuns === undefined) return { isTold: () => true, runs: runsOfColumn(powerW, startAt, slotS, rule) }
  // A day of minutes that repeats a coarser meter is told apart in quarter-hours.
  const told = results.map(
    ({ toldSlotS }, day) => days[day]?.measured.includes(1) === true && tellsRuns(appliance, toldSlotS),
  )
  if (!told.includes(true)) return null
  const runs = wholeRuns(results.map((result) => result.runs)).filter((run) => run.appliance === appliance)
  return { isTold: (day) => told[day] === true, runs }
}

function scoreOf(meter: SubMeter, pair: CurvePair, found: RunsFound | null, home: SubMeteredHome): ApplianceScore {
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
    ...scoreOfRuns(meter, pair, found, home),
    ...monthlyEnergyOf(pair, home),
  }
}

type RunScore = Pick<
  ApplianceScore,
  'onOffF1' | 'runF1' | 'hasRun' | 'trueRuns' | 'foundRuns' | 'runsPerWeekError' | 'energyPerRunError'
>

const noRuns = { runF1: null, foundRuns: null, runsPerWeekError: null, energyPerRunError: null } as const

/**
 * A run that nothing true is beside is wrong where the sub-meter saw at least this much of it; else nobody knows. A true one that
 * nothing is beside was missed where the total saw as much of it; else nobody could tell it.
 */
const leastSeenShare = 0.5

function scoreOfRuns(meter: SubMeter, pair: CurvePair, given: RunsFound | null, home: SubMeteredHome): RunScore {
  const { appliance } = meter
  const rule = runRules[appliance]
  const onOff = rule === undefined ? null : onOffF1(pair, rule.onW).f1
  const ofAll = { onOffF1: onOff, hasRun: meter.runs.length > 0 }
  if (rule === undefined || given === null) return { ...ofAll, trueRuns: meter.runs.length, ...noRuns }
  const inToldDays = meter.runs.filter(({ startAt }) => given.isTold(dayAt(home, startAt)))
  const toleranceS = Math.max(rule.toleranceS, home.slotS)
  const pairs = matchRuns(inToldDays, given.runs, toleranceS)
  const [met, matched] = [new Set(pairs.map(([of]) => of)), new Set(pairs.map(([, by]) => by))]
  const truth = inToldDays.filter(({ meteredShare }, index) => met.has(index) || meteredShare >= leastSeenShare)
  const found = given.runs.flatMap((run, index) => {
    const { timeShare, energyWh } = seenPartOf(run, meter, pair, home)
    return matched.has(index) || timeShare >= leastSeenShare ? [{ ...run, energyWh }] : []
  })
  return {
    ...ofAll,
    trueRuns: truth.length,
    runF1: runF1(truth, found, toleranceS).f1,
    foundRuns: found.length,
    runsPerWeekError: runsPerWeekError(truth, found, toldS(home, meter, given)),
    energyPerRunError: energyPerRunError(truth, found),
  }
}

/** The place of the day in which an instant lies. */
function dayAt({ days }: SubMeteredHome, at: EpochMs): number {
  return days.findLastIndex(({ startAt }) => startAt <= at)
}

/** How long was measured of the days whose runs are told [s]. */
function toldS({ days, slotS }: SubMeteredHome, { mask }: SubMeter, { isTold }: RunsFound): number {
  let from = 0
  let slots = 0
  for (const [day, { powerW }] of days.entries()) {
    if (isTold(day)) slots += count(mask.subarray(from, from + powerW.length))
    from += powerW.length
  }
  return slots * slotS
}

/** What the sub-meter saw of a found run: its share of the time, and of the energy by the column. True runs have no other energy. */
function seenPartOf(
  { startAt, stopAt, energyWh }: ScoredRun,
  { lackedMinutes }: SubMeter,
  { estimateW }: CurvePair,
  home: SubMeteredHome,
): { readonly timeShare: number; readonly energyWh: number } {
  const minuteOf = (at: EpochMs) => Math.floor((at - home.startAt) / minuteMs)
  const [from, to] = [minuteOf(startAt), minuteOf(stopAt)]
  let [minutes, seenW, allW] = [0, 0, 0]
  for (let minute = from; minute < to; minute++) {
    const powerW = estimateW[Math.floor((minute * 60) / home.slotS)] ?? 0
    allW += powerW
    if (lackedMinutes[minute] === 1) continue
    minutes += 1
    seenW += powerW
  }
  return { timeShare: minutes / (to - from), energyWh: energyWh * (allW > 0 ? seenW / allW : 1) }
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
