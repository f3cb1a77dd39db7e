/** Rows of readings: packed days, and the recent readings that stand over them until they are folded in. */
import { sql } from 'kysely'
import { dayInterval, type EpochMs } from '../../energy/civil-time.ts'
import { emptyColumns, noReadings, qualities, type ReadingColumns } from '../../energy/reading-series.ts'
import { sourceNumber, sourceOf } from '../../energy/reading-sources.ts'
import type { Quality, ReadingKind } from '../../energy/readings.ts'
import type { Home } from '../accounts.ts'
import { packReadings, unpackReadings } from '../codec/readings.ts'
import type { AccountId } from '../ids.ts'
import type { StoreTransaction } from '../transaction.ts'
import type { DayGroup, DayKey } from './day-groups.ts'

/** Which readings of a key are asked for; the packed day is left where it lies when it ends before `fromAt`. */
export interface DayRange extends DayKey {
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
}

/** A parameter of a statement counts 16 bits on the wire, and a row of `recent_readings` takes ten of them. */
const rowsPerStatement = 1_000

/** What the store holds of one key. */
export interface StoredDay {
  /** The packed day; empty where there is none, or where it lies wholly before the range. */
  readonly packed: ReadingColumns
  /** Recent readings in the range, ascending: they stand over the packed ones. */
  readonly recent: ReadingColumns
  /** Recent readings of the whole day, in the range or not. */
  readonly recentCount: number
}

/** A recent reading on its way out of the database. */
export type RecentTuple = readonly [at: EpochMs, value: number | null, spanS: number, quality: Quality, source: string]

/** What is held of each range, in their order; one way to the database for all of them. */
export async function loadDays(
  transaction: StoreTransaction,
  account: Home,
  ranges: readonly DayRange[],
): Promise<StoredDay[]> {
  const { rows } = await sql<{ packed: Uint8Array | null; recent: RecentTuple[] | null; recentCount: number }>`
    select stored.packed, (
        select jsonb_agg(jsonb_build_array(at, value, span_s, quality, source) order by at) from recent_readings recent
        where recent.account_id = ${account.id}::uuid and recent.channel = asked.channel and recent.kind = asked.kind
          and recent.at >= asked."fromAt" and recent.at < asked."toAt"
      ) as recent, (
        select count(*) from recent_readings recent
        where recent.account_id = ${account.id}::uuid and recent.channel = asked.channel and recent.kind = asked.kind
          and recent.at >= asked."dayFromAt" and recent.at < asked."dayToAt"
      ) as "recentCount"
    from ${rangesAsTable(ranges, account)}
    left join reading_days stored on stored.account_id = ${account.id}::uuid and stored.channel = asked.channel
      and stored.kind = asked.kind and stored.day = asked.day and stored.last_at >= asked."fromAt"
    order by asked.position
  `.execute(transaction)
  return rows.map(({ packed, recent, recentCount }) => ({
    packed: packed === null ? noReadings : unpackReadings(packed),
    recent: columnsOfTuples(recent ?? []),
    recentCount,
  }))
}

/** Recent readings as columns. */
export function columnsOfTuples(tuples: readonly RecentTuple[]): ReadingColumns {
  const columns = emptyColumns(tuples.length)
  for (const [index, [at, value, spanS, quality, source]] of tuples.entries()) {
    columns.at[index] = at
    columns.value[index] = value ?? 0
    columns.present[index] = value === null ? 0 : 1
    columns.spanS[index] = spanS
    columns.quality[index] = qualities.indexOf(quality)
    columns.source[index] = sourceNumber(source)
  }
  return columns
}

/** Writes whole days over what was packed of them. */
export async function savePackedDays(
  transaction: StoreTransaction,
  account: Home,
  days: readonly (DayKey & { readonly columns: ReadingColumns })[],
): Promise<void> {
  for (const chunk of chunksOf(days.filter(({ columns }) => columns.at.length > 0))) {
    await transaction
      .insertInto('reading_days')
      .values(chunk.map((day) => rowOfDay(account.id, day)))
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'channel', 'kind', 'day']).doUpdateSet((excluded) => ({
          count: excluded.ref('excluded.count'),
          first_at: excluded.ref('excluded.first_at'),
          last_at: excluded.ref('excluded.last_at'),
          measured_to_at: excluded.ref('excluded.measured_to_at'),
          packed: excluded.ref('excluded.packed'),
        })),
      )
      .execute()
  }
}

