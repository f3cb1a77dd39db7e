/** Gives readings back: as they lie (for worker threads to unpack), in columns, one by one. */
import { type EpochMs, localDayOf } from '../../energy/civil-time.ts'
import type { ReadingSeries } from '../../energy/reading-series.ts'
import type { Channel, Reading, ReadingKind } from '../../energy/readings.ts'
import type { Account } from '../accounts.ts'
import { readingKinds, readingsOfSeries } from '../codec/reading-columns.ts'
import { type PackedReadings, packReadings, unpackSeries } from '../codec/readings.ts'
import type { Database } from '../database.ts'
import { columnsOfTuples } from './stored-days.ts'

/** Which readings are asked for: those of a channel (and of a kind, where one is named) with `fromAt` ≤ at < `toAt`. */
interface Wanted {
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
  readonly channel: Channel
  readonly kind?: ReadingKind
}

/** Readings, packed; `unpackSeries` (codec/) unpacks them. */
export async function readPackedReadings(db: Database, account: Account, wanted: Wanted): Promise<PackedReadings> {
  const { fromAt, toAt, channel } = wanted
  if (fromAt >= toAt) return { fromAt, toAt, parts: [] }
  const recent = await recentParts(db, account, wanted)
  const days = await db.kysely
    .selectFrom('reading_days')
    .select(['kind', 'packed'])
    .where('account_id', '=', account.id)
    .where('channel', '=', channel)
    .where('day', '>=', localDayOf(fromAt, account.timeZone))
    .where('day', '<=', localDayOf(toAt - 1, account.timeZone))
    .where('kind', 'in', kindsOf(wanted))
    .orderBy('kind')
    .orderBy('day')
    .execute()
  return { fromAt, toAt, parts: [...days.map((day) => ({ ...day, over: false })), ...recent] }
}

function kindsOf({ kind }: Wanted): readonly ReadingKind[] {
  return kind === undefined ? readingKinds : [kind]
}

/** Readings, in columns. */
export async function readReadings(db: Database, account: Account, wanted: Wanted): Promise<ReadingSeries> {
  return unpackSeries(await readPackedReadings(db, account, wanted))
}

/** Readings, one by one, newest first: for what a meter shows now. */
export async function newestReadings(db: Database, account: Account, wanted: Wanted): Promise<Reading[]> {
  const series = await readReadings(db, account, wanted)
  return [...readingsOfSeries(series, wanted.channel)].sort((one, other) => other.at - one.at)
}

/** Rows are read before packed days: a fold in between then shows a reading twice, which is harmless, never not at all. */
async function recentParts(
  db: Database,
  account: Account,
  wanted: Wanted,
): Promise<{ kind: ReadingKind; packed: Uint8Array; over: true }[]> {
  const { fromAt, toAt, channel } = wanted
  const rows = await db.kysely
    .selectFrom('recent_readings')
    .select(['kind', 'at', 'value', 'span_s', 'quality', 'source'])
    .where('account_id', '=', account.id)
    .where('channel', '=', channel)
    .where('at', '>=', fromAt)
    .where('at', '<', toAt)
    .where('kind', 'in', kindsOf(wanted))
    .orderBy('kind')
    .orderBy('at')
    .execute()
  return [...Map.groupBy(rows, ({ kind }) => kind)].map(([kind, ofKind]) => {
    const columns = columnsOfTuples(ofKind.map((row) => [row.at, row.value, row.span_s, row.quality, row.source]))
    return { kind, packed: packReadings(columns), over: true }
  })
}
