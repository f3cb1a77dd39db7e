/**
 * Takes readings in. One transaction per call: the account is locked, readings are merged with what is there, every
 * real change marks days stale; success means that all of it is committed.
 *
 * Batches go straight into the packed day. A few readings of a day that still runs become rows of `recent_readings`,
 * because repacking a day for every live reading would cost more than the reading; they are folded in when the day is
 * over, when they become many, or when a batch for their day comes.
 */
import { sql } from 'kysely'
import { dayInterval, type EpochMs, localDayOf } from '../../energy/civil-time.ts'
import { noReadings, type ReadingColumns } from '../../energy/reading-series.ts'
import type { Channel, Reading, ReadingKind } from '../../energy/readings.ts'
import { type Account, AccountGoneError } from '../accounts.ts'
import { columnsBetween, overlayColumns } from '../codec/reading-columns.ts'
import type { Database } from '../database.ts'
import { daysLookingBackAt, markStale } from '../stale-days/mark.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'
import { type Applied, applyReadings, type WriteOutcome, writeOutcomes } from './apply.ts'
import { type DayGroup, type DayKey, groupColumns, groupReadings } from './day-groups.ts'
import { daysTouchedBy } from './reach.ts'
import {
  type DayRange,
  deleteRecent,
  loadPackedDays,
  loadRecent,
  savePackedDays,
  saveRecent,
  textOf,
} from './stored-days.ts'

/** From this many readings of one day in one call on, the packed day is rewritten at once. */
const batchFrom = 64
/** As many rows of one day are folded into the packed day. */
export const recentRowsMax = 512

/**
 * Writes readings of any kinds, channels and days, in any order; within the call the later one wins.
 * @returns what became of each, in the order given
 * @throws {AccountGoneError} where the account was deleted meanwhile
 */
export async function writeReadings(
  db: Database,
  account: Account,
  readings: readonly Reading[],
  { now }: { readonly now: EpochMs },
): Promise<WriteOutcome[]> {
  const groups = groupReadings(readings, account.timeZone)
  const outcomes = await writeGroups(db, account, groups, readings.length, now)
  return Array.from(outcomes, (outcome) => writeOutcomes[outcome] ?? 'accepted')
}

/** How many readings came to what. */
export type WriteCounts = Readonly<Record<WriteOutcome, number>>

/**
 * Writes a stretch of readings of one kind and channel, ascending, one instant once: the quick way for long histories.
 * A call is one transaction; some hundred days at a time are a good measure.
 * @throws {RangeError} where the columns do not ascend
 * @throws {AccountGoneError} where the account was deleted meanwhile
 */
export async function writeReadingColumns(
  db: Database,
  account: Account,
  {
    channel,
    kind,
    columns,
  }: { readonly channel: Channel; readonly kind: ReadingKind; readonly columns: ReadingColumns },
  { now }: { readonly now: EpochMs },
): Promise<WriteCounts> {
  const groups = groupColumns(columns, { channel, kind }, account.timeZone)
  const outcomes = await writeGroups(db, account, groups, columns.at.length, now)
  const counts = [0, 0, 0]
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  const [accepted = 0, duplicate = 0, replaced = 0] = counts
  return { accepted, duplicate, replaced }
}

/** What became of one group. */
interface Written {
  readonly group: DayGroup
  readonly applied: Applied
}

async function writeGroups(
  db: Database,
  account: Account,
  groups: readonly DayGroup[],
  count: number,
  now: EpochMs,
): Promise<Uint8Array> {
  const outcomes = new Uint8Array(count)
  if (groups.length === 0) return outcomes
  const today = localDayOf(now, account.timeZone)
  const isBatch = (group: DayGroup) => group.columns.at.length >= batchFrom || group.day < today
  const [few, batches] = [groups.filter((group) => !isBatch(group)), groups.filter(isBatch)]
  const written = await inTransaction(db, async (transaction) => {
    await lockAccount(transaction, account)
    const all = [...(await writeBatches(transaction, account, batches)), ...(await writeFew(transaction, account, few))]
    if (few.length > 0) await foldRecent(transaction, account, now)
    await markTouched(transaction, account, all, now)
    return all
  })
  for (const { group, applied } of written) {
    for (const [index, position] of group.positions.entries()) outcomes[position] = applied.outcomes[index] ?? 0
  }
  return outcomes
}

