/** Hands stale days out for analysis, each to one claimant at a time, and says how many there are. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { addDays, type CivilDay, type EpochMs } from '../../energy/civil-time.ts'
import { type Account, accountOf } from '../accounts.ts'
import type { Database } from '../database.ts'
import type { AccountId, ClaimId } from '../ids.ts'
import { inTransaction } from '../transaction.ts'
import { overdue } from './mark.ts'

/** Consecutive stale days of one home that are analysed together. */
export interface ClaimedStretch {
  readonly claimId: ClaimId
  readonly account: Account
  /** At least one, oldest first. */
  readonly days: readonly CivilDay[]
}

export interface ClaimRequest {
  readonly now: EpochMs
  /** Only what was due by then; `now` where absent. */
  readonly dueBy?: EpochMs
  readonly maxDays: number
  readonly maxStretchDays: number
  /** How long the days are kept from others; a claimant that dies gives them back by this [s]. */
  readonly claimForS: number
}

/**
 * Claims days that are due; none where nothing is due. Days that still run have half of the claim for themselves, so that
 * a history, be it that of thousands of homes, keeps nobody's present day from its answers; days that are over have the
 * other half, the latest of them first, and each what the other leaves. Of all these, those come first that wait longest; of those
 * marked within the same ten minutes, days of one home come together, as stretches.
 */
export async function claimStaleDays(db: Database, request: ClaimRequest): Promise<ClaimedStretch[]> {
  const claimId = randomUUID() as string as ClaimId
  const days = await claimDays(db, claimId, request)
  if (days.size === 0) return []
  const accounts = await db.kysely
    .selectFrom('accounts')
    .selectAll()
    .where('id', 'in', [...days.keys()])
    .execute()
  return accounts.flatMap((row) =>
    consecutiveRuns(days.get(row.id) ?? [], request.maxStretchDays).map((stretch) => {
      return { claimId, account: accountOf(row), days: stretch }
    }),
  )
}

/**
 * Gives the days of a stretch back without a result; they are due again at `dueAt`, after all that is due before: those that are over
 * after all others that are. One that was marked anew since it was claimed is due when the new mark says.
 */
export async function releaseClaim(
  db: Database,
  { claimId, account, days }: ClaimedStretch,
  dueAt: EpochMs,
): Promise<void> {
  await db.kysely
    .updateTable('stale_days')
    .set({
      claim_id: null,
      claimed_seq: null,
      claimed_until: sql`case when seq = claimed_seq then ${dueAt}::bigint end`,
      not_before: sql`case when seq <> claimed_seq then not_before when not_before > ${lastOverdue}::bigint then ${dueAt}::bigint
        else ${overdue.failed}::bigint end`,
    })
    .where('account_id', '=', account.id)
    .where('claim_id', '=', claimId)
    .where('day', 'in', days)
    .execute()
}

/** Gives claimed days back as they were, due as before: those of one claim, or all where none is named. */
export async function returnClaims(db: Database, claimId?: ClaimId): Promise<void> {
  await inTransaction(db, async (transaction) => {
    // Held in the order in which readings mark days.
    const claimed = transaction
      .selectFrom('stale_days')
      .select(['account_id', 'day'])
      .where('claim_id', 'is not', null)
      .$if(claimId !== undefined, (query) => query.where('claim_id', '=', claimId as ClaimId))
      .orderBy('account_id')
      .orderBy('day')
      .forUpdate()
    await transaction
      .with('claimed', () => claimed)
      .updateTable('stale_days')
      .from('claimed')
      .set({ claim_id: null, claimed_seq: null, claimed_until: null })
      .whereRef('stale_days.account_id', '=', 'claimed.account_id')
      .whereRef('stale_days.day', '=', 'claimed.day')
      .execute()
  })
}

/**
 * Days due by `dueBy`, of all accounts, that a claim keeps from others at `now`; as `claimStaleDays` counts what is due: a running day
 * that was marked anew meanwhile is due later.
 */
export async function heldDays(db: Database, dueBy: EpochMs, now: EpochMs): Promise<number> {
  const { count } = await db.kysely
    .selectFrom('stale_days')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('not_before', '<=', dueBy)
    .where('claim_id', 'is not', null)
    .where('claimed_until', '>', now)
    .executeTakeFirstOrThrow()
  return count
}

/** Days of the account whose readings are not in its answers yet. */
export async function pendingDays(db: Database, account: Account, now: EpochMs): Promise<number> {
  const { count } = await db.kysely
    .selectFrom('stale_days')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', account.id)
    .where('marked_at', '<=', now)
    .executeTakeFirstOrThrow()
  return count
}

/** The same over all accounts of all clients: for whoever runs the server. */
export async function pendingDaysOfAll(db: Database, now: EpochMs): Promise<number> {
  const { count } = await db.kysely
    .selectFrom('stale_days')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('marked_at', '<=', now)
    .executeTakeFirstOrThrow()
  return count
}

/** The highest `not_before` of days that are over. */
const lastOverdue = Math.max(...Object.values(overdue))

async function claimDays(
  db: Database,
  claimId: ClaimId,
  { now, dueBy = now, maxDays, claimForS }: ClaimRequest,
): Promise<Map<AccountId, CivilDay[]>> {
  const isFree = sql`(claimed_until is null or claimed_until <= ${now}::bigint)`
  // As the index `stale_days_in_turn` has it.
  const inTurn = sql`order by not_before, (marked_at / 600000), account_id, day`
  const runs = sql`not_before > ${lastOverdue}::bigint and not_before <= ${dueBy}::bigint and ${isFree}`
  const half = Math.ceil(maxDays / 2)
  const { rows } = await sql<{ account_id: AccountId; day: CivilDay }>`
    with running as (
      select account_id, day from stale_days where ${runs} ${inTurn} limit ${half}::integer for update skip locked
    ), over as (
      select account_id, day from stale_days
      where not_before <= ${lastOverdue}::bigint and ${isFree}
      ${inTurn} limit (select ${maxDays}::integer - count(*) from running) for update skip locked
    ), more as (
      select account_id, day from stale_days where ${runs} ${inTurn}
      offset ${half}::integer limit (select greatest(0, ${maxDays - half}::integer - count(*)) from over)
      for update skip locked
    ), due as (
      select * from running union all select * from over union all select * from more
    )
    update stale_days set claim_id = ${claimId}::uuid, claimed_seq = seq, claimed_until = ${now + claimForS * 1000}::bigint
    from due where stale_days.account_id = due.account_id and stale_days.day = due.day
    returning stale_days.account_id, stale_days.day
  `.execute(db.kysely)
  const days = new Map<AccountId, CivilDay[]>()
  for (const { account_id, day } of rows) days.getOrInsertComputed(account_id, () => []).push(day)
  return days
}

/** Days in any order as runs without a gap, each at most `maxDays` long. */
function consecutiveRuns(days: readonly CivilDay[], maxDays: number): CivilDay[][] {
  const runs: CivilDay[][] = []
  for (const day of [...days].sort()) {
    const run = runs.at(-1)
    const previous = run?.at(-1)
    const continues = previous !== undefined && addDays(previous, 1) === day
    if (run !== undefined && continues && run.length < maxDays) run.push(day)
    else runs.push([day])
  }
  return runs
}
