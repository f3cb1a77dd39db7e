/** What a method reaches per appliance, as the mean over the homes that have and use it. */
import { runRules } from '../../disaggregate/run-rules.ts'
import { type ApplianceKey, applianceKeys } from '../../energy/appliances.ts'
import type { ScoreOfHome } from './evaluate-homes.ts'

/** Means over homes; a measure that no home has is `null`. Errors of runs count by their size, whatever their sign. */
export interface MeanScore {
  readonly appliance: ApplianceKey
  readonly homes: number
  readonly maeW: number | null
  readonly maeOverNothing: number | null
  readonly sae: number | null
  readonly teca: number | null
  readonly onOffF1: number | null
  readonly runF1: number | null
  readonly runsPerWeekError: number | null
  readonly energyPerRunError: number | null
  readonly monthlyEnergyError: number | null
}

/** The means, in the one order of appliances. */
export function meansOf(scores: readonly ScoreOfHome[]): MeanScore[] {
  return applianceKeys.flatMap((appliance) => {
    const own = scores.filter((score) => score.appliance === appliance && hasWorked(score))
    return own.length === 0 ? [] : [meanOf(appliance, own)]
  })
}

/** Whether the appliance ran; one without runs, whether it drew anything. */
function hasWorked({ appliance, hasRun, maeOverNothing }: ScoreOfHome): boolean {
  return runRules[appliance] === undefined ? maeOverNothing !== null : hasRun
}

function meanOf(appliance: ApplianceKey, own: readonly ScoreOfHome[]): MeanScore {
  const over = (measure: (score: ScoreOfHome) => number | null) => {
    const known = own.map(measure).filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  }
  return {
    appliance,
    homes: own.length,
    maeW: over(({ maeW }) => maeW),
    maeOverNothing: over(({ maeOverNothing }) => maeOverNothing),
    sae: over(({ sae }) => sae),
    teca: over(({ teca }) => teca),
    onOffF1: over(({ onOffF1 }) => onOffF1),
    runF1: over(({ runF1 }) => runF1),
    runsPerWeekError: over(({ runsPerWeekError: error }) => (error === null ? null : Math.abs(error))),
    energyPerRunError: over(({ energyPerRunError: error }) => (error === null ? null : Math.abs(error))),
    monthlyEnergyError: over(({ monthlyEnergyError }) => monthlyEnergyError),
  }
}
