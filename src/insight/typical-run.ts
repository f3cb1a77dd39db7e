/**
 * What a run of an appliance is like in this home: how long, how much, and how the power runs over it.
 *
 * In: detected runs with their power per quarter hour from the start on. Out: the median length, the median energy, and the
 * mean power per quarter, scaled to that energy. Quarters beyond a run's end count as 0: there the run draws nothing.
 */
import type { AnalysedDay, Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { EpochMs } from '../energy/civil-time.ts'
import { energyWhOf, meanPowerWOf } from '../energy/load-curve.ts'
import { mean, quantile } from '../energy/quantiles.ts'

/** The steps of a shape [s]. */
export const shapeStepS = 900
const stepMs = shapeStepS * 1000

/** One run with its power per quarter hour [W] from its start on. */
export interface ShapedRun extends Pick<Run, 'startAt' | 'stopAt' | 'energyWh'> {
  readonly powersW: readonly number[]
}

/** The run that is typical of a home. */
export interface TypicalRun {
  readonly runs: number
  readonly durationS: number
  readonly energyWh: number
  readonly powersW: readonly number[]
}

/** Cuts the power of runs out of the days that they lie in; a run none of whose days is there is left out. */
export function shapesOf(
  runs: readonly Run[],
  days: readonly Pick<AnalysedDay, 'curve' | 'columns'>[],
  appliance: ApplianceKey,
): ShapedRun[] {
  return runs.flatMap((run) => {
    const steps = Math.ceil((run.stopAt - run.startAt) / stepMs)
    const energiesWs = new Float64Array(Math.max(1, steps))
    for (const { curve, columns } of days) {
      const column = columns.get(appliance)
      if (column !== undefined) addEnergies(energiesWs, run, curve.startAt, curve.slotS, column)
    }
    const { startAt, stopAt, energyWh } = run
    const powersW = Array.from(energiesWs, (energyWs) => energyWs / shapeStepS)
    return powersW.some((powerW) => powerW > 0) ? [{ startAt, stopAt, energyWh, powersW }] : []
  })
}

function addEnergies(
  energiesWs: Float64Array,
  run: Run,
  dayStartAt: EpochMs,
  slotS: number,
  column: Float32Array,
): void {
  for (const [step] of energiesWs.entries()) {
    const fromAt = run.startAt + step * stepMs
    const toAt = Math.min(fromAt + stepMs, run.stopAt)
    const first = Math.max(0, Math.floor((fromAt - dayStartAt) / 1000 / slotS))
    for (let slot = first; slot < column.length; slot++) {
      const slotAt = dayStartAt + slot * slotS * 1000
      if (slotAt >= toAt) break
      const sharedS = (Math.min(toAt, slotAt + slotS * 1000) - Math.max(fromAt, slotAt)) / 1000
      if (sharedS > 0) energiesWs[step] = (energiesWs[step] ?? 0) + (column[slot] ?? 0) * sharedS
    }
  }
}

/** @param runs at least one */
export function typicalRunOf(runs: readonly ShapedRun[]): TypicalRun {
  const durationS = Math.round(
    quantile(
      runs.map(({ startAt, stopAt }) => (stopAt - startAt) / 1000),
      0.5,
    ),
  )
  const energyWh = quantile(
    runs.map((run) => run.energyWh),
    0.5,
  )
  const steps = Math.max(1, Math.ceil(durationS / shapeStepS))
  const meansW = Array.from({ length: steps }, (_, step) => mean(runs.map(({ powersW }) => powersW[step] ?? 0)))
  const sumW = meansW.reduce((sum, powerW) => sum + powerW, 0)
  const meanWh = energyWhOf(sumW, shapeStepS)
  // Runs that draw nothing before the median length is over say nothing of the shape: it is even.
  const evenW = meanPowerWOf(energyWh, steps * shapeStepS)
  const powersW = meansW.map((powerW) => (meanWh > 0 ? (powerW * energyWh) / meanWh : evenW))
  return { runs: runs.length, durationS, energyWh, powersW }
}
