/**
 * What homes are compared by, over all clients. Nothing here names a home to whoever asks: figures of single homes leave
 * the API only as statistics of a group.
 */
import { sql } from 'kysely'
import type { CivilDay, EpochMs } from '../../energy/civil-time.ts'
import type { HomeUse } from '../../energy/home-use.ts'
import type { HomeFeatures, SimilarityCriteria } from '../../energy/similar-homes.ts'
import { type Account, accountOf, isOpenAt } from '../accounts.ts'
import { counterValue } from '../counters.ts'
import type { Database } from '../database.ts'
import type { AccountId } from '../ids.ts'
import type { PeerHomesTable } from '../schema.ts'

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

/** Changes whenever the peers do; what was computed under another version is out of date. */
export async function peersVersion(db: Database): Promise<number> {
  return await counterValue(db, 'peers')
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
