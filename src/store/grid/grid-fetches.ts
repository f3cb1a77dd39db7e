/**
 * When which source is asked for which zone: kept, so that a restart asks no source again too soon, and claimed, so that
 * one of several servers asks.
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import type { GridSource, GridZone } from '../../energy/grid-hours.ts'
import { clocksAgreeMs } from '../clocks.ts'
import type { Database } from '../database.ts'

/** One source for one zone. */
export interface GridFetchKey {
  readonly source: GridSource
  readonly zone: GridZone
}

/** What became of asking. */
export interface GridFetchOutcome {
  readonly now: EpochMs
  readonly nextAt: EpochMs
  readonly failed: boolean
  /** Whether something was answered, though another request may have failed. */
  readonly isAnswered: boolean
  /** What an operator should know; `null` where nothing was wrong. */
  readonly problem: string | null
}

/** The last fetch of one source for one zone. */
export interface GridFetch extends GridFetchKey {
  readonly nextAt: EpochMs
  readonly triedAt: EpochMs | null
  readonly succeededAt: EpochMs | null
  readonly failures: number
  readonly problem: string | null
}

/**
 * Takes the turn to ask a source, if it is due; it is, too, where a clock that was ahead took the turn last.
 * @param untilAt nobody else asks before then, should this process die
 * @returns failures in a row so far; `undefined` where it is not due, or another server has the turn
 */
export async function claimGridFetch(
  db: Database,
  { source, zone }: GridFetchKey,
  now: EpochMs,
  untilAt: EpochMs,
): Promise<{ readonly failures: number } | undefined> {
  await db.kysely
    .insertInto('grid_fetches')
    .values({ source, zone, next_at: 0 })
    .onConflict((conflict) => conflict.columns(['source', 'zone']).doNothing())
    .execute()
  return await db.kysely
    .updateTable('grid_fetches')
    .set({ next_at: untilAt, tried_at: now })
    .where('source', '=', source)
    .where('zone', '=', zone)
    .where((where) => where.or([where('next_at', '<=', now), where('tried_at', '>', now + clocksAgreeMs)]))
    .returning('failures')
    .executeTakeFirst()
}

/** Says what became of a fetch that was claimed. */
export async function saveGridFetch(
  db: Database,
  { source, zone }: GridFetchKey,
  { now, nextAt, failed, isAnswered, problem }: GridFetchOutcome,
): Promise<void> {
  await db.kysely
    .updateTable('grid_fetches')
    .set(({ eb }) => ({
      next_at: nextAt,
      problem,
      failures: failed ? eb('failures', '+', 1) : 0,
      ...(isAnswered ? { succeeded_at: now } : {}),
    }))
    .where('source', '=', source)
    .where('zone', '=', zone)
    .execute()
}

/** Gives a claim back: the source was not asked to the end. */
export async function releaseGridFetch(db: Database, { source, zone }: GridFetchKey): Promise<void> {
  await db.kysely
    .updateTable('grid_fetches')
    .set({ next_at: 0 })
    .where('source', '=', source)
    .where('zone', '=', zone)
    .execute()
}

/** Every source that was ever asked, by zone. */
export async function gridFetches(db: Database): Promise<GridFetch[]> {
  return await db.kysely
    .selectFrom('grid_fetches')
    .select([
      'source',
      'zone',
      'next_at as nextAt',
      'tried_at as triedAt',
      'succeeded_at as succeededAt',
      'failures',
      'problem',
    ])
    .orderBy('zone')
    .orderBy('source')
    .execute()
}
