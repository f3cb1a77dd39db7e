/**
 * How good an estimate of an appliance is, by the measures the trade uses. Pure; curves are mean powers [W] per slot.
 *
 * MAE, SAE and TECA follow N. Batra et al., "NILMTK", ACM e-Energy 2014 (doi:10.1145/2602044.2602051); the F1 of whole
 * runs asks what a household asks: was this wash found, and when did it begin?
 */
import type { EpochMs } from '../energy/civil-time.ts'
import { energyWhOf } from '../energy/load-curve.ts'

/** Curves of one appliance, slot by slot; `mask` is 1 where both count. */
export interface CurvePair {
  readonly truthW: ArrayLike<number>
  readonly estimateW: ArrayLike<number>
  readonly mask: ArrayLike<number>
}

/** A run, however it was found. */
export interface ScoredRun {
  readonly startAt: EpochMs
  readonly stopAt: EpochMs
  readonly energyWh: number
}

/** How a run is cut out of a sub-meter's column. */
export interface RunRule {
  /** The appliance is on above this power [W]. */
  readonly onW: number
  /** Pauses up to this long belong to the run [s]. */
  readonly pauseS: number
  /** Runs with less energy are no runs [Wh]. */
  readonly minWh: number
  /** How far a found run's start may lie from the true one [s]. */
  readonly toleranceS: number
}

/** Hits and misses, and what follows from them. */
export interface F1 {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  /** 0–1; `null` where there was nothing to find and nothing was found. */
  readonly f1: number | null
}

/** Mean absolute error [W]. */
export function meanAbsoluteErrorW({ truthW, estimateW, mask }: CurvePair): number {
  let sumW = 0
  let count = 0
  for (let slot = 0; slot < mask.length; slot++) {
    if (mask[slot] !== 1) continue
    sumW += Math.abs((truthW[slot] ?? 0) - (estimateW[slot] ?? 0))
    count += 1
  }
  return count === 0 ? 0 : sumW / count
}

/** Signal aggregate error: |estimated − true energy| / true energy; `null` where the truth is 0. */
export function signalAggregateError({ truthW, estimateW, mask }: CurvePair): number | null {
  let truth = 0
  let estimate = 0
  for (let slot = 0; slot < mask.length; slot++) {
    if (mask[slot] !== 1) continue
    truth += truthW[slot] ?? 0
    estimate += estimateW[slot] ?? 0
  }
  return truth === 0 ? null : Math.abs(estimate - truth) / truth
}

/**
 * Total energy correctly assigned over several appliances (J. Z. Kolter and M. J. Johnson, "REDD", SustKDD 2011):
 * 1 − Σ|estimate − truth| / (2 Σ truth). 1 is perfect; zeros have 0.5, and less is worse than zeros.
 */
export function totalEnergyCorrectlyAssigned(pairs: readonly CurvePair[]): number | null {
  let error = 0
  let truth = 0
  for (const { truthW, estimateW, mask } of pairs) {
    for (let slot = 0; slot < mask.length; slot++) {
      if (mask[slot] !== 1) continue
      error += Math.abs((truthW[slot] ?? 0) - (estimateW[slot] ?? 0))
      truth += truthW[slot] ?? 0
    }
  }
  return truth === 0 ? null : 1 - error / (2 * truth)
}

/** F1 of "is it on in this slot", on meaning more than `onW` [W]. */
export function onOffF1({ truthW, estimateW, mask }: CurvePair, onW: number): F1 {
  let both = 0
  let onlyEstimate = 0
  let onlyTruth = 0
  for (let slot = 0; slot < mask.length; slot++) {
    if (mask[slot] !== 1) continue
    const isOn = (truthW[slot] ?? 0) > onW
    const saidOn = (estimateW[slot] ?? 0) > onW
    if (isOn && saidOn) both += 1
    else if (saidOn) onlyEstimate += 1
    else if (isOn) onlyTruth += 1
  }
  return f1Of(both, onlyEstimate, onlyTruth)
}

