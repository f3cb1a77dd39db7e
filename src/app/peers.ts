/** Computes the statistics of similar homes anew: what every home with a profile used in the last 28 complete days. */
import { addDays, type Clock, type EpochMs } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import { intervalOf, last28Days } from '../energy/periods.ts'
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

/** How often a server does it [ms]. */
export const refreshEveryMs = 3_600_000

/**
 * Recomputes the peers of all clients.
 * @returns how many homes can be compared with; `undefined` where another server is at it
 */
export async function refreshPeers(db: Database, now: EpochMs): Promise<number | undefined> {
  return await replacePeerHomes(db, peerHomes(db, now), { now, machineClock })
}

async function* peerHomes(db: Database, now: EpochMs): AsyncGenerator<PeerHome, void, undefined> {
  for await (const account of everyOpenAccount(db, now)) {
    const home = await peerHomeOf(db, account, now)
    if (home !== undefined) yield home
  }
}

/** `undefined` for a home that has not said what it is like. */
async function peerHomeOf(db: Database, account: Account, now: EpochMs): Promise<PeerHome | undefined> {
  const household = householdOf(account.onboarding)
  const features = featuresOf(household)
  if (features === null) return undefined
  const window = last28Days(now, account.timeZone)
  const [fromOn, lastOn] = [window[0], window.at(-1)]
  if (fromOn === undefined || lastOn === undefined) return undefined
  const toOn = addDays(lastOn, 1)
  const { fromAt, toAt } = intervalOf(fromOn, toOn, account.timeZone)
  const days = await readDayRows(db, account, fromOn, toOn)
  const runs = await readRuns(db, account, fromAt, toAt)
  const use = peerUseOf(columnsOf(household), days, runs, (toAt - fromAt) / 1000)
  return { accountId: account.id, podKey: account.podKey, features, use }
}

/** Recomputes at once and then hourly. @returns stops it, after what runs is done */
export function keepPeersFresh(db: Database, clock: Clock, onError: (error: unknown) => void): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  const refresh = () => {
    running = refreshPeers(db, clock()).catch(onError)
  }
  refresh()
  const timer = setInterval(refresh, refreshEveryMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}