/** Writes recent readings over what stands at their instants. */
export async function saveRecent(
  transaction: StoreTransaction,
  account: Home,
  key: DayKey,
  columns: ReadingColumns,
  replacesPacked: (at: EpochMs) => boolean,
): Promise<void> {
  const rows = Array.from(columns.at, (at, index) => ({
    account_id: account.id,
    channel: key.channel,
    kind: key.kind,
    at,
    day: key.day,
    value: columns.present[index] === 1 ? (columns.value[index] ?? 0) : null,
    span_s: columns.spanS[index] ?? 0,
    quality: qualities[columns.quality[index] ?? 0] ?? 'measured',
    source: sourceOf(columns.source[index] ?? 0),
    replaces_packed: replacesPacked(at),
  }))
  for (const chunk of chunksOf(rows)) {
    await transaction
      .insertInto('recent_readings')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'channel', 'kind', 'at']).doUpdateSet((excluded) => ({
          value: excluded.ref('excluded.value'),
          span_s: excluded.ref('excluded.span_s'),
          quality: excluded.ref('excluded.quality'),
          source: excluded.ref('excluded.source'),
        })),
      )
      .execute()
  }
}

/** Takes the recent readings of whole days away. */
export async function deleteRecent(
  transaction: StoreTransaction,
  account: Home,
  keys: readonly DayKey[],
): Promise<void> {
  if (keys.length === 0) return
  const ranges = keys.map((key) => wholeDay(key, account))
  await sql`
    delete from recent_readings recent using ${rangesAsTable(ranges, account)}
    where recent.account_id = ${account.id}::uuid and recent.channel = asked.channel
      and recent.kind = asked.kind and recent.at >= asked."fromAt" and recent.at < asked."toAt"
  `.execute(transaction)
}

/** All readings of a key. */
export function wholeDay({ channel, kind, day }: DayKey, account: Home): DayRange {
  return { channel, kind, day, ...dayInterval(day, account.timeZone) }
}

/** From the first to the last instant of a group. */
export function rangeOf({ channel, kind, day, columns }: DayGroup): DayRange {
  let fromAt = Number.POSITIVE_INFINITY
  let toAt = Number.NEGATIVE_INFINITY
  for (const at of columns.at) {
    fromAt = Math.min(fromAt, at)
    toAt = Math.max(toAt, at + 1)
  }
  return { channel, kind, day, fromAt, toAt }
}

function rangesAsTable(ranges: readonly DayRange[], account: Home) {
  const rows = ranges.map(({ channel, kind, day, fromAt, toAt }, position) => {
    const { fromAt: dayFromAt, toAt: dayToAt } = dayInterval(day, account.timeZone)
    return { position, channel, kind, day, fromAt, toAt, dayFromAt, dayToAt }
  })
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as asked(position integer, channel text, kind text,
    day date, "fromAt" bigint, "toAt" bigint, "dayFromAt" bigint, "dayToAt" bigint)`
}

function rowOfDay(accountId: AccountId, { channel, kind, day, columns }: DayKey & { columns: ReadingColumns }) {
  return {
    account_id: accountId,
    channel,
    kind,
    day,
    count: columns.at.length,
    first_at: columns.at[0] ?? 0,
    last_at: columns.at.at(-1) ?? 0,
    measured_to_at: measuredToAt(kind, columns),
    packed: packReadings(columns),
  }
}

/** Interval energy is measured at its end, power and registers at their instant. */
export function measuredToAt(kind: ReadingKind, { at, present, spanS }: ReadingColumns): EpochMs | null {
  const last = present.lastIndexOf(1)
  if (last < 0) return null
  return (at[last] ?? 0) + (kind === 'energy' ? (spanS[last] ?? 0) * 1000 : 0)
}

function chunksOf<T>(rows: readonly T[]): T[][] {
  const chunks: T[][] = []
  for (let from = 0; from < rows.length; from += rowsPerStatement)
    chunks.push(rows.slice(from, from + rowsPerStatement))
  return chunks
}
