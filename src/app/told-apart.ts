/** What a home's days, told apart, say of each of its appliances: the sums of the server's answers, over a file's days. */
import type { DayDisaggregation } from '../disaggregate/index.ts'
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { TimeZone } from '../energy/civil-time.ts'
import type { Household } from '../energy/household.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { continuousAppliances } from '../energy/reference-appliances.ts'
import { bandCalendar } from '../energy/tariff-bands.ts'
import { columnsOf, confidenceOf, sumDays, toldResolutionOf, tooShortFor } from '../insight/answers.ts'
import { toldS } from '../insight/home-use.ts'
import { totalsOf } from '../rollup/day-totals.ts'

/** Of an appliance over all days; `null` where nothing was measured. */
export interface ToldAppliance {
  /** Nothing, with a confidence of 0, where it was not told apart: its energy is in `smallAppliances`. */
  readonly energyWh: number | null
  /** `null` where none are told: nobody uses a compressor, and in quarter-hours a kettle has no shape. */
  readonly runs: number | null
  /** The mean over what was measured, 0–1. */
  readonly confidence: number | null
  /** Whether its energy is a likely amount on some day, because its runs are too short to show. */
  readonly isEstimated: boolean
}

interface DaysTold {
  readonly household: Household
  readonly timeZone: TimeZone
  readonly days: readonly DayCurve[]
  /** One for each day. */
  readonly results: readonly DayDisaggregation[]
  readonly usages: readonly Run[]
}

/** What a home drew in all, and how it is told apart. */
export interface ToldHome {
  /** `null` where nothing was measured. */
  readonly totalWh: number | null
  /** What the appliances leave. */
  readonly smallAppliancesWh: number | null
  /** Every other column. */
  readonly appliances: ReadonlyMap<ApplianceKey, ToldAppliance>
}

/** The sums of a home's days. */
export function toldHome({ household, timeZone, days, results, usages }: DaysTold): ToldHome {
  const columns = columnsOf(household)
  const calendar = bandCalendar({ fourOctober: true }) // bands are not told of here
  const summed = results.flatMap((result, index) => {
    const day = days[index]
    return day === undefined
      ? []
      : { confidence: result.confidence, totals: totalsOf(day, result, timeZone, calendar).totals }
  })
  const { measuredS, totalWh, columnsWh } = sumDays(summed, columns)
  const confidence = confidenceOf(summed, columns)
  const estimated = tooShortFor(toldResolutionOf(summed), columns)
  const hasUsages = (key: ApplianceKey) => !continuousAppliances.includes(key) && toldS(key, summed) > 0
  const orNull = (value: number | undefined) => (measuredS === 0 ? null : (value ?? 0))
  const energyWh = (key: ApplianceKey) => orNull(columnsWh[columns.indexOf(key)])
  const appliances = columns.filter((key) => key !== 'smallAppliances')
  return {
    totalWh: orNull(totalWh),
    smallAppliancesWh: energyWh('smallAppliances'),
    appliances: new Map(
      appliances.map((key) => [
        key,
        {
          energyWh: energyWh(key),
          runs: hasUsages(key) ? orNull(usages.filter(({ appliance }) => appliance === key).length) : null,
          confidence: orNull(confidence[key]),
          isEstimated: estimated.includes(key),
        },
      ]),
    ),
  }
}
