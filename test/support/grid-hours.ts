/** Hours of a grid for tests: plausible, and each another than the one before. */
import { sql } from 'kysely'
import { hourMs } from '../../src/energy/civil-time.ts'
import type { GridEvent } from '../../src/energy/grid-hours.ts'
import type { Database } from '../../src/store/index.ts'

/** A measured hour of Italy whose figures agree with its share. */
export function gridHour(start: string | number, renewableShare: number, extras: Partial<GridEvent> = {}): GridEvent {
  const startAt = typeof start === 'number' ? start : Date.parse(start)
  const generationMw = 30_000 + ((startAt / hourMs) % 17)
  const renewableMw = renewableShare * generationMw
  return {
    zone: 'IT',
    startAt,
    durationS: 3600,
    source: 'file',
    kind: 'actual',
    madeAt: startAt + hourMs,
    renewableShare,
    renewableShareOfLoad: null,
    solarMw: renewableMw * 0.5,
    windMw: renewableMw * 0.2,
    otherRenewableMw: renewableMw * 0.3,
    generationMw,
    loadMw: 33_000,
    ...extras,
  }
}

/** Consecutive hours, one per share. */
export function gridHours(start: string, shares: readonly number[]): GridEvent[] {
  return shares.map((share, index) => gridHour(Date.parse(start) + index * hourMs, share))
}

/** Stored hours that the one session of PGlite has read so far, from the table or by its key. */
export async function gridHoursRead(db: Database): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db.kysely)
  const { rows } = await sql<{ count: number }>`
    select seq_tup_read + sum(idx_tup_read)::bigint as count
    from pg_stat_user_tables join pg_stat_user_indexes using (relid)
    where pg_stat_user_tables.relname = 'grid_hours' group by seq_tup_read`.execute(db.kysely)
  return rows[0]?.count ?? Number.NaN
}
