/** Rows of readings: packed days, and the recent readings that stand over them until they are folded in. */
import { sql } from 'kysely'
import type { EpochMs } from '../../energy/civil-time.ts'
import { qualities, type ReadingColumns } from '../../energy/reading-series.ts'
import type { Quality, ReadingKind } from '../../energy/readings.ts'
import type { Account } from '../accounts.ts'
import { emptyColumns } from '../codec/reading-columns.ts'
import { packReadings, unpackReadings } from '../codec/readings.ts'
import type { AccountId } from '../ids.ts'
import type { StoreTransaction } from '../transaction.ts'
import type { DayKey } from './day-groups.ts'

/** Which readings of a key are asked for; the packed day is left where it lies when it ends before `fromAt`. */
export interface DayRange extends DayKey {
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
}

/** A parameter of a statement counts 16 bits on the wire, and a row of `recent_readings` takes nine of them. */
const rowsPerStatement = 1_000

export function textOf({ channel, kind, day }: DayKey): string {
  return `${channel} ${kind} ${day}`
}

/** Packed days by key; those that lie wholly before their range are left out. */
export async function loadPackedDays(
  transaction: StoreTransaction,
  account: Account,
  ranges: readonly DayRange[],
): Promise<Map<string, ReadingColumns>> {
  const { rows } = await sql<DayKey & { packed: Uint8Array }>`
    select stored.channel, stored.kind, stored.day, stored.packed
    from ${rangesAsTable(ranges)}
    join reading_days stored on stored.account_id = ${account.id}::uuid and stored.channel = asked.channel
      and stored.kind = asked.kind and stored.day = asked.day and stored.last_at >= asked."fromAt"
  `.execute(transaction)
  return new Map(rows.map((row) => [textOf(row), unpackReadings(row.packed)]))
}

/** Recent readings by key, ascending. */
export async function loadRecent(
  transaction: StoreTransaction,
  account: Account,
  ranges: readonly DayRange[],
): Promise<Map<string, ReadingColumns>> {
  const { rows } = await sql<RecentRow>`
    select recent.channel, recent.kind, recent.day, recent.at, recent.value, recent.span_s as "spanS", recent.quality
    from ${rangesAsTable(ranges)}
    join recent_readings recent on recent.account_id = ${account.id}::uuid and recent.channel = asked.channel
      and recent.kind = asked.kind and recent.at >= asked."fromAt" and recent.at < asked."toAt"
    order by recent.channel, recent.kind, recent.at
  `.execute(transaction)
  return columnsByKey(rows)
}

/** A row of `recent_readings`. */
export interface RecentRow extends DayKey {
  readonly at: EpochMs
  readonly value: number | null
  readonly spanS: number
  readonly quality: Quality
}

/** Rows in columns by key, in the order of the rows. */
export function columnsByKey(rows: readonly RecentRow[]): Map<string, ReadingColumns> {
  const byKey = Map.groupBy(rows, textOf)
  return new Map([...byKey].map(([key, ofKey]) => [key, columnsOfRows(ofKey)]))
}

function columnsOfRows(rows: readonly RecentRow[]): ReadingColumns {
  const columns = emptyColumns(rows.length)
  for (const [index, row] of rows.entries()) {
    columns.at[index] = row.at
    columns.value[index] = row.value ?? 0
    columns.present[index] = row.value === null ? 0 : 1
    columns.spanS[index] = row.spanS
    columns.quality[index] = qualities.indexOf(row.quality)
  }
  return columns
}

/** Writes whole days, and takes their recent readings away: they are contained. */
export async function savePackedDays(
  transaction: StoreTransaction,
  account: Account,
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
  account: Account,
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
        })),
      )
      .execute()
  }
}

/** Takes the recent readings of whole days away. */
export async function deleteRecent(
  transaction: StoreTransaction,
  account: Account,
  ranges: readonly DayRange[],
): Promise<void> {
  if (ranges.length === 0) return
  await sql`
    delete from recent_readings recent using ${rangesAsTable(ranges)}
    where recent.account_id = ${account.id}::uuid and recent.channel = asked.channel
      and recent.kind = asked.kind and recent.at >= asked."fromAt" and recent.at < asked."toAt"
  `.execute(transaction)
}

function rangesAsTable(ranges: readonly DayRange[]) {
  const plain = ranges.map(({ channel, kind, day, fromAt, toAt }) => ({ channel, kind, day, fromAt, toAt }))
  return sql`jsonb_to_recordset(${JSON.stringify(plain)}::jsonb)
    as asked(channel text, kind text, day date, "fromAt" bigint, "toAt" bigint)`
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
