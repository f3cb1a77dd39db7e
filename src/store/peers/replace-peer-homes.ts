/**
 * Puts newly computed homes in the place of those that are compared with, page by page, while the API answers and accounts
 * come and go. One server at a time does it: `peer_refreshes` says whose turn it is.
 *
 * Meanwhile a reader sees pages of this run beside pages of the last one. Every row is whole and says what it was measured
 * over, so a group of both is a group as good; what is remembered of it is out of date when the run ends.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Clock, type EpochMs, hourMs } from '../../energy/civil-time.ts'
import { isOpenAt } from '../accounts.ts'
import { clocksAgreeMs } from '../clocks.ts'
import { bumpCounter } from '../counters.ts'
import type { Database } from '../database.ts'
import type { AccountId, ClaimId } from '../ids.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'
import type { PeerHome } from './peer-homes.ts'

export interface PeerRefresh {
  /** "Now" of the households. */
  readonly now: EpochMs
  /** The machine's: by it servers take turns. */
  readonly machineClock: Clock
  /** Only where the last run began `refreshEveryMs` ago. */
  readonly whenDue?: boolean
}

/** How often the peers are due [ms]. */
const refreshEveryMs = hourMs
/** A server that writes no page for so long has died, and another takes over [ms]. */
const turnMs = 600_000
/** Homes written in one transaction: an account among them waits for it to be deleted. */
const pageSize = 500

/** Homes whose ids lie between two others. */
interface Span {
  /** What the span begins after; `undefined` for the first. */
  readonly after: AccountId | undefined
  /** The last id in it; `undefined`: to the end. */
  readonly to: AccountId | undefined
  readonly homes: readonly PeerHome[]
}

/**
 * Puts `homes` in the place of all that were known; those deleted meanwhile, or closed before their page, are left out. Rows that say the same
 * are not written.
 * @param homes by id, as `everyOpenAccount` gives them
 * @returns how many there are; `undefined` where another server does it, or it is not due
 */
export async function replacePeerHomes(
  db: Database,
  homes: Iterable<PeerHome> | AsyncIterable<PeerHome>,
  refresh: PeerRefresh,
): Promise<number | undefined> {
  const startedAt = refresh.machineClock()
  const claimId = await claim(db, startedAt, refresh.whenDue ?? false)
  if (claimId === undefined) return undefined
  try {
    let count = 0
    for await (const span of spansOf(homes)) {
      const kept = await replaceSpan(db, claimId, span, refresh)
      if (kept === undefined) return undefined // who has the turn now ends it
      count += kept
    }
    await end(db, claimId, { next_at: startedAt + refreshEveryMs })
    return count
  } catch (error) {
    // Due again when the claim would have run out. What went wrong first is what counts.
    await end(db, claimId).catch(() => undefined)
    throw error
  }
}

async function* spansOf(homes: Iterable<PeerHome> | AsyncIterable<PeerHome>): AsyncGenerator<Span, void, undefined> {
  let after: AccountId | undefined
  let page: PeerHome[] = []
  for await (const home of homes) {
    page.push(home)
    if (page.length < pageSize) continue
    yield { after, to: home.accountId, homes: page }
    after = home.accountId
    page = []
  }
  yield { after, to: undefined, homes: page }
}

/** @returns how many homes it keeps; `undefined` where the turn was lost */
async function replaceSpan(
  db: Database,
  claimId: ClaimId,
  span: Span,
  { now, machineClock }: PeerRefresh,
): Promise<number | undefined> {
  return await inTransaction(db, async (transaction) => {
    if (!(await keepTurn(transaction, claimId, machineClock() + turnMs))) return undefined
    const homes = await lockOpen(transaction, span.homes, now)
    await deleteOthers(transaction, span, homes)
    if (homes.length > 0) await writeHomes(transaction, homes, now)
    return homes.length
  })
}

/**
 * Holds the accounts that are open, before any row of `peer_homes` is touched: who deletes an account holds it first, too, so that
 * none waits for the other in a circle. One that is closed meanwhile is left out by whoever compares.
 */
