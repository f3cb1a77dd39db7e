/** What a home's days, told apart, say of each of its appliances. */
import type { DayDisaggregation } from '../disaggregate/index.ts'
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { Household } from '../energy/household.ts'
import { type DayCurve, energyWhOf } from '../energy/load-curve.ts'
import { tooShortFor } from '../insight/answers.ts'

/** Of an appliance over all days; `null` where nothing was measured. */
export interface ToldAppliance {
  /** Nothing, with a confidence of 0, where it was not told apart: its energy is in `smallAppliances`. */
  readonly energyWh: number | null
  readonly runs: number | null
  /** The mean over what was measured, 0–1. */
  readonly confidence: number | null
  /** Whether its energy is a likely amount on some day, because its runs are too short to show. */
  readonly isEstimated: boolean
}

interface DaysTold {
  readonly household: Household
  readonly days: readonly DayCurve[]
  /** One for each day. */
  readonly results: readonly DayDisaggregation[]
  readonly runs: readonly Run[]
}

/** Of every column but `smallAppliances`, which is what the others leave. */
export function toldAppliances({ household, days, results, runs }: DaysTold): Map<ApplianceKey, ToldAppliance> {
  const countOf = new Map<ApplianceKey, number>()
  for (const { appliance } of runs) countOf.set(appliance, (countOf.get(appliance) ?? 0) + 1)
  const measured = days.map((day) => day.measured.reduce((slots, slot) => slots + slot, 0) * day.slotS)
  const measuredS = measured.reduce((sum, oneS) => sum + oneS, 0)
  const keys = [...household.appliances.keys()].filter((key) => key !== 'smallAppliances')
  return new Map(
    keys.map((key): [ApplianceKey, ToldAppliance] => {
      let [energyWh, weighted, isEstimated] = [0, 0, false]
      for (const [index, result] of results.entries()) {
        const [dayS, slotS] = [measured[index] ?? 0, days[index]?.slotS ?? 60]
        for (const powerW of result.columns.get(key) ?? []) energyWh += energyWhOf(powerW, slotS)
        weighted += (result.confidence[key] ?? 0) * dayS
        isEstimated ||= dayS > 0 && tooShortFor(result.toldSlotS, [key]).length > 0
      }
      if (measuredS === 0) return [key, { energyWh: null, runs: null, confidence: null, isEstimated }]
      const confidence = Math.round((weighted / measuredS) * 100) / 100
      return [key, { energyWh, runs: countOf.get(key) ?? 0, confidence, isEstimated }]
    }),
  )
}
