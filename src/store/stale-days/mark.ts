/** Marks days whose analysis no longer rests on what the store holds. */
import { sql } from 'kysely'
import { analysisContext } from '../../energy/analysis.ts'
import { addDays, type CivilDay, type EpochMs, localDayOf } from '../../energy/civil-time.ts'
import type { Account } from '../accounts.ts'
import type { StoreTransaction } from '../transaction.ts'

/** A day that still runs is analysed at most this often [ms]. */
export const runningDayPauseMs = 5_000

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
  if (certain.size === 0 && lookingBack.size === 0) return
  await sql`
    insert into stale_days (account_id, day, marked_at, not_before)
    select ${account.id}::uuid, touched.day, ${now}::bigint,
      case when touched.day < ${localDayOf(now, account.timeZone)}::date then 0
        else coalesce(analysed.analysed_at + ${runningDayPauseMs}::bigint, ${now}::bigint) end
    from (
      select value::date as day, true as certain from jsonb_array_elements_text(${jsonOf(certain)}::jsonb)
      union all
      select value::date, false from jsonb_array_elements_text(${jsonOf(lookingBack.difference(certain))}::jsonb)
    ) touched
    left join analysed_days analysed on analysed.account_id = ${account.id}::uuid and analysed.day = touched.day
    left join stale_days stale on stale.account_id = ${account.id}::uuid and stale.day = touched.day
    where touched.certain or analysed.day is not null or stale.day is not null
    on conflict (account_id, day) do update
      set seq = excluded.seq, marked_at = least(stale_days.marked_at, excluded.marked_at),
        not_before = least(stale_days.not_before, excluded.not_before)
  `.execute(transaction)
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

function jsonOf(days: ReadonlySet<CivilDay>): string {
  return JSON.stringify([...days])
}
