/**
 * Takes readings in. One transaction per call: the account is locked, readings are merged with what is there, every
 * real change of what is drawn marks days stale; success means that all of it is committed.
 *
 * Batches go straight into the packed day. A few readings of a day that still runs become rows of `recent_readings`,
 * because repacking a day for every live reading would cost more than the reading; they are folded in when the day is
 * over, when they become many, or when a batch for their day comes.
 */
import { type CivilDay, type EpochMs, localDayOf, type TimeZone } from '../../energy/civil-time.ts'
import type { ReadingBatch, WriteOutcome } from '../../energy/reading-batch.ts'
import { noReadings, type ReadingColumns } from '../../energy/reading-series.ts'
import type { Channel, ReadingKind } from '../../energy/readings.ts'
import { type Account, ClosureMovedError, type Home, lockAccount } from '../accounts.ts'
import { columnsBetween, overlayColumns } from '../codec/reading-columns.ts'
import type { Database } from '../database.ts'
import { daysLookingBackAt, markStale, type TouchedDays } from '../stale-days/mark.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'
import { type Applied, applyReadings } from './apply.ts'
import { type DayGroup, type DayKey, groupBatch, groupColumns } from './day-groups.ts'
import { daysSeeingFall, daysTouchedBy } from './reach.ts'
import { deleteRecent, loadDays, rangeOf, type StoredDay, savePackedDays, saveRecent, wholeDay } from './stored-days.ts'

/** From this many readings of one day in one call on, the packed day is rewritten at once. */
const batchFrom = 64
/** As many rows of one day are folded into the packed day: a meter that reports every second must not fill the table. */
const recentRowsMax = 512

const nothingStored: StoredDay = { packed: noReadings, recent: noReadings, recentCount: 0 }

/**
 * Writes a batch of any kinds, channels and days, in any order; within it the later reading wins.
 * @returns what became of each: an index into `writeOutcomes`
 * @throws {AccountGoneError} where the account was deleted meanwhile
 * @throws {ClosureMovedError} where its supply ends on another day than `account` says
 */
export async function writeBatch(
  db: Database,
  account: Account,
  batch: ReadingBatch,
  { now }: { readonly now: EpochMs },
): Promise<Uint8Array> {
  return await writeGroups(db, account, groupBatch(batch, account.timeZone), batch.at.length, now)
}

/**
 * What would become of a batch, were it written: nothing is. What an earlier call weighed is not remembered.
 * @returns as `writeBatch`
 */
export async function weighBatch(db: Database, account: Account, batch: ReadingBatch): Promise<Uint8Array> {
  const outcomes = new Uint8Array(batch.at.length)
  const groups = groupBatch(batch, account.timeZone)
  if (groups.length === 0) return outcomes
  const ranges = groups.map((group) => wholeDay(group, account))
  const stored = await inTransaction(db, (transaction) => loadDays(transaction, account, ranges))
  for (const [index, group] of groups.entries()) {
    const { packed, recent } = stored[index] ?? nothingStored
    putOutcomes(outcomes, group, applyReadings(overlayColumns(packed, recent), group.columns))
  }
  return outcomes
}

function putOutcomes(outcomes: Uint8Array, { positions }: DayGroup, applied: Applied): void {
  for (let entry = 0; entry < positions.length; entry++) {
    outcomes[positions[entry] ?? 0] = applied.outcomes[entry] ?? 0
  }
}

/** How many readings came to what. */
export type WriteCounts = Readonly<Record<WriteOutcome, number>>

/**
 * Writes a stretch of readings of one kind and channel, ascending, one instant once: the quick way for long histories.
 * A call is one transaction; some hundred days at a time are a good measure.
 * @throws {RangeError} where the columns do not ascend
 * @throws as `writeBatch`
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
export interface Written {
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
  const few = groups.filter((group) => !isBatch(group, today))
  const batches = groups.filter((group) => isBatch(group, today))
  const written = await inTransaction(db, async (transaction) => {
    const standing = await lockAccount(transaction, account)
    if (standing.closedOn !== account.closedOn) throw new ClosureMovedError(standing)
    const all = [
      ...(await writeBatches(transaction, account, batches)),
      ...(await writeFew(transaction, account, few, now)),
    ]
    await markTouched(transaction, account, all, now)
    return all
  })
  for (const { group, applied } of written) putOutcomes(outcomes, group, applied)
  return outcomes
}

/** Whether a group goes straight into its packed day. */
export function isBatch({ columns, day }: DayGroup, today: CivilDay): boolean {
  return columns.at.length >= batchFrom || day < today
}

