/**
 * Takes in what many live meters sent at once: one transaction for a few readings each of any number of homes, in a
 * handful of statements whatever their number. A transaction per home costs more than its reading.
 *
 * New readings of the running day become rows of `recent_readings`, as in `write-readings.ts`; older days, and many
 * readings of one day, go into their packed days. Rows are folded into packed days by `foldLiveReadings`, in turn; whose are
 * left is told by `homesWithRowsBefore`.
 */
import { type Selectable, sql } from 'kysely'
import { type CivilDay, type EpochMs, localDayOf } from '../../energy/civil-time.ts'
import { seriesKeys, type WriteOutcome, writeOutcomes } from '../../energy/reading-batch.ts'
import { qualities, type ReadingColumns } from '../../energy/reading-series.ts'
import { sourceOf } from '../../energy/reading-sources.ts'
import type { Channel, Quality, Reading, ReadingKind } from '../../energy/readings.ts'
import { type Home, homeOf } from '../accounts.ts'
import { columnsBetween, overlayColumns } from '../codec/reading-columns.ts'
import { unpackReadings } from '../codec/readings.ts'
import type { Database } from '../database.ts'
import type { AccountId, DeviceId } from '../ids.ts'
import type { AccountsTable } from '../schema.ts'
import { markStaleOfMany, type TouchedDays } from '../stale-days/mark.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'
import { type Applied, applyReadings } from './apply.ts'
import { type DayGroup, groupReadings } from './day-groups.ts'
import { columnsOfTuples, type RecentTuple, rangeOf } from './stored-days.ts'
import { foldPastDays, foldRecentDay, isBatch, touchedBy, type Written, writeBatches } from './write-readings.ts'

/** The readings of one home. */
export interface LiveReadings {
  readonly account: Home
  readonly readings: readonly Reading[]
}

/** What is written with a batch. */
export interface LiveBatch {
  readonly readings: readonly LiveReadings[]
  /** What devices are to be remembered by; kept as JSON. */
  readonly memories: ReadonlyMap<DeviceId, unknown>
}

/** What is asked for before a batch can be made. */
export interface LiveRequest {
  /** Devices whose memory decides what their messages mean. */
  readonly remembering: readonly DeviceId[]
  /** The accounts that readings of the batch may be of. */
  readonly accounts: readonly AccountId[]
  /**
   * Makes the batch of what is remembered, and of the homes as they stand, without those that are no more; called again where
   * the transaction has to run again.
   */
  readonly batchOf: (memories: ReadonlyMap<DeviceId, unknown>, homes: ReadonlyMap<AccountId, Home>) => LiveBatch
  readonly now: EpochMs
}

/** One outcome per reading of each home, in order; `'gone'` where the account is no more. */
export type LiveOutcomes = readonly (readonly WriteOutcome[] | 'gone')[]

/** Writes a batch; what it returns is committed. */
export async function writeLiveReadings(
  db: Database,
  { remembering, accounts, batchOf, now }: LiveRequest,
): Promise<LiveOutcomes> {
  return await inTransaction(db, async (transaction) => {
    const memories = await loadMemories(transaction, remembering)
    const held = await lockAccounts(transaction, accounts)
    const batch = batchOf(memories, held)
    const written = await writeHomes(
      transaction,
      batch.readings.filter(({ account }) => held.has(account.id)),
      now,
    )
    await saveMemories(transaction, batch.memories)
    return batch.readings.map(({ account, readings }) => {
      const home = held.has(account.id) ? written.get(account.id) : undefined
      return home === undefined ? 'gone' : outcomesOf(readings, home)
    })
  })
}

/** Folds rows of the running day, or of days that are over, into packed days. */
export async function foldLiveReadings(db: Database, account: Home, now: EpochMs): Promise<void> {
  await inTransaction(db, async (transaction) => {
    if ((await lockAccounts(transaction, [account.id])).size === 0) return
    await foldPastDays(transaction, account, now)
    await foldRecentDay(transaction, account, localDayOf(now, account.timeZone))
  })
}

/**
 * Every home with rows from before an instant, in the order of ids. Homes are looked at in pages, each by the oldest row
 * of each kind and channel: an index on the day would cost every live reading.
 * @param options `isStopped` is asked before each page
 */
