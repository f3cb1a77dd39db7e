/** What a home used over some days, per appliance: what saving compares, for the home itself and for its peers. */
import type { DayTotals, Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { ApplianceUse, HomeUse } from '../energy/home-use.ts'
import { continuousAppliances, cyclicAppliances } from '../energy/reference-appliances.ts'
import { type SummedDay, sumDays, tooShortFor, totalOf } from './answers.ts'

/** A home that uses less is taken as empty [Wh a day]. */
const occupiedDayWh = 1000
/** A home that was measured for a smaller share of the time does not contribute. */
const measuredShareMin = 0.8

/**
 * The use of a home over days. Cyclic appliances count by their runs, each whole and where it starts; continuous ones by
 * their column.
 * @param columns the home's appliances
 * @param elapsedS length of the days together
 */
export function homeUseOf(
  columns: readonly ApplianceKey[],
  days: readonly { readonly totals: DayTotals }[],
  runs: readonly Run[],
  elapsedS: number,
): HomeUse {
  const { measuredS, totalWh, columnsWh } = sumDays(days, columns)
  const appliances: Partial<Record<ApplianceKey, { usages: number | null; totalWh: number }>> = {}
  for (const [index, appliance] of columns.entries()) {
    const own = runs.filter((run) => run.appliance === appliance)
    if (cyclicAppliances.includes(appliance)) {
      appliances[appliance] = { usages: own.length, totalWh: own.reduce((sum, run) => sum + run.energyWh, 0) }
    } else if (continuousAppliances.includes(appliance)) {
      appliances[appliance] = { usages: null, totalWh: columnsWh[index] ?? 0 }
    }
  }
  return { elapsedS, measuredS, totalWh, appliances }
}

/**
 * The use of a home as others are compared with it, as if each appliance had been told apart all the time: without those that
 * were so for less than most of it.
 */
export function peerUseOf(
  columns: readonly ApplianceKey[],
  days: readonly SummedDay[],
  runs: readonly Run[],
  elapsedS: number,
): HomeUse {
  const use = homeUseOf(columns, days, runs, elapsedS)
  const appliances: Partial<Record<ApplianceKey, ApplianceUse>> = {}
  for (const appliance of columns) {
    const own = use.appliances[appliance]
    const share = toldS(appliance, days) / use.measuredS
    if (own === undefined || !(share >= measuredShareMin)) continue
    appliances[appliance] = { usages: own.usages === null ? null : own.usages / share, totalWh: own.totalWh / share }
  }
  return { ...use, appliances }
}

/** How long a home was measured in slots that show the appliance, on days on which it was told apart [s]; 0 where it never was. */
export function toldS(appliance: ApplianceKey, days: readonly Pick<SummedDay, 'confidence' | 'totals'>[]): number {
  const isTold = ({ confidence, totals }: (typeof days)[number]) =>
    confidence[appliance] !== 0 && tooShortFor(totals.toldSlotS, [appliance]).length === 0
  return totalOf(days.filter(isTold)).measuredS
}

/** Whether a home counts among peers: occupied, and measured for most of the time. */
export function contributes(home: Pick<HomeUse, 'totalWh' | 'measuredS' | 'elapsedS'>): boolean {
  const measuredDays = home.measuredS / 86_400
  return (
    home.measuredS >= measuredShareMin * home.elapsedS &&
    home.totalWh >= occupiedDayWh * measuredDays &&
    home.measuredS > 0
  )
}
