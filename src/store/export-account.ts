/** Everything that is held of a home, piece by piece, so that a long history never stands in memory whole. */
import { addDays, type CivilDay, dayInterval, type EpochMs } from '../energy/civil-time.ts'
import type { Reading } from '../energy/readings.ts'
import type { Account } from './accounts.ts'
import { readEncodedDays, readRuns } from './analysed-days/read-days.ts'
import type { EncodedDayWithRuns } from './codec/analysed-days.ts'
import { readingsOfSeries } from './codec/reading-columns.ts'
import type { Database } from './database.ts'
import { findPeerHome, type PeerHome } from './peers/peer-homes.ts'
import { readReadings } from './readings/read-readings.ts'

/** One piece of an export: what others are compared with, the readings of a local day and channel, or its analysis. */
export type ExportedPiece =
  | { readonly type: 'peer'; readonly home: PeerHome }
  | { readonly type: 'readings'; readonly readings: readonly Reading[] }
  | { readonly type: 'day'; readonly day: EncodedDayWithRuns; readonly analysedAt: EpochMs }

/** Yields the home as others are compared with it, the readings of all days and channels, then the analysed days; oldest first. */
export async function* exportAccount(db: Database, account: Account): AsyncGenerator<ExportedPiece, void, undefined> {
  const home = await findPeerHome(db, account)
  if (home !== undefined) yield { type: 'peer', home }
  for (const { channel, day } of await readingDays(db, account)) {
    const { fromAt, toAt } = dayInterval(day, account.timeZone)
    const series = await readReadings(db, account, { fromAt, toAt, channel })
    yield { type: 'readings', readings: [...readingsOfSeries(series, channel)] }
  }
  for (const { day, analysed_at: analysedAt } of await analysedDays(db, account)) {
    const { fromAt, toAt } = dayInterval(day, account.timeZone)
    const runs = await readRuns(db, account, fromAt, toAt)
    for (const encoded of await readEncodedDays(db, account, day, addDays(day, 1)))
      yield { type: 'day', day: { ...encoded, runs }, analysedAt }
  }
}

async function readingDays(db: Database, account: Account): Promise<(Pick<Reading, 'channel'> & { day: CivilDay })[]> {
  return await db.kysely
    .selectFrom('reading_days')
    .select(['channel', 'day'])
    .where('account_id', '=', account.id)
    .union((union) =>
      union.selectFrom('recent_readings').select(['channel', 'day']).where('account_id', '=', account.id),
    )
    .orderBy('day')
    .orderBy('channel')
    .execute()
}

async function analysedDays(db: Database, account: Account): Promise<{ day: CivilDay; analysed_at: EpochMs }[]> {
  return await db.kysely
    .selectFrom('analysed_days')
    .select(['day', 'analysed_at'])
    .where('account_id', '=', account.id)
    .orderBy('day')
    .execute()
}