/** Merges groups into their packed days. */
export async function writeBatches(
  transaction: StoreTransaction,
  account: Home,
  groups: readonly DayGroup[],
): Promise<Written[]> {
  if (groups.length === 0) return []
  const stored = await loadDays(
    transaction,
    account,
    groups.map((group) => wholeDay(group, account)),
  )
  const merged = groups.map((group, index) => {
    const { packed, recent, recentCount } = stored[index] ?? nothingStored
    const present = overlayColumns(packed, recent)
    const applied = applyReadings(present, group.columns)
    return { ...keyOf(group), group, applied, recentCount, columns: overlayColumns(present, applied.changed) }
  })
  const real = merged.filter(({ applied }) => applied.changed.at.length > 0)
  await savePackedDays(transaction, account, real)
  await deleteRecent(
    transaction,
    account,
    real.filter(({ recentCount }) => recentCount > 0),
  )
  return merged
}

async function writeFew(
  transaction: StoreTransaction,
  account: Account,
  groups: readonly DayGroup[],
  now: EpochMs,
): Promise<Written[]> {
  if (groups.length === 0) return []
  const ranges = groups.map(rangeOf)
  const stored = await loadDays(transaction, account, ranges)
  const written: Written[] = []
  for (const [index, group] of groups.entries()) {
    const { packed, recent } = stored[index] ?? nothingStored
    const { fromAt, toAt } = rangeOf(group)
    const under = columnsBetween(packed, fromAt, toAt)
    const applied = applyReadings(overlayColumns(under, recent), group.columns)
    const packedAt = new Set(under.at)
    await saveRecent(transaction, account, group, applied.changed, (at) => packedAt.has(at))
    written.push({ group, applied })
  }
  // The first row of a day is when the days before are over; later rows need not look.
  const isFirst = stored.some(({ recentCount }) => recentCount === 0)
  const past = isFirst ? await keysBefore(transaction, account, localDayOf(now, account.timeZone)) : []
  const many = written.filter(
    ({ applied }, index) => (stored[index]?.recentCount ?? 0) + applied.changed.at.length >= recentRowsMax,
  )
  await foldRecent(transaction, account, [...past, ...many.map(({ group }) => keyOf(group))])
  return written
}

/** Folds the rows of days that are over. */
export async function foldPastDays(transaction: StoreTransaction, account: Home, now: EpochMs): Promise<void> {
  await foldRecent(transaction, account, await keysBefore(transaction, account, localDayOf(now, account.timeZone)))
}

/** Folds the rows of one day where they are many. */
export async function foldRecentDay(transaction: StoreTransaction, account: Home, day: CivilDay): Promise<void> {
  const keys = await transaction
    .selectFrom('recent_readings')
    .select(['channel', 'kind', 'day'])
    .where('account_id', '=', account.id)
    .where('day', '=', day)
    .groupBy(['channel', 'kind', 'day'])
    .having(({ fn }) => fn.countAll<number>(), '>=', recentRowsMax / 2)
    .execute()
  await foldRecent(transaction, account, keys)
}

/** Keys with rows of days before one. */
async function keysBefore(transaction: StoreTransaction, account: Home, day: CivilDay): Promise<DayKey[]> {
  return await transaction
    .selectFrom('recent_readings')
    .select(['channel', 'kind', 'day'])
    .distinct()
    .where('account_id', '=', account.id)
    .where('day', '<', day)
    .execute()
}

/** Moves rows into their packed days. */
async function foldRecent(transaction: StoreTransaction, account: Home, keys: readonly DayKey[]): Promise<void> {
  if (keys.length === 0) return
  const stored = await loadDays(
    transaction,
    account,
    keys.map((key) => wholeDay(key, account)),
  )
  const days = keys.map((key, index) => {
    const { packed, recent } = stored[index] ?? nothingStored
    return { ...key, columns: overlayColumns(packed, recent) }
  })
  await savePackedDays(transaction, account, days)
  await deleteRecent(transaction, account, keys)
}

async function markTouched(
  transaction: StoreTransaction,
  account: Account,
  written: readonly Written[],
  now: EpochMs,
): Promise<void> {
  await markStale(transaction, account, touchedBy(written, account.timeZone), now)
}

/** The days that what was written touches: the analysis reads what is drawn, nothing else. */
export function touchedBy(written: readonly Written[], timeZone: TimeZone): TouchedDays {
  const drawn = written.filter(({ group }) => group.channel === 'import')
  const daysOf = (daysBy: typeof daysTouchedBy) =>
    drawn.reduce(
      (days, { group, applied }) => days.union(daysBy(applied.changed, group, timeZone)),
      new Set<CivilDay>(),
    )
  const certain = daysOf(daysTouchedBy)
  const seeingFall = daysOf(daysSeeingFall)
  return { certain, lookingBack: seeingFall.union(daysLookingBackAt(certain.union(seeingFall))) }
}

function keyOf({ channel, kind, day }: DayKey): DayKey {
  return { channel, kind, day }
}
