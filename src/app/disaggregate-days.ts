/** Runs the disaggregator over all days of a file, stretch by stretch, with the context the server gives it. */
import type { DayDisaggregation, Disaggregator } from '../disaggregate/index.ts'
import { analysisContext } from '../energy/analysis.ts'
import type { Household } from '../energy/household.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { stretchDays } from './minutes-file.ts'

interface DaysOfHome {
  readonly household: Household
  readonly days: readonly DayCurve[]
}

/** One result per day; `onProgress` hears of the days done. */
export async function disaggregateDays(
  disaggregator: Disaggregator,
  { household, days }: DaysOfHome,
  onProgress: (days: number) => void = () => {},
): Promise<DayDisaggregation[]> {
  const results: DayDisaggregation[] = []
  for (let first = 0; first < days.length; first += stretchDays) {
    const from = Math.max(0, first - analysisContext.daysBefore)
    const stretch = days.slice(from, first + stretchDays + 1)
    const count = Math.min(stretchDays, days.length - first)
    const input = { household, days: stretch, from: first - from, to: first - from + count }
    results.push(...(await disaggregator.disaggregate(input)))
    onProgress(count)
  }
  return results
}
