/** What readings an account has, in one row: for the account's page, and to tell "none yet" from "too old". */
import { sql } from 'kysely'
import type { EpochMs } from '../../energy/civil-time.ts'
import type { Channel } from '../../energy/readings.ts'
import type { Account } from '../accounts.ts'
import type { Database } from '../database.ts'

export interface ReadingsSummary {
  /** First and last instant of a reading of the channel. */
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
  /** Readings of all kinds; one that replaced another counts once. */
  readonly count: number
  /** The first reading of the first day that measured something; `null` where every value says "not measured". */
  readonly measuredFromAt: EpochMs | null
}

/**
 * `null` where the account never had a reading of the channel.
 * @param lastMax a later reading (of packed days: a day that ends with one) counts as the last only where there is no other
 */
export async function readingsSummary(
  db: Database,
  account: Account,
  channel: Channel = 'import',
  lastMax: EpochMs = Number.MAX_SAFE_INTEGER,
): Promise<ReadingsSummary | null> {
  const { rows } = await sql<Record<keyof ReadingsSummary, number | null>>`
    select min(first_at) as "fromAt",
      coalesce(max(last_at) filter (where last_at <= ${lastMax}::bigint), max(last_at)) as "toAt",
      coalesce(sum(count), 0)::bigint as count, min(measured_from_at) as "measuredFromAt"
    from (
      select first_at, last_at, count, case when measured_to_at is not null then first_at end as measured_from_at
      from reading_days where account_id = ${account.id}::uuid and channel = ${channel}
      union all
      select at, at, case when replaces_packed then 0 else 1 end, case when value is not null then at end
      from recent_readings where account_id = ${account.id}::uuid and channel = ${channel}
    ) all_readings
  `.execute(db.kysely)
  const { fromAt = null, toAt = null, count, measuredFromAt = null } = rows[0] ?? {}
  return fromAt === null || toAt === null ? null : { fromAt, toAt, count: count ?? 0, measuredFromAt }
}

/**
 * The newest instant, not after `now`, until when something was measured; `null` where there is none. Of a packed day
 * only its last measured reading counts.
 */
export async function measuredUntil(db: Database, account: Account, now: EpochMs): Promise<EpochMs | null> {
  const { rows } = await sql<{ at: EpochMs | null }>`
    select max(measured_to_at) as at
    from (
      select measured_to_at from reading_days where account_id = ${account.id}::uuid and channel = 'import'
      union all
      select case when kind = 'energy' then at + (span_s * 1000)::bigint else at end
      from recent_readings where account_id = ${account.id}::uuid and channel = 'import' and value is not null
    ) measured
    where measured_to_at <= ${now}::bigint
  `.execute(db.kysely)
  return rows[0]?.at ?? null
}
