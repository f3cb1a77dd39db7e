/**
 * How do we compare? The home's energy beside that of similar homes, or of reference statistics where there are too few.
 *
 * Figures of a group never show single homes: means of three, or the 5th and 95th percentile of sixty and more, all
 * rounded to two significant digits. Percentiles are type 7.
 */
import { type Interval, meanYearDays, type TimeZone } from '../energy/civil-time.ts'
import { mean, quantileOfSorted } from '../energy/quantiles.ts'
import { referenceHousehold } from '../energy/reference-households.ts'
import { roundSignificant } from '../energy/rounding.ts'
import { type Meta, metaOf, roundedWh, type SummedDay, totalOf } from './answers.ts'
import { type CriteriaOnWire, criteriaOnWire, efficientShare, type NoGroup, type PeerGroup } from './peer-group.ts'

/** From this many homes on, percentiles stand for the extremes. */
const percentilesFrom = 60
const extremesOf = 3
const yearS = meanYearDays * 86_400

/** A similar home over the period. */
export interface PeerEnergy {
  readonly totalWh: number
  readonly measuredS: number
}

/** The figures of a group for the same measured time [Wh]. */
export interface GroupFigures {
  readonly minWh: number
  readonly maxWh: number
  readonly medianWh: number
  readonly efficientWh: number
}

export interface PerformanceQuestion {
  readonly accountNumber: string
  readonly period: string
  readonly timeZone: TimeZone
  readonly selected: Interval
  readonly days: readonly SummedDay[]
  readonly residents: number | null
  readonly group: PeerGroup<PeerEnergy> | NoGroup
}

export interface PerformanceData {
  readonly account_number: string
  readonly period: string
  readonly performance: {
    readonly min_consumption: number | null
    readonly max_consumption: number | null
    readonly user_consumption: number | null
    readonly peers: {
      readonly count: number
      readonly median: number | null
      readonly efficient: number | null
      readonly criteria: CriteriaOnWire | null
      /** `reference_statistics` where too few homes are similar. */
      readonly fallback: 'reference_statistics' | null
    }
  }
  readonly meta: Meta
}

/** The answer of `GET …/consumption/performance`. */
export function performanceAnswer(question: PerformanceQuestion): PerformanceData {
  const { accountNumber, period, timeZone, selected, days, group } = question
  const total = totalOf(days)
  const { measuredS } = total
  const isGroup = typeof group !== 'string'
  const figures = isGroup ? groupFigures(group.homes, measuredS) : referenceFigures(question.residents, measuredS)
  const userWh = roundedWh(total)
  const reason = measuredS === 0 ? 'no_readings' : isGroup ? null : group
  const isEstimated = userWh !== null && !isGroup
  return {
    account_number: accountNumber,
    period,
    performance: {
      min_consumption: userWh === null ? null : Math.min(shown(figures.minWh), userWh),
      max_consumption: userWh === null ? null : Math.max(shown(figures.maxWh), userWh),
      user_consumption: userWh,
      peers: {
        count: isGroup ? group.homes.length : 0,
        median: userWh === null ? null : shown(figures.medianWh),
        efficient: userWh === null ? null : shown(figures.efficientWh),
        criteria: isGroup ? criteriaOnWire(group.criteria) : null,
        fallback: isEstimated ? 'reference_statistics' : null,
      },
    },
    meta: metaOf({ unit: 'Wh', timeZone, interval: selected, days, estimated: isEstimated, reason }),
  }
}

/** The figures of similar homes, each with its mean power over `measuredS`. @param homes at least one, all measured */
export function groupFigures(homes: readonly PeerEnergy[], measuredS: number): GroupFigures {
  const sorted = homes.map((home) => (home.totalWh / home.measuredS) * measuredS).sort((a, b) => a - b)
  const many = sorted.length >= percentilesFrom
  return {
    minWh: many ? quantileOfSorted(sorted, 0.05) : mean(sorted.slice(0, extremesOf)),
    maxWh: many ? quantileOfSorted(sorted, 0.95) : mean(sorted.slice(-extremesOf)),
    medianWh: quantileOfSorted(sorted, 0.5),
    efficientWh: quantileOfSorted(sorted, efficientShare),
  }
}

/** The figures of a typical household of so many persons, for the time that this home was measured. */
function referenceFigures(residents: number | null, measuredS: number): GroupFigures {
  const { lowWh, highWh, medianWh, efficientWh } = referenceHousehold(residents)
  const share = measuredS / yearS
  return {
    minWh: lowWh * share,
    maxWh: highWh * share,
    medianWh: medianWh * share,
    efficientWh: efficientWh * share,
  }
}

function shown(energyWh: number): number {
  return roundSignificant(energyWh, 2)
}
