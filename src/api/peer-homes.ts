/** Finds the similar homes of a home in the store, widening step by step until enough of them contribute. */
import type { Interval } from '../energy/civil-time.ts'
import type { HomeUse } from '../energy/home-use.ts'
import { type Household, householdOf } from '../energy/household.ts'
import { contributes } from '../insight/home-use.ts'
import { findPeerGroup, type NoGroup, type PeerGroup } from '../insight/peer-group.ts'
import type { PeerEnergy } from '../insight/performance.ts'
import { type Account, peersVersion, periodTotalsOf, similarHomes } from '../store/index.ts'
import type { ApiDeps } from './deps.ts'
import type { DayRange } from './selected-period.ts'

/** Groups that are remembered at once; a group is a few numbers per home. */
const rememberedMax = 1000

/** Answers for one account over one period. */
export type PeriodPeers = (
  account: Account,
  household: Household,
  range: DayRange,
  selected: Interval,
) => Promise<PeerGroup<PeerEnergy> | NoGroup>

/**
 * Similar homes over a period. A group is remembered until the peers are computed anew (hourly) or one is deleted, so
 * that asking often shows no single home's changes. That there is none yet is not: it shows no home's figures.
 */
export function rememberPeriodPeers(deps: ApiDeps): PeriodPeers {
  const groups = new Map<string, Promise<PeerGroup<PeerEnergy> | NoGroup>>()
  return async (account, household, range, selected) => {
    const version = await peersVersion(deps.db)
    const features = JSON.stringify([account.onboarding])
    const key = [version, account.id, range.fromOn, range.toOn, features].join(' ')
    const known = groups.get(key)
    if (known !== undefined) return await known
    if (groups.size >= rememberedMax) groups.clear()
    const found = periodPeers(deps, account, household, range, selected)
    groups.set(key, found)
    found.then(
      (group) => typeof group === 'string' && groups.delete(key),
      () => groups.delete(key),
    )
    return await found
  }
}

async function periodPeers(
  { db, clock }: ApiDeps,
  account: Account,
  household: Household,
  { fromOn, toOn }: DayRange,
  { fromAt, toAt }: Interval,
): Promise<PeerGroup<PeerEnergy> | NoGroup> {
  const elapsedS = (toAt - fromAt) / 1000
  return await findPeerGroup(household, async (criteria) => {
    const homes = await similarHomes(db, account, criteria, clock())
    const totals = await periodTotalsOf(db, homes, fromOn, toOn)
    return totals.filter((home) => contributes({ ...home, elapsedS }))
  })
}

/** Similar homes with what they used in the 28 days before the peers were last computed. */
export async function savingPeers({ db, clock }: ApiDeps, account: Account): Promise<PeerGroup<HomeUse> | NoGroup> {
  return await findPeerGroup(householdOf(account.onboarding), async (criteria) => {
    const homes = await similarHomes(db, account, criteria, clock())
    return homes.map(({ use }) => use).filter(contributes)
  })
}