export async function* homesWithRowsBefore(
  db: Database,
  before: EpochMs,
  { pageSize = 500, isStopped = () => false }: { readonly pageSize?: number; readonly isStopped?: () => boolean } = {},
): AsyncGenerator<Home, void, undefined> {
  let after: AccountId | undefined
  while (!isStopped()) {
    const page = db.kysely
      .selectFrom('accounts')
      .select(['id', 'time_zone', 'closed_on'])
      .$if(after !== undefined, (query) => query.where('id', '>', after as AccountId))
      .orderBy('id')
      .limit(pageSize)
    const { rows } = await sql<Pick<Selectable<AccountsTable>, 'id' | 'time_zone' | 'closed_on'> & { isOld: boolean }>`
      select page.*, coalesce(oldest.at < ${before}::bigint, false) as "isOld" from (${page}) page
      cross join lateral (
        select min(first.at) as at
        from jsonb_to_recordset(${JSON.stringify(seriesKeys)}::jsonb) as key(channel text, kind text)
        cross join lateral (
          select at from recent_readings
          where account_id = page.id and channel = key.channel and kind = key.kind order by at limit 1
        ) first
      ) oldest
      order by page.id
    `.execute(db.kysely)
    for (const row of rows) if (row.isOld) yield homeOf(row)
    after = rows.at(-1)?.id
    if (rows.length < pageSize) return
  }
}

async function loadMemories(
  transaction: StoreTransaction,
  ids: readonly DeviceId[],
): Promise<ReadonlyMap<DeviceId, unknown>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: DeviceId; memory: unknown }>`
    select id, memory from devices
    where id in (select value from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
    order by id for no key update
  `.execute(transaction)
  return new Map(rows.map(({ id, memory }) => [id, memory]))
}

async function saveMemories(transaction: StoreTransaction, memories: ReadonlyMap<DeviceId, unknown>): Promise<void> {
  if (memories.size === 0) return
  const rows = Array.from(memories, ([id, memory]) => ({ id, memory }))
  await sql`
    update devices set memory = kept.memory
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as kept(id text, memory jsonb) where devices.id = kept.id
  `.execute(transaction)
}

/**
 * Writers of one account take turns; always in the same order, so that two batches cannot wait for each other.
 * @returns the homes as they stand
 */
async function lockAccounts(
  transaction: StoreTransaction,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, Home>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<Pick<Selectable<AccountsTable>, 'id' | 'time_zone' | 'closed_on'>>`
    select id, time_zone, closed_on from accounts
    where id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
    order by id for no key update
  `.execute(transaction)
  return new Map(rows.map((row) => [row.id, homeOf(row)]))
}

/** The groups of one home and what became of them. */
type WrittenHome = readonly Written[]

async function writeHomes(
  transaction: StoreTransaction,
  homes: readonly LiveReadings[],
  now: EpochMs,
): Promise<ReadonlyMap<AccountId, WrittenHome>> {
  const few: HomeGroup[] = []
  const written = new Map<AccountId, Written[]>()
  for (const { account, readings } of homes) {
    const today = localDayOf(now, account.timeZone)
    const groups = groupReadings(readings, account.timeZone)
    const batches = groups.filter((group) => isBatch(group, today))
    written.set(account.id, await writeBatches(transaction, account, batches))
    few.push(...groups.filter((group) => !batches.includes(group)).map((group) => ({ account, group })))
  }
  for (const { account, group, applied } of await writeFewOfMany(transaction, few))
    written.get(account.id)?.push({ group, applied })
  const touched = homes.map(({ account }): [Home, TouchedDays] => [
    account,
    touchedBy(written.get(account.id) ?? [], account.timeZone),
  ])
  await markStaleOfMany(transaction, touched, now)
  return written
}

interface HomeGroup {
  readonly account: Home
  readonly group: DayGroup
}

async function writeFewOfMany(
  transaction: StoreTransaction,
  groups: readonly HomeGroup[],
): Promise<(HomeGroup & { readonly applied: Applied })[]> {
  if (groups.length === 0) return []
  const stored = await loadOverlapping(transaction, groups)
  const applied = groups.map((home, index) => {
    const { packed, present } = stored[index] ?? nothing
    return { ...home, packed, applied: applyReadings(present, home.group.columns) }
  })
  await insertRecent(transaction, applied)
  return applied
}

interface Overlapping {
  /** Instants of the packed day. */
  readonly packed: ReadonlySet<number>
  /** What stands between the first and the last instant of the group. */
  readonly present: ReadingColumns
}

const nothing: Overlapping = { packed: new Set(), present: columnsOfTuples([]) }

