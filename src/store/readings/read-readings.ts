/** Gives readings back: as they lie (for worker threads to unpack), in columns, one by one. */
import { type EpochMs, localDayOf } from '../../energy/civil-time.ts'
import type { ReadingSeries } from '../../energy/reading-series.ts'
import type { Channel, Reading, ReadingKind } from '../../energy/readings.ts'
import type { Account } from '../accounts.ts'
import { readingsOfSeries } from '../codec/reading-columns.ts'
import { type PackedReadings, packReadings, unpackSeries } from '../codec/readings.ts'
import type { Database } from '../database.ts'
import { columnsOfTuples } from './stored-days.ts'

/** The readings of a channel with `fromAt` ≤ at < `toAt`, packed; `unpackSeries` (codec/) unpacks them. */
export async function readPackedReadings(
  db: Database,
  account: Account,
  fromAt: EpochMs,
  toAt: EpochMs,
  channel: Channel,
): Promise<PackedReadings> {
  if (fromAt >= toAt) return { fromAt, toAt, parts: [] }
  const recent = await recentParts(db, account, fromAt, toAt, channel)
  const days = await db.kysely
    .selectFrom('reading_days')
    .select(['kind', 'packed'])
    .where('account_id', '=', account.id)
    .where('channel', '=', channel)
    .where('day', '>=', localDayOf(fromAt, account.timeZone))
    .where('day', '<=', localDayOf(toAt - 1, account.timeZone))
    .orderBy('kind')
    .orderBy('day')
    .execute()
  return { fromAt, toAt, parts: [...days.map((day) => ({ ...day, over: false })), ...recent] }
}

/** The readings of a channel with `fromAt` ≤ at < `toAt`, in columns. */
export async function readReadings(
  db: Database,
  account: Account,
  fromAt: EpochMs,
  toAt: EpochMs,
  channel: Channel,
): Promise<ReadingSeries> {
  return unpackSeries(await readPackedReadings(db, account, fromAt, toAt, channel))
}

/** The readings of a channel in the window, one by one, newest first: for what a meter shows now. */
export async function newestReadings(
  db: Database,
  account: Account,
  { sinceAt, beforeAt, channel }: { readonly sinceAt: EpochMs; readonly beforeAt: EpochMs; readonly channel: Channel },
): Promise<Reading[]> {
  const series = await readReadings(db, account, sinceAt, beforeAt, channel)
  return [...readingsOfSeries(series, channel)].sort((one, other) => other.at - one.at)
}

/** Rows are read before packed days: a fold in between then shows a reading twice, which is harmless, never not at all. */
async function recentParts(
  db: Database,
  account: Account,
  fromAt: EpochMs,
  toAt: EpochMs,
  channel: Channel,
): Promise<{ kind: ReadingKind; packed: Uint8Array; over: true }[]> {
  const rows = await db.kysely
    .selectFrom('recent_readings')
    .select(['kind', 'at', 'value', 'span_s', 'quality', 'source'])
    .where('account_id', '=', account.id)
    .where('channel', '=', channel)
    .where('at', '>=', fromAt)
    .where('at', '<', toAt)
    .orderBy('kind')
    .orderBy('at')
    .execute()
  return [...Map.groupBy(rows, ({ kind }) => kind)].map(([kind, ofKind]) => {
    const columns = columnsOfTuples(ofKind.map((row) => [row.at, row.value, row.span_s, row.quality, row.source]))
    return { kind, packed: packReadings(columns), over: true }
  })
}
