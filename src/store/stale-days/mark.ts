/**
 * Marks days whose analysis no longer rests on what the store holds.
 *
 * `not_before` is the instant from which a running day is due. Days that are over are due at once, and say so by a number
 * below any instant (`overdue`), so that `claim.ts` finds both kinds in one index and lets neither wait for all of the other.
 * No mark puts a day off for longer than its pause, also after a clock that was ahead.
 */
import { sql } from 'kysely'
import { analysisContext } from '../../energy/analysis.ts'
import { addDays, type CivilDay, type EpochMs, hourMs, localDayOf, type TimeZone } from '../../energy/civil-time.ts'
import type { Account, Home } from '../accounts.ts'
import type { Database } from '../database.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'

/** A day that still runs, or of which the hours after it do that its analysis sees, is analysed at most this often [ms]. */
export const runningDayPauseMs = 5_000

/**
 * `not_before` of days that are over: the latest ones, which a meter that reports a day late sends every night; after them those of
 * histories, then those that another model told apart, and last those that could not be analysed.
 */
export const overdue = { latest: -1, late: 0, otherModel: 1, failed: 2 } as const

/** So many days before today are the latest. */
const latestDays = 3

/** Readings lie at most a day ahead and reach at most another: no later day has an analysis, or waits for one. */
const daysAheadMax = 2

/** Days a change of readings touches. */
export interface TouchedDays {
  /** Analysed anew whatever is known of them. */
  readonly certain: ReadonlySet<CivilDay>
  /** Analysed anew where there is an analysis, or one is due: days that look back at a changed one. */
  readonly lookingBack: ReadonlySet<CivilDay>
}

/** Marks days stale in one statement; days that are marked already get a new mark, so that a running analysis stays due. */
export async function markStale(
  transaction: StoreTransaction,
  account: Account,
  { certain, lookingBack }: TouchedDays,
  now: EpochMs,
): Promise<void> {
  await markStaleOfMany(transaction, [[account, { certain, lookingBack }]], now)
}

/**
 * The same for many accounts at once. A day that is marked and not claimed keeps its mark: whoever claims it waits for
 * this transaction (the row is locked all the same) and then sees what it wrote. One that failed need not wait any longer.
 */
export async function markStaleOfMany(
  transaction: StoreTransaction,
  accounts: readonly (readonly [Home, TouchedDays])[],
  now: EpochMs,
): Promise<void> {
  const rows = accounts.flatMap(([account, { certain, lookingBack }]) => {
    const { id, timeZone } = account
    const running = firstRunningDay(now, timeZone)
    const today = localDayOf(now, timeZone)
    const [latest, last] = [addDays(today, -latestDays), addDays(today, daysAheadMax)]
    const others = [...lookingBack.difference(certain)].filter((day) => day <= last)
    return [...certain, ...others].map((day) => {
      const rank = day >= running ? null : day >= latest ? overdue.latest : overdue.late
      return { id, day, certain: certain.has(day), rank }
    })
  })
  if (rows.length === 0) return
  await sql`
    insert into stale_days (account_id, day, marked_at, not_before)
    select touched.id, touched.day, ${now}::bigint,
      least(
        coalesce(touched.rank, analysed.analysed_at + ${runningDayPauseMs}::bigint, ${now}::bigint),
        ${now + runningDayPauseMs}::bigint
      )
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as touched(id uuid, day date, certain boolean, rank bigint)
    left join analysed_days analysed on analysed.account_id = touched.id and analysed.day = touched.day
    left join stale_days stale on stale.account_id = touched.id and stale.day = touched.day
    where touched.certain or analysed.day is not null or stale.day is not null
    order by touched.id, touched.day
    on conflict (account_id, day) do update
      set seq = excluded.seq, marked_at = least(stale_days.marked_at, excluded.marked_at),
        not_before = least(stale_days.not_before, excluded.not_before),
        claimed_until = case when stale_days.claim_id is not null then stale_days.claimed_until end
      where stale_days.claim_id is not null or stale_days.not_before > excluded.not_before
        or stale_days.marked_at > excluded.marked_at
  `.execute(transaction)
}

/** The first day of which an hour that its analysis sees is still to come. */
function firstRunningDay(now: EpochMs, timeZone: TimeZone): CivilDay {
  return localDayOf(now - analysisContext.hoursAfter * hourMs, timeZone)
}

/** Marks every day that has readings. */
export async function markEveryDayStale(transaction: StoreTransaction, account: Account, now: EpochMs): Promise<void> {
  const days = await transaction
    .selectFrom('reading_days')
    .select('day')
    .where('account_id', '=', account.id)
    .union((union) => union.selectFrom('recent_readings').select('day').where('account_id', '=', account.id))
    .union((union) => union.selectFrom('analysed_days').select('day').where('account_id', '=', account.id))
    .execute()
  await markStale(transaction, account, { certain: new Set(days.map(({ day }) => day)), lookingBack: new Set() }, now)
}

/** Marks the days that look at the beginning of `ends`: a power that holds on over the night ends there with the supply. */
export async function markClosure(
  transaction: StoreTransaction,
  account: Account,
  ends: readonly CivilDay[],
  now: EpochMs,
): Promise<void> {
  const days = new Set(ends.flatMap((day) => [addDays(day, -1), day]))
  const lookingBack = days.union(daysLookingBackAt(days))
  await markStale(transaction, account, { certain: new Set(), lookingBack }, now)
}

/**
 * Marks every day of every home that another model than this one told apart; what is due anyway stays due when it was.
 * @returns how many such days there are
 */
export async function markOtherModels(db: Database, model: string, now: EpochMs): Promise<number> {
  const homes = await db.kysely
    .selectFrom('analysed_days')
    .innerJoin('accounts', 'accounts.id', 'analysed_days.account_id')
    .select(({ fn }) => ['accounts.id', 'accounts.time_zone', fn.countAll<string>().as('days')])
    .groupBy('accounts.id')
    .where('model', '<>', model)
    .execute()
  for (const { id, time_zone } of homes)
    await inTransaction(db, async (transaction) => {
      await sql`
        insert into stale_days (account_id, day, marked_at, not_before)
        select account_id, day, ${now}::bigint,
          case when day < ${firstRunningDay(now, time_zone)}::date then ${overdue.otherModel}::bigint else ${now}::bigint end
        from analysed_days
        where account_id = ${id}::uuid and model <> ${model}
        order by day
        on conflict (account_id, day) do nothing
      `.execute(transaction)
    })
  return homes.reduce((sum, { days }) => sum + Number(days), 0)
}

/** The days whose analysis looks back at one of `days`, without these. */
export function daysLookingBackAt(days: Iterable<CivilDay>): Set<CivilDay> {
  const changed = new Set(days)
  const looking = new Set<CivilDay>()
  for (const day of changed) {
    for (let after = 1; after <= analysisContext.daysBefore; after++) {
      const later = addDays(day, after)
      if (changed.has(later)) break
      looking.add(later)
    }
  }
  return looking
}
