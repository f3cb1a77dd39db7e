/**
 * Reference statistics of Italian households: what stands in for similar homes when there are too few of them.
 *
 * Energy per year by residents: arenergia.it (1: 1,100 kWh, 2: 2,200, 3: 2,880, 4: 2,700–3,500, of which the middle);
 * five and more: the upper end of that range. Without residents: the average domestic withdrawal of 2022, 1,963 kWh
 * (ARERA/SII). The spread around it: the class distribution of resident homes up to 3 kW (AEEG 2011, thousand points of
 * delivery per class), as ratios to its mean.
 */
import { quantileOfClasses } from './quantiles.ts'

/** Yearly energy of a typical household [Wh] and its spread over households. */
export interface ReferenceHousehold {
  readonly yearWh: number
  /** 5th, 20th, 50th and 95th percentile [Wh a year]. */
  readonly lowWh: number
  readonly efficientWh: number
  readonly medianWh: number
  readonly highWh: number
}

const yearWhByResidents = [1_100_000, 2_200_000, 2_880_000, 3_100_000, 3_500_000]
const averageYearWh = 1_963_000

/** AEEG 2011: upper bound of a class [kWh a year] and its points of delivery [thousands]. */
const classes = [
  { upTo: 1000, count: 2892 },
  { upTo: 1800, count: 4264 },
  { upTo: 2500, count: 4037 },
  { upTo: 3500, count: 3889 },
  { upTo: 5000, count: 1941 },
  { upTo: 15_000, count: 429 },
]

/** The mean of the resident homes up to 3 kW that the classes describe [kWh a year]. */
const classesMeanKwh = 2200

/** The reference for a household of so many persons; `null` = not known. */
export function referenceHousehold(residents: number | null): ReferenceHousehold {
  const yearWh = residents === null ? averageYearWh : (yearWhByResidents[Math.min(residents, 5) - 1] ?? averageYearWh)
  const at = (share: number) => (yearWh * quantileOfClasses(classes, share)) / classesMeanKwh
  return { yearWh, lowWh: at(0.05), efficientWh: at(0.2), medianWh: at(0.5), highWh: at(0.95) }
}
