/** Computes the statistics of similar homes anew: what every home with a profile used in the last 28 complete days. */
import type { Clock, EpochMs } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import { last28Days } from '../energy/periods.ts'
import { featuresOf } from '../energy/similar-homes.ts'
import { columnsOf } from '../insight/answers.ts'
import { peerUseOf } from '../insight/home-use.ts'
import {
  type Account,
  type Database,
  everyOpenAccount,
  type PeerHome,
  readDayRows,
  readRuns,
  replacePeerHomes,
} from '../store/index.ts'
import { machineClock } from './clock.ts'
import { keepDoing } from './keep-doing.ts'

/** How often a server looks whether they are due [ms]; whichever sees it first computes them. */
const lookEveryMs = 60_000

export interface PeersRequest {
  readonly now: EpochMs
  /** Only where the last run began an hour ago. */
  readonly whenDue?: boolean
  /** Ends it early: what it has written stays, the rest is left as it was. */
  readonly signal?: AbortSignal
}

/**
 * Recomputes the peers of all clients.
 * @returns how many homes can be compared with; `undefined` where another server is at it, or they are not due
 * @throws what `signal` says where it ends early
 */
export async function refreshPeers(db: Database, request: PeersRequest): Promise<number | undefined> {
  const { now, whenDue = false, signal } = request
  return await replacePeerHomes(db, peerHomes(db, now, signal), { now, machineClock, whenDue })
}

async function* peerHomes(
  db: Database,
  now: EpochMs,
  signal: AbortSignal | undefined,
): AsyncGenerator<PeerHome, void, undefined> {
  for await (const account of everyOpenAccount(db, now)) {
    // Not the end of the homes: those that follow would be taken for gone.
    signal?.throwIfAborted()
    const home = await peerHomeOf(db, account, now)
    if (home !== undefined) yield home
  }
}

/** `undefined` for a home that has not said what it is like. */
async function peerHomeOf(db: Database, account: Account, now: EpochMs): Promise<PeerHome | undefined> {
  const household = householdOf(account.onboarding)
  const features = featuresOf(household)
  if (features === null) return undefined
  const { fromOn, toOn, interval } = last28Days(now, account.timeZone)
  const { fromAt, toAt } = interval
  const days = await readDayRows(db, account, fromOn, toOn)
  const runs = await readRuns(db, account, fromAt, toAt)
  const use = peerUseOf(columnsOf(household), days, runs, (toAt - fromAt) / 1000)
  return { accountId: account.id, podKey: account.podKey, features, use }
}

/**
 * Recomputes at once, unless another server is at it, and then hourly, one server for all.
 * @returns stops it; a run under way ends after the home at hand
 */
export function keepPeersFresh(db: Database, clock: Clock, onError: (error: unknown) => void): () => Promise<void> {
  let whenDue = false
  const work = async (signal: AbortSignal) => {
    const request = { now: clock(), whenDue, signal }
    whenDue = true
    await refreshPeers(db, request)
  }
  return keepDoing({ work, everyMs: lookEveryMs, onError })
}