/** What the store holds between the first and the last instant of each group; most often nothing. */
async function loadOverlapping(transaction: StoreTransaction, groups: readonly HomeGroup[]): Promise<Overlapping[]> {
  const asked = groups.map(({ account, group }, position) => ({ position, account: account.id, ...rangeOf(group) }))
  const { rows } = await sql<{ position: number; packed: Uint8Array | null; recent: RecentTuple[] | null }>`
    select asked.position, stored.packed, recent.tuples as recent
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked(position integer, account uuid, channel text,
      kind text, day date, "fromAt" bigint, "toAt" bigint)
    left join reading_days stored on stored.account_id = asked.account and stored.channel = asked.channel
      and stored.kind = asked.kind and stored.day = asked.day and stored.last_at >= asked."fromAt"
    left join lateral (
      select jsonb_agg(jsonb_build_array(at, value, span_s, quality, source) order by at) as tuples
      from recent_readings where account_id = asked.account and channel = asked.channel and kind = asked.kind
        and at >= asked."fromAt" and at < asked."toAt"
    ) recent on true
    where stored.packed is not null or recent.tuples is not null
  `.execute(transaction)
  const found: Overlapping[] = groups.map(() => nothing)
  for (const { position, packed, recent } of rows) {
    const { fromAt, toAt } = asked[position] ?? { fromAt: 0, toAt: 0 }
    const under = packed === null ? nothing.present : columnsBetween(unpackReadings(packed), fromAt, toAt)
    found[position] = { packed: new Set(under.at), present: overlayColumns(under, columnsOfTuples(recent ?? [])) }
  }
  return found
}

type AppliedHome = HomeGroup & { readonly packed: ReadonlySet<number>; readonly applied: Applied }

/** Columns of rows as array literals: PostgreSQL reads them in less time than the same rows as JSON. */
async function insertRecent(transaction: StoreTransaction, homes: readonly AppliedHome[]): Promise<void> {
  const rows = new RecentRows()
  for (const home of homes) rows.add(home)
  if (rows.at.length === 0) return
  await sql`
    insert into recent_readings (account_id, channel, kind, at, day, value, span_s, quality, source, replaces_packed)
    select * from unnest(
      ${arrayOf(rows.id)}::uuid[], ${arrayOf(rows.channel)}::text[], ${arrayOf(rows.kind)}::text[],
      ${arrayOf(rows.at)}::bigint[], ${arrayOf(rows.day)}::date[], ${arrayOf(rows.value)}::double precision[],
      ${arrayOf(rows.spanS)}::double precision[], ${arrayOf(rows.quality)}::text[], ${arrayOf(rows.source)}::text[],
      ${arrayOf(rows.isPacked)}::boolean[])
    on conflict (account_id, channel, kind, at) do update set value = excluded.value, span_s = excluded.span_s,
      quality = excluded.quality, source = excluded.source
  `.execute(transaction)
}

/** What changed, in a list per column. */
class RecentRows {
  readonly id: AccountId[] = []
  readonly channel: Channel[] = []
  readonly kind: ReadingKind[] = []
  readonly at: EpochMs[] = []
  readonly day: CivilDay[] = []
  readonly value: (number | 'NULL')[] = []
  readonly spanS: number[] = []
  readonly quality: Quality[] = []
  readonly source: string[] = []
  readonly isPacked: boolean[] = []

  add({ account, group, packed, applied: { changed } }: AppliedHome): void {
    for (let index = 0; index < changed.at.length; index++) {
      const at = changed.at[index] ?? 0
      this.id.push(account.id)
      this.channel.push(group.channel)
      this.kind.push(group.kind)
      this.at.push(at)
      this.day.push(group.day)
      this.value.push(changed.present[index] === 1 ? (changed.value[index] ?? 0) : 'NULL')
      this.spanS.push(changed.spanS[index] ?? 0)
      this.quality.push(qualities[changed.quality[index] ?? 0] ?? 'measured')
      this.source.push(sourceOf(changed.source[index] ?? 0))
      this.isPacked.push(packed.has(at))
    }
  }
}

/** An array literal of values that need no quotes: numbers, flags, ids, days and names of our own. */
function arrayOf(column: readonly (string | number | boolean)[]): string {
  return `{${column.join(',')}}`
}

function outcomesOf(readings: readonly Reading[], home: WrittenHome): WriteOutcome[] {
  const outcomes = new Array<WriteOutcome>(readings.length).fill('accepted')
  for (const { group, applied } of home) {
    for (const [index, position] of group.positions.entries())
      outcomes[position] = writeOutcomes[applied.outcomes[index] ?? 0] ?? 'accepted'
  }
  return outcomes
}
