/** Writes the result of an analysis and settles the marks that asked for it, in one transaction. */
import { sql } from 'kysely'
import { addDays, type CivilDay, type EpochMs } from '../../energy/civil-time.ts'
import type { SlotS } from '../../energy/load-curve.ts'
import type { Account } from '../accounts.ts'
import type { EncodedDay, EncodedDayWithRuns } from '../codec/analysed-days.ts'
import type { Database } from '../database.ts'
import type { AccountId, ClaimId } from '../ids.ts'
import type { ClaimedStretch } from '../stale-days/claim.ts'
import { markStale, runningDayPauseMs } from '../stale-days/mark.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'

/** An analysed day on its way into the store. */
export interface DayToSave {
  readonly encoded: EncodedDayWithRuns
  /** When a slot closes that was left out because it still ran; `null` where the day is whole. */
  readonly recheckAt: EpochMs | null
}

/**
 * Saves the days of a stretch that are still claimed by it. A day without a measured slot leaves no row. A day that was
 * marked anew meanwhile is saved and stays due. No day is written where the claim has run out or the account is gone.
 * Where the length of the slots that a day is told apart in changes, the day before is marked: how the night between them is cut depends on it.
 * @returns how many days were saved
 */
export async function saveAnalysis(
  db: Database,
  { claimId, account, days }: ClaimedStretch,
  analysed: readonly DayToSave[],
  now: EpochMs,
): Promise<number> {
  const nights = await nightsCutAnew(db, account.id, analysed)
  const touched = { certain: new Set<CivilDay>(), lookingBack: nights.difference(new Set(days)) }
  // First and on its own: a kill costs no mark, and writers lock an earlier day before a later one.
  if (touched.lookingBack.size > 0)
    await inTransaction(db, async (transaction) => markStale(transaction, account, touched, now))
  return await inTransaction(db, async (transaction) => {
    const claimed = await lockClaimed(transaction, account, claimId, days)
    const own = analysed.filter(({ encoded }) => claimed.has(encoded.totals.day))
    if (own.length === 0) return 0
    const encoded = own.map((day) => day.encoded)
    await replaceDays(transaction, account.id, encoded, now)
    await settleMarks(transaction, account, own, now)
    return own.length
  })
}

/** The days before those whose slots have another length than when they were analysed last. */
async function nightsCutAnew(
  db: Database,
  accountId: AccountId,
  analysed: readonly DayToSave[],
): Promise<Set<CivilDay>> {
  const days = analysed.map(({ encoded }) => encoded.totals)
  const lengthsBefore = await slotLengthsOf(
    db,
    accountId,
    days.map(({ day }) => day),
  )
  const changed = days.filter(({ day, toldSlotS }) => (lengthsBefore.get(day) ?? unreadSlotS) !== toldSlotS)
  return new Set(changed.map(({ day }) => addDays(day, -1)))
}

/** How long the slots of a day without readings are [s]. */
const unreadSlotS: SlotS = 900

/** The lengths of the slots that days were told apart in when they were analysed last. */
async function slotLengthsOf(
  { kysely }: Database,
  accountId: AccountId,
  days: readonly CivilDay[],
): Promise<Map<CivilDay, SlotS>> {
  const rows = await kysely
    .selectFrom('analysed_days')
    .select(({ fn }) => ['day', fn.coalesce('told_slot_s', 'slot_s').as('slotS')])
    .where('account_id', '=', accountId)
    .where('day', 'in', days)
    .execute()
  return new Map(rows.map(({ day, slotS }) => [day, slotS]))
}

/** Locks the marks that the claim still holds, in the order in which writers mark. */
async function lockClaimed(
  transaction: StoreTransaction,
  account: Account,
  claimId: ClaimId,
  days: readonly CivilDay[],
): Promise<Set<CivilDay>> {
  const rows = await transaction
    .selectFrom('stale_days')
    .select('day')
    .where('account_id', '=', account.id)
    .where('claim_id', '=', claimId)
    .where('day', 'in', days)
    .orderBy('day')
    .forUpdate()
    .execute()
  return new Set(rows.map(({ day }) => day))
}

async function replaceDays(
  transaction: StoreTransaction,
  accountId: AccountId,
  days: readonly EncodedDayWithRuns[],
  now: EpochMs,
): Promise<void> {
  const all = days.map(({ totals }) => totals.day)
  const unmeasured = days.filter(({ totals }) => totals.measuredS === 0).map(({ totals }) => totals.day)
  const measured = days.filter(({ totals }) => totals.measuredS > 0)
  await transaction.deleteFrom('runs').where('account_id', '=', accountId).where('day', 'in', all).execute()
  if (unmeasured.length > 0)
    await transaction
      .deleteFrom('analysed_days')
      .where('account_id', '=', accountId)
      .where('day', 'in', unmeasured)
      .execute()
  if (measured.length === 0) return
  await upsertDays(transaction, accountId, measured, now)
  await insertRuns(transaction, accountId, measured)
}