/** Writers of one account take turns; `no key update` lets rows that refer to the account be written meanwhile. */
async function lockAccount(transaction: StoreTransaction, account: Account): Promise<void> {
  const row = await transaction
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', account.id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new AccountGoneError('The account no longer exists.')
}

async function writeBatches(
  transaction: StoreTransaction,
  account: Account,
  groups: readonly DayGroup[],
): Promise<Written[]> {
  if (groups.length === 0) return []
  const ranges = groups.map((group) => wholeDay(group, account))
  const packed = await loadPackedDays(transaction, account, ranges)
  const recent = await loadRecent(transaction, account, ranges)
  const merged = groups.map((group) => {
    const key = textOf(group)
    const stored = overlayColumns(packed.get(key) ?? noReadings, recent.get(key) ?? noReadings)
    const applied = applyReadings(stored, group.columns)
    return { group, applied, columns: overlayColumns(stored, applied.changed) }
  })
  const real = merged.filter(({ applied }) => applied.changed.at.length > 0)
  await savePackedDays(
    transaction,
    account,
    real.map(({ group, columns }) => ({ ...keyOf(group), columns })),
  )
  const contained = real.filter(({ group }) => recent.has(textOf(group)))
  await deleteRecent(
    transaction,
    account,
    contained.map(({ group }) => wholeDay(group, account)),
  )
  return merged
}

async function writeFew(
  transaction: StoreTransaction,
  account: Account,
  groups: readonly DayGroup[],
): Promise<Written[]> {
  if (groups.length === 0) return []
  const ranges = groups.map(spanOf)
  const packed = await loadPackedDays(transaction, account, ranges)
  const recent = await loadRecent(transaction, account, ranges)
  const written: Written[] = []
  for (const group of groups) {
    const key = textOf(group)
    const { fromAt, toAt } = spanOf(group)
    const under = columnsBetween(packed.get(key) ?? noReadings, fromAt, toAt)
    const applied = applyReadings(overlayColumns(under, recent.get(key) ?? noReadings), group.columns)
    const packedAt = new Set(under.at)
    await saveRecent(transaction, account, group, applied.changed, (at) => packedAt.has(at))
    written.push({ group, applied })
  }
  return written
}

/** Folds the rows of days that are over, and of days that have become many, into their packed days. */
async function foldRecent(transaction: StoreTransaction, account: Account, now: EpochMs): Promise<void> {
  const today = localDayOf(now, account.timeZone)
  const { rows } = await sql<DayKey & { rows: number }>`
    select channel, kind, day, count(*) as rows from recent_readings
    where account_id = ${account.id}::uuid group by channel, kind, day
  `.execute(transaction)
  const due = rows.filter((row) => row.day < today || row.rows >= recentRowsMax)
  if (due.length === 0) return
  const ranges = due.map((key) => wholeDay(key, account))
  const packed = await loadPackedDays(transaction, account, ranges)
  const recent = await loadRecent(transaction, account, ranges)
  const days = due.map((key) => {
    const columns = overlayColumns(packed.get(textOf(key)) ?? noReadings, recent.get(textOf(key)) ?? noReadings)
    return { ...keyOf(key), columns }
  })
  await savePackedDays(transaction, account, days)
  await deleteRecent(transaction, account, ranges)
}

async function markTouched(
  transaction: StoreTransaction,
  account: Account,
  written: readonly Written[],
  now: EpochMs,
): Promise<void> {
  const certain = written.reduce(
    (days, { group, applied }) => days.union(daysTouchedBy(applied.changed, group, account.timeZone)),
    new Set<DayKey['day']>(),
  )
  await markStale(transaction, account, { certain, lookingBack: daysLookingBackAt(certain) }, now)
}

function keyOf({ channel, kind, day }: DayKey): DayKey {
  return { channel, kind, day }
}

function wholeDay(key: DayKey, account: Account): DayRange {
  return { ...keyOf(key), ...dayInterval(key.day, account.timeZone) }
}

/** From the first to the last instant of a group. */
function spanOf(group: DayGroup): DayRange {
  let fromAt = Number.POSITIVE_INFINITY
  let toAt = Number.NEGATIVE_INFINITY
  for (const at of group.columns.at) {
    fromAt = Math.min(fromAt, at)
    toAt = Math.max(toAt, at + 1)
  }
  return { ...keyOf(group), fromAt, toAt }
}