async function lockOpen(
  transaction: StoreTransaction,
  homes: readonly PeerHome[],
  now: EpochMs,
): Promise<readonly PeerHome[]> {
  if (homes.length === 0) return []
  const rows = await transaction
    .selectFrom('accounts')
    .select('id')
    .where('id', 'in', idsOf(homes))
    .where(isOpenAt(now))
    .orderBy('id')
    .forKeyShare()
    .execute()
  const open = new Set(rows.map(({ id }) => id))
  return homes.filter(({ accountId }) => open.has(accountId))
}

async function deleteOthers(
  transaction: StoreTransaction,
  { after, to }: Span,
  homes: readonly PeerHome[],
): Promise<void> {
  await transaction
    .deleteFrom('peer_homes')
    .$if(after !== undefined, (query) => query.where('account_id', '>', after as AccountId))
    .$if(to !== undefined, (query) => query.where('account_id', '<=', to as AccountId))
    .$if(homes.length > 0, (query) => query.where('account_id', 'not in', idsOf(homes)))
    .execute()
}

async function writeHomes(transaction: StoreTransaction, homes: readonly PeerHome[], now: EpochMs): Promise<void> {
  const rows = homes.map((home) => rowOf(home, now))
  await transaction
    .insertInto('peer_homes')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet(({ ref }) => ({
          pod_key: ref('excluded.pod_key'),
          house_type: ref('excluded.house_type'),
          size_band: ref('excluded.size_band'),
          residents_band: ref('excluded.residents_band'),
          electric_heating: ref('excluded.electric_heating'),
          electric_cooling: ref('excluded.electric_cooling'),
          electric_vehicle: ref('excluded.electric_vehicle'),
          province: ref('excluded.province'),
          climate_zone: ref('excluded.climate_zone'),
          use: ref('excluded.use'),
          refreshed_at: ref('excluded.refreshed_at'),
        }))
        .where(
          sql<boolean>`to_jsonb(peer_homes) - 'refreshed_at' is distinct from to_jsonb(excluded) - 'refreshed_at'`,
        ),
    )
    .execute()
}

/** Takes the turn; it is kept by writing pages. A turn that is further away than their pause was written by a clock that was ahead. */
async function claim(db: Database, at: EpochMs, whenDue: boolean): Promise<ClaimId | undefined> {
  const claimId = randomUUID() as string as ClaimId
  const taken = await db.kysely
    .updateTable('peer_refreshes')
    .set({ claim_id: claimId, next_at: at + turnMs })
    .where((where) =>
      where.or([
        where('next_at', '<=', at),
        where('next_at', '>', at + refreshEveryMs + clocksAgreeMs),
        ...(whenDue ? [] : [where('claim_id', 'is', null)]),
      ]),
    )
    .executeTakeFirstOrThrow()
  return taken.numUpdatedRows > 0n ? claimId : undefined
}

async function keepTurn(transaction: StoreTransaction, claimId: ClaimId, untilAt: EpochMs): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('peer_refreshes')
    .set({ next_at: untilAt })
    .where('claim_id', '=', claimId)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Ends a turn. However far it came, its pages are there: what is remembered of the peers is out of date. */
async function end(db: Database, claimId: ClaimId, due: { readonly next_at?: EpochMs } = {}): Promise<void> {
  await inTransaction(db, async (transaction) => {
    await transaction
      .updateTable('peer_refreshes')
      .set({ claim_id: null, ...due })
      .where('claim_id', '=', claimId)
      .execute()
    await bumpCounter(transaction, 'peers')
  })
}

/** Ends the turn of a process that is gone, where one had it: the peers are due. */
export async function endPeerTurn({ kysely }: Database): Promise<void> {
  await kysely
    .updateTable('peer_refreshes')
    .set({ claim_id: null, next_at: 0 })
    .where('claim_id', 'is not', null)
    .execute()
}

function idsOf(homes: readonly PeerHome[]): AccountId[] {
  return homes.map(({ accountId }) => accountId)
}

function rowOf({ accountId, podKey, features, use }: PeerHome, now: EpochMs) {
  return {
    account_id: accountId,
    pod_key: podKey,
    house_type: features.houseType,
    size_band: features.sizeBand,
    residents_band: features.residentsBand,
    electric_heating: features.electricHeating,
    electric_cooling: features.electricCooling,
    electric_vehicle: features.electricVehicle,
    province: features.province,
    climate_zone: features.climateZone,
    use: JSON.stringify(use),
    refreshed_at: now,
  }
}