async function upsertDays(
  transaction: StoreTransaction,
  accountId: AccountId,
  days: readonly EncodedDay[],
  now: EpochMs,
): Promise<void> {
  await transaction
    .insertInto('analysed_days')
    .values(days.map((day) => rowOf(accountId, day, now)))
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'day']).doUpdateSet((excluded) => ({
        slot_s: excluded.ref('excluded.slot_s'),
        told_slot_s: excluded.ref('excluded.told_slot_s'),
        elapsed_s: excluded.ref('excluded.elapsed_s'),
        measured_s: excluded.ref('excluded.measured_s'),
        total_wh: excluded.ref('excluded.total_wh'),
        f1_wh: excluded.ref('excluded.f1_wh'),
        f2_wh: excluded.ref('excluded.f2_wh'),
        f3_wh: excluded.ref('excluded.f3_wh'),
        appliance_wh: excluded.ref('excluded.appliance_wh'),
        confidence: excluded.ref('excluded.confidence'),
        model: excluded.ref('excluded.model'),
        measured_to_at: excluded.ref('excluded.measured_to_at'),
        analysed_at: excluded.ref('excluded.analysed_at'),
        hours: excluded.ref('excluded.hours'),
        curve: excluded.ref('excluded.curve'),
      })),
    )
    .execute()
}

function rowOf(
  accountId: AccountId,
  { totals, confidence, model, measuredToAt, hours, curve }: EncodedDay,
  now: EpochMs,
) {
  return {
    account_id: accountId,
    day: totals.day,
    slot_s: totals.slotS,
    told_slot_s: totals.toldSlotS,
    elapsed_s: totals.elapsedS,
    measured_s: totals.measuredS,
    total_wh: totals.totalWh,
    f1_wh: totals.bandWh.f1,
    f2_wh: totals.bandWh.f2,
    f3_wh: totals.bandWh.f3,
    appliance_wh: JSON.stringify(totals.applianceWh),
    confidence: JSON.stringify(confidence),
    model,
    measured_to_at: measuredToAt,
    analysed_at: now,
    hours,
    curve,
  }
}

/** As one JSON parameter: a home with many short cycles would exceed the number of parameters of a statement. */
async function insertRuns(transaction: StoreTransaction, accountId: AccountId, days: readonly EncodedDayWithRuns[]) {
  const runs = days.flatMap(({ totals, runs: ofDay }) => ofDay.map((run) => ({ day: totals.day, ...run })))
  if (runs.length === 0) return
  await sql`
    insert into runs (account_id, day, start_at, appliance, stop_at, energy_wh)
    select ${accountId}::uuid, day, "startAt", appliance, "stopAt", "energyWh"
    from jsonb_to_recordset(${JSON.stringify(runs)}::jsonb)
      as run(day date, "startAt" bigint, appliance text, "stopAt" bigint, "energyWh" double precision)
  `.execute(transaction)
}

/** A mark that was renewed since it was claimed stays due; one of a day that still runs waits for its next slot. */
async function settleMarks(
  transaction: StoreTransaction,
  account: Account,
  days: readonly DayToSave[],
  now: EpochMs,
): Promise<void> {
  const settled = JSON.stringify(days.map(({ encoded, recheckAt }) => ({ day: encoded.totals.day, recheckAt })))
  const asTable = sql`jsonb_to_recordset(${settled}::jsonb) as done(day date, "recheckAt" bigint)`
  await sql`
    delete from stale_days stale using ${asTable}
    where stale.account_id = ${account.id}::uuid and stale.day = done.day and stale.seq = stale.claimed_seq
      and done."recheckAt" is null
  `.execute(transaction)
  await sql`
    update stale_days stale set claim_id = null, claimed_seq = null, claimed_until = null,
      marked_at = case when stale.seq = stale.claimed_seq then done."recheckAt" else stale.marked_at end,
      not_before = case when done."recheckAt" is null then stale.not_before
        when stale.seq = stale.claimed_seq then done."recheckAt" else ${now + runningDayPauseMs}::bigint end
    from ${asTable}
    where stale.account_id = ${account.id}::uuid and stale.day = done.day
  `.execute(transaction)
}
