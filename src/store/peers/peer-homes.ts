/**
 * What homes are compared by, over all clients. Nothing here names a home to whoever asks: figures of single homes leave
 * the API only as statistics of a group.
 */
import { type Kysely, sql } from 'kysely'
import type { CivilDay, EpochMs } from '../../energy/civil-time.ts'
import type { HomeUse } from '../../energy/home-use.ts'
import type { HomeFeatures, SimilarityCriteria } from '../../energy/similar-homes.ts'
import { type Account, accountOf, isOpenAt } from '../accounts.ts'
import { bumpCounter } from '../counters.ts'
import type { Database } from '../database.ts'
import type { AccountId } from '../ids.ts'
import type { PeerHomesTable, Schema } from '../schema.ts'
import { inTransaction } from '../transaction.ts'

/** A home that others may be compared with. */
export interface PeerHome {
  readonly accountId: AccountId
  readonly podKey: string
  readonly features: HomeFeatures
  readonly use: HomeUse
}

/** What a home used over a period. */
export interface PeriodTotals {
  readonly totalWh: number
  readonly measuredS: number
}

/** A group is statistics: more homes than this change no figure of it. */
const similarHomesMax = 5_000
const pageSize = 500

/** Every open account of every client, in pages, by id. */
export async function* everyOpenAccount(db: Database, now: EpochMs): AsyncGenerator<Account, void, undefined> {
  let after: AccountId | undefined
  for (;;) {
    const rows = await db.kysely
      .selectFrom('accounts')
      .selectAll()
      .where(isOpenAt(now))
      .$if(after !== undefined, (query) => query.where('id', '>', after as AccountId))
      .orderBy('id')
      .limit(pageSize)
      .execute()
    yield* rows.map(accountOf)
    after = rows.at(-1)?.id
    if (rows.length < pageSize) return
  }
}

/** Puts `homes` in the place of all that were known; homes deleted meanwhile are left out. One server after the other. */
export async function replacePeerHomes(db: Database, homes: readonly PeerHome[], now: EpochMs): Promise<void> {
  await inTransaction(db, async (transaction) => {
    // Excludes itself, and upkeep of the table: a home is deleted meanwhile as ever.
    await sql`lock table peer_homes in share update exclusive mode`.execute(transaction)
    await transaction.deleteFrom('peer_homes').execute()
    for (let from = 0; from < homes.length; from += pageSize) {
      const page = homes.slice(from, from + pageSize)
      const kept = await lockExisting(transaction, page)
      if (kept.length > 0)
        await transaction
          .insertInto('peer_homes')
          .values(kept.map((home) => rowOf(home, now)))
          .execute()
    }
    await bumpCounter(transaction, 'peers')
  })
}

/** Changes whenever the peers do; what was computed under another version is out of date. */
export async function peersVersion(db: Database): Promise<number> {
  const row = await db.kysely.selectFrom('counters').select('value').where('name', '=', 'peers').executeTakeFirst()
  return row?.value ?? 0
}

/** What others compare the home with; `undefined` while they do not. */
export async function findPeerHome(db: Database, account: Account): Promise<PeerHome | undefined> {
  const row = await db.kysely
    .selectFrom('peer_homes')
    .selectAll()
    .where('account_id', '=', account.id)
    .executeTakeFirst()
  return row && homeOf(row)
}

/**
 * Other homes with an open account that meet the criteria, whichever client they belong to: not this one, and not its meter
 * elsewhere. A meter that several clients have is one home, that of the account that measured most.
 */
export async function similarHomes(
  db: Database,
  account: Account,
  criteria: SimilarityCriteria,
  now: EpochMs,
): Promise<PeerHome[]> {
  const { province, climateZone, electric, sizeBands, houseType, residentsBand } = criteria
  const meters = db.kysely
    .selectFrom('peer_homes')
    .innerJoin('accounts', 'accounts.id', 'peer_homes.account_id')
    .distinctOn('peer_homes.pod_key')
    .selectAll('peer_homes')
    .where(isOpenAt(now))
    .where('peer_homes.account_id', '!=', account.id)
    .where('peer_homes.pod_key', '!=', account.podKey)
    .where('size_band', '>=', sizeBands[0])
    .where('size_band', '<=', sizeBands[1])
    .$if(province !== undefined, (query) => query.where('province', '=', province ?? ''))
    .$if(climateZone !== undefined, (query) =>
      query.where('climate_zone', '=', climateZone as NonNullable<typeof climateZone>),
    )
    .$if(houseType !== undefined, (query) => query.where('house_type', '=', houseType as NonNullable<typeof houseType>))
    .$if(residentsBand !== undefined, (query) =>
      query.where('residents_band', '=', residentsBand as NonNullable<typeof residentsBand>),
    )
    .$if(electric !== undefined, (query) =>
      query
        .where('electric_heating', '=', electric?.electricHeating ?? false)
        .where('electric_cooling', '=', electric?.electricCooling ?? false)
        .where('electric_vehicle', '=', electric?.electricVehicle ?? false),
    )
    .orderBy('peer_homes.pod_key')
    .orderBy(sql`(peer_homes.use ->> 'measuredS')::double precision`, 'desc')
    .orderBy('peer_homes.account_id')
    .as('meters')
  const rows = await db.kysely.selectFrom(meters).selectAll().orderBy('account_id').limit(similarHomesMax).execute()
  return rows.map(homeOf)
}

/** What each of `homes` used in the days `fromOn` ≤ day < `toOn`; a home without a measured day is left out. */
export async function periodTotalsOf(
  db: Database,
  homes: readonly PeerHome[],
  fromOn: CivilDay,
  toOn: CivilDay,
): Promise<PeriodTotals[]> {
  if (homes.length === 0) return []
  return await db.kysely
    .selectFrom('analysed_days')
    .select(({ fn }) => [fn.sum<number>('total_wh').as('totalWh'), fn.sum<number>('measured_s').as('measuredS')])
    .where(
      'account_id',
      'in',
      homes.map(({ accountId }) => accountId),
    )
    .where('day', '>=', fromOn)
    .where('day', '<', toOn)
    .groupBy('account_id')
    .orderBy('account_id')
    .execute()
}

/** A home that is deleted while its row is written would break the reference: those that exist are held. */
async function lockExisting(transaction: Kysely<Schema>, homes: readonly PeerHome[]): Promise<PeerHome[]> {
  const rows = await transaction
    .selectFrom('accounts')
    .select('id')
    .where(
      'id',
      'in',
      homes.map(({ accountId }) => accountId),
    )
    .orderBy('id')
    .forKeyShare()
    .execute()
  const existing = new Set(rows.map(({ id }) => id))
  return homes.filter(({ accountId }) => existing.has(accountId))
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

function homeOf(row: Omit<PeerHomesTable, 'use'> & { use: HomeUse }): PeerHome {
  return {
    accountId: row.account_id,
    podKey: row.pod_key,
    features: {
      houseType: row.house_type,
      sizeBand: row.size_band,
      residentsBand: row.residents_band,
      electricHeating: row.electric_heating,
      electricCooling: row.electric_cooling,
      electricVehicle: row.electric_vehicle,
      province: row.province,
      climateZone: row.climate_zone,
    },
    use: row.use,
  }
}
