/** The period a request asks for, with the analysed days in it: what every insight over a period starts from. */
import type { Static } from 'typebox'
import type { ApplianceKey } from '../energy/appliances.ts'
import { addDays, type CivilDay, type EpochMs, type Interval, localDayOf, type TimeZone } from '../energy/civil-time.ts'
import { type Household, householdOf } from '../energy/household.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { type PeriodRequest, type ResolvedPeriod, resolvePeriod } from '../energy/periods.ts'
import { columnsOf, resolutionOf } from '../insight/answers.ts'
import { type Account, type AnalysedDayRow, newestMeasuredSlot, readDayRows } from '../store/index.ts'
import type { ApiDeps } from './deps.ts'
import { periodOf, type periodQuery } from './route.ts'

/** Local days, `toOn` exclusive. */
export interface DayRange {
  readonly fromOn: CivilDay
  readonly toOn: CivilDay
}

export interface SelectedPeriod extends ResolvedPeriod, DayRange {
  /** How the answer names the period. */
  readonly name: string
  readonly now: EpochMs
  readonly household: Household
  readonly columns: readonly ApplianceKey[]
  /** The analysed days of the period, oldest first. */
  readonly days: readonly AnalysedDayRow[]
  /** The shortest slots that fit all of them [s]: those of the newest measured day where there are none. */
  readonly finestS: number
}

/**
 * Resolves a query's period now.
 * @param slotS length of the slots that a running period is cut at; as the newest of the days has it where not given
 * @throws {ApiProblem} `input_invalid` for a query without a period, or with one that cannot be
 */
export async function selectedPeriod(
  deps: ApiDeps,
  account: Account,
  query: Static<typeof periodQuery>,
  slotS?: number,
): Promise<SelectedPeriod> {
  const { request, name } = periodOf(query)
  const { timeZone } = account
  const now = deps.clock()
  const newestMeasuredAt = await newestMeasuredSlot(deps.db, account)
  const resolve = (length: number) => resolved(request, { now, timeZone, newestMeasuredAt }, length)
  const range = daysOfInterval(resolve(60).selected, timeZone)
  const days = await readDayRows(deps.db, account, range.fromOn, range.toOn)
  const household = householdOf(account.onboarding)
  const finestS = resolutionOf(days) ?? (await slotBefore(deps, account, newestMeasuredAt))
  const period = resolve(slotS ?? days.at(-1)?.totals.slotS ?? finestS)
  return { ...period, ...range, name, now, household, columns: columnsOf(household), days, finestS }
}

/** Length of the slots of the day that a measurement ends in [s]. */
async function slotBefore({ db }: ApiDeps, account: Account, measuredToAt: EpochMs | null): Promise<number> {
  if (measuredToAt === null) return 60
  const day = localDayOf(measuredToAt - 1, account.timeZone)
  return resolutionOf(await readDayRows(db, account, day, addDays(day, 1))) ?? 60
}

/** The local days that an interval touches; none where it is empty. */
export function daysOfInterval({ fromAt, toAt }: Interval, timeZone: TimeZone): DayRange {
  const fromOn = localDayOf(fromAt, timeZone)
  return { fromOn, toOn: toAt <= fromAt ? fromOn : addDays(localDayOf(toAt - 1, timeZone), 1) }
}

interface Knowledge {
  readonly now: EpochMs
  readonly timeZone: TimeZone
  readonly newestMeasuredAt: EpochMs | null
}

/** Periods are cut at the closed slots of any length; the type names those that homes have. */
function resolved(request: PeriodRequest, known: Knowledge, slotS: number): ResolvedPeriod {
  return resolvePeriod(request, { ...known, slotS: slotS as SlotS })
}
