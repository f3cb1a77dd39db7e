/** Finds the similar homes of a home in the store, widening step by step until enough of them contribute. */
import type { Interval } from '../energy/civil-time.ts'
import type { HomeUse } from '../energy/home-use.ts'
import { type Household, householdOf } from '../energy/household.ts'
import { featuresOf, peersMin } from '../energy/similar-homes.ts'
import { contributes } from '../insight/home-use.ts'
import { findPeerGroup, type NoGroup, type PeerGroup } from '../insight/peer-group.ts'
import type { PeerEnergy } from '../insight/performance.ts'
import { type Account, peersVersion, periodTotalsOf, similarHomes } from '../store/index.ts'
import type { ApiDeps } from './deps.ts'
import type { DayRange } from './selected-period.ts'

/** Groups that are remembered at once; a group is a few numbers per home. */
const rememberedMax = 1000
/** How long it is remembered that there is no group, where the days of enough similar homes are still to come [ms]. */
const withoutDaysMs = 60_000

/** Answers for one account over one period. */
export type PeriodPeers = (
  account: Account,
  household: Household,
  range: DayRange,
  selected: Interval,
) => Promise<PeerGroup<PeerEnergy> | NoGroup>

/** Answers for one account over the 28 days before the peers were last computed. */
export interface SavingPeers {
  /** Similar homes with what they used. */
  groupOf(account: Account): Promise<PeerGroup<HomeUse> | NoGroup>
  /** Why there is no such group; `null` where there is. */
  missingOf(account: Account): Promise<NoGroup | null>
}

/**
 * Similar homes over a period. A group is remembered until the peers are computed anew (hourly) or one is deleted, so
 * that asking often shows no single home's changes. So is that there is none where too few homes are similar; for a minute
 * where their days are still to come.
 */
export function rememberPeriodPeers(deps: ApiDeps): PeriodPeers {
  const groups = new Map<string, Promise<FoundPeers>>()
  return async (account, household, range, selected) => {
    const key = [await versionedKey(deps, account, household), range.fromOn, range.toOn].join(' ')
    const remembered = await groups.get(key)
    if (remembered !== undefined && deps.machineClock() < remembered.untilAt) return remembered.group
    if (groups.size >= rememberedMax) groups.clear()
    const found = periodPeers(deps, account, household, range, selected)
    groups.set(key, found)
    found.catch(() => groups.delete(key))
    return (await found).group
  }
}

/** Similar homes of the 28 days. That there are none, or some, is remembered until the peers are others; homes are not. */
export function rememberSavingPeers(deps: ApiDeps): SavingPeers {
  const missing = new Map<string, NoGroup | null>()
  const look = async (account: Account, key: string) => {
    const group = await savingPeers(deps, account)
    if (missing.size >= rememberedMax) missing.clear()
    missing.set(key, typeof group === 'string' ? group : null)
    return group
  }
  const keyOf = (account: Account) => versionedKey(deps, account, householdOf(account.onboarding))
  return {
    groupOf: async (account) => {
      const key = await keyOf(account)
      return missing.get(key) ?? (await look(account, key))
    },
    missingOf: async (account) => {
      const key = await keyOf(account)
      const known = missing.get(key)
      if (known !== undefined) return known
      const group = await look(account, key)
      return typeof group === 'string' ? group : null
    },
  }
}

/** What an account's similar homes hang on. */
async function versionedKey({ db }: ApiDeps, account: Account, household: Household): Promise<string> {
  return [await peersVersion(db), account.id, JSON.stringify(featuresOf(household))].join(' ')
}

interface FoundPeers {
  readonly group: PeerGroup<PeerEnergy> | NoGroup
  /** When to look again, by the machine's clock: where there is no group although enough homes are similar, days that come in make one. */
  readonly untilAt: number
}

async function periodPeers(
  { db, clock, machineClock }: ApiDeps,
  account: Account,
  household: Household,
  { fromOn, toOn }: DayRange,
  { fromAt, toAt }: Interval,
): Promise<FoundPeers> {
  const elapsedS = (toAt - fromAt) / 1000
  let areSimilar = false
  const group = await findPeerGroup(household, async (criteria) => {
    const homes = await similarHomes(db, account, criteria, clock())
    areSimilar ||= homes.length >= peersMin
    const totals = await periodTotalsOf(db, homes, fromOn, toOn)
    return totals.filter((home) => contributes({ ...home, elapsedS }))
  })
  const restsOnDays = areSimilar && typeof group === 'string'
  return { group, untilAt: restsOnDays ? machineClock() + withoutDaysMs : Number.POSITIVE_INFINITY }
}

async function savingPeers({ db, clock }: ApiDeps, account: Account): Promise<PeerGroup<HomeUse> | NoGroup> {
  return await findPeerGroup(householdOf(account.onboarding), async (criteria) => {
    const homes = await similarHomes(db, account, criteria, clock())
    return homes.map(({ use }) => use).filter(contributes)
  })
}