/** Cuts the runs out of a sub-metered column of slots of `slotS` that begins at `startAt`. */
export function runsOfColumn(columnW: ArrayLike<number>, startAt: EpochMs, slotS: number, rule: RunRule): ScoredRun[] {
  const pauseSlots = Math.round(rule.pauseS / slotS)
  const runs: ScoredRun[] = []
  let slot = 0
  while (slot < columnW.length) {
    if (!((columnW[slot] ?? 0) > rule.onW)) {
      slot += 1
      continue
    }
    const stop = runEnd(columnW, slot, pauseSlots, rule.onW)
    const energyWh = energyBetweenWh(columnW, slot, stop, slotS)
    const at = (index: number): EpochMs => startAt + index * slotS * 1000
    if (energyWh >= rule.minWh) runs.push({ startAt: at(slot), stopAt: at(stop), energyWh })
    slot = stop
  }
  return runs
}

/** F1 of whole runs: each true run takes the nearest free estimate whose start is within the tolerance. */
export function runF1(truth: readonly ScoredRun[], estimate: readonly ScoredRun[], toleranceS: number): F1 {
  const pairs = matchRuns(truth, estimate, toleranceS)
  return f1Of(pairs.length, estimate.length - pairs.length, truth.length - pairs.length)
}

/** The pairs (index of truth, index of estimate) of runs that start within the tolerance of each other, nearest first. */
export function matchRuns(
  truth: readonly ScoredRun[],
  estimate: readonly ScoredRun[],
  toleranceS: number,
): (readonly [number, number])[] {
  const near: { gap: number; of: number; by: number }[] = []
  truth.forEach((run, of) => {
    estimate.forEach((found, by) => {
      const gap = Math.abs(found.startAt - run.startAt)
      if (gap <= toleranceS * 1000) near.push({ gap, of, by })
    })
  })
  near.sort((a, b) => a.gap - b.gap || a.of - b.of || a.by - b.by)
  const usedOf = new Set<number>()
  const usedBy = new Set<number>()
  const pairs: (readonly [number, number])[] = []
  for (const { of, by } of near) {
    if (usedOf.has(of) || usedBy.has(by)) continue
    usedOf.add(of)
    usedBy.add(by)
    pairs.push([of, by])
  }
  return pairs
}

/** Estimated less true runs per week over a span [s]. */
export function runsPerWeekError(truth: readonly ScoredRun[], estimate: readonly ScoredRun[], spanS: number): number {
  return spanS > 0 ? ((estimate.length - truth.length) * 7 * 86_400) / spanS : 0
}

/** Estimated over true mean energy of a run, less 1; `null` where either has no runs. */
export function energyPerRunError(truth: readonly ScoredRun[], estimate: readonly ScoredRun[]): number | null {
  if (truth.length === 0 || estimate.length === 0) return null
  return meanEnergyWh(estimate) / meanEnergyWh(truth) - 1
}

function meanEnergyWh(runs: readonly ScoredRun[]): number {
  return runs.reduce((sum, run) => sum + run.energyWh, 0) / runs.length
}

function f1Of(truePositives: number, falsePositives: number, falseNegatives: number): F1 {
  const found = truePositives + falsePositives
  const real = truePositives + falseNegatives
  const f1 = found + real === 0 ? null : (2 * truePositives) / (found + real)
  return { truePositives, falsePositives, falseNegatives, f1 }
}

function runEnd(columnW: ArrayLike<number>, start: number, pauseSlots: number, onW: number): number {
  let last = start
  for (let slot = start + 1; slot < columnW.length && slot - last <= pauseSlots + 1; slot++) {
    if ((columnW[slot] ?? 0) > onW) last = slot
  }
  return last + 1
}

function energyBetweenWh(columnW: ArrayLike<number>, from: number, to: number, slotS: number): number {
  let sumW = 0
  for (let slot = from; slot < to; slot++) sumW += columnW[slot] ?? 0
  return energyWhOf(sumW, slotS)
}
