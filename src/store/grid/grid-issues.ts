/** What was last said of each zone's hours. It can be computed anew at any time: kept for a server that starts again. */
import type { EpochMs } from '../../energy/civil-time.ts'
import type { GridHour, GridZone } from '../../energy/grid-hours.ts'
import type { Database } from '../database.ts'

/** What was said of a zone, and when. */
export interface GridIssue {
  readonly zone: GridZone
  readonly issuedAt: EpochMs
  readonly hours: readonly GridHour[]
}

/** Keeps an issue in place of the zone's last one. */
export async function saveGridIssue(db: Database, { zone, issuedAt, hours }: GridIssue): Promise<void> {
  const row = { zone, issued_at: issuedAt, hours: JSON.stringify(hours) }
  await db.kysely
    .insertInto('grid_issues')
    .values(row)
    .onConflict((conflict) => conflict.column('zone').doUpdateSet(row))
    .execute()
}

/** The last issue of every zone that has one. */
export async function gridIssues(db: Database): Promise<GridIssue[]> {
  const rows = await db.kysely.selectFrom('grid_issues').selectAll().orderBy('zone').execute()
  return rows.map(({ zone, issued_at, hours }) => ({ zone, issuedAt: issued_at, hours: JSON.parse(hours) }))
}
