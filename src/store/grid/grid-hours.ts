/** The hours of grid zones: one row per zone, hour, kind and source. What comes again with other figures replaces. */
import { sql } from 'kysely'
import type { EpochMs } from '../../energy/civil-time.ts'
import {
  type GridEvent,
  type GridFigures,
  type GridSource,
  type GridZone,
  gridFigures,
} from '../../energy/grid-hours.ts'
import { bumpCounter, counterValue } from '../counters.ts'
import type { Database } from '../database.ts'
import type { GridHoursTable } from '../schema.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'

/** Rows per statement: PostgreSQL takes 65,535 parameters. */
const pageSize = 2_000

/** What became of the hours of one call. */
export interface GridWriteCounts {
  readonly accepted: number
  readonly duplicates: number
  readonly replaced: number
}

/** An hour as stored. */
export type StoredGridHour = Omit<GridEvent, 'durationS'>

/**
 * Writes whole hours, each zone, hour, kind and source at most once, all or none. An hour with the figures it has
 * already is a duplicate and keeps the time it was made.
 * @param onWritten hears of each page; nothing is kept before the last
 */
export async function writeGridHours(
  db: Database,
  hours: readonly GridEvent[],
  now: EpochMs,
  onWritten?: (count: number) => void,
): Promise<GridWriteCounts> {
  return await inTransaction(db, async (transaction) => {
    const counts = { accepted: 0, replaced: 0 }
    for (let from = 0; from < hours.length; from += pageSize) {
      const page = hours.slice(from, from + pageSize)
      for (const { inserted } of await upsert(transaction, page, now)) counts[inserted ? 'accepted' : 'replaced']++
      onWritten?.(page.length)
    }
    if (counts.accepted + counts.replaced > 0) await bumpCounter(transaction, 'grid')
    return { ...counts, duplicates: hours.length - counts.accepted - counts.replaced }
  })
}

/** One of each row that was inserted or changed; rows that stay as they are return nothing. */
async function upsert(transaction: StoreTransaction, hours: readonly GridEvent[], now: EpochMs) {
  return await transaction
    .insertInto('grid_hours')
    .values(hours.map((hour) => rowOf(hour, now)))
    .onConflict((conflict) =>
      conflict
        .columns(['zone', 'kind', 'start_at', 'source'])
        .doUpdateSet(({ ref }) => ({
          renewable_share: ref('excluded.renewable_share'),
          renewable_share_of_load: ref('excluded.renewable_share_of_load'),
          solar_mw: ref('excluded.solar_mw'),
          wind_mw: ref('excluded.wind_mw'),
          other_renewable_mw: ref('excluded.other_renewable_mw'),
          generation_mw: ref('excluded.generation_mw'),
          load_mw: ref('excluded.load_mw'),
          made_at: ref('excluded.made_at'),
          stored_at: ref('excluded.stored_at'),
        }))
        .where(differs),
    )
    // A row that an insert made has no deleting transaction yet.
    .returning(sql<boolean>`xmax = 0`.as('inserted'))
    .execute()
}

const figures = [
  'renewable_share',
  'renewable_share_of_load',
  'solar_mw',
  'wind_mw',
  'other_renewable_mw',
  'generation_mw',
  'load_mw',
]
const rowOfFigures = (table: string) => sql.join(figures.map((column) => sql.ref(`${table}.${column}`)))
const differs = sql<boolean>`(${rowOfFigures('grid_hours')}) is distinct from (${rowOfFigures('excluded')})`

/** Takes hours of one zone, kind and source out again that are stored with these very figures. @returns how many */
export async function withdrawGridHours(db: Database, hours: readonly GridEvent[]): Promise<number> {
  const [first] = hours
  if (first === undefined) return 0
  const wrong = new Map(hours.map((hour) => [hour.startAt, hour]))
  const [fromAt, toAt] = [Math.min(...wrong.keys()), Math.max(...wrong.keys()) + 1]
  const stored = await readGridHours(db, first.zone, fromAt, toAt, first.kind)
  const same = stored.filter(
    (hour) =>
      hour.source === first.source && gridFigures.every((name) => hour[name] === wrong.get(hour.startAt)?.[name]),
  )
  if (same.length === 0) return 0
  await inTransaction(db, async (transaction) => {
    for (let from = 0; from < same.length; from += pageSize)
      await transaction
        .deleteFrom('grid_hours')
        .where('zone', '=', first.zone)
        .where('kind', '=', first.kind)
        .where('source', '=', first.source)
        .where(
          'start_at',
          'in',
          same.slice(from, from + pageSize).map(({ startAt }) => startAt),
        )
        .execute()
    await bumpCounter(transaction, 'grid')
  })
  return same.length
}

/** The stored hours of a zone and a kind from `fromAt` up to `toAt`, by start and source. */
export async function readGridHours(
  db: Database,
  zone: GridZone,
  fromAt: EpochMs,
  toAt: EpochMs,
  kind: GridEvent['kind'],
): Promise<StoredGridHour[]> {
  const rows = await db.kysely
    .selectFrom('grid_hours')
    .selectAll()
    .where('zone', '=', zone)
    .where('kind', '=', kind)
    .where('start_at', '>=', fromAt)
    .where('start_at', '<', toAt)
    .orderBy('start_at')
    .orderBy('source')
    .execute()
  return rows.map(hourOf)
}

/** What is stored of one zone by one source. */
export interface GridHoldings {
  readonly zone: GridZone
  readonly kind: GridEvent['kind']
  readonly source: GridSource
  readonly hours: number
  readonly firstAt: EpochMs
  readonly lastAt: EpochMs
}

/** What is stored, by zone, kind and source. Counting reads all of it. */
export async function gridHoldings(db: Database): Promise<GridHoldings[]> {
  return await db.kysely
    .selectFrom('grid_hours')
    .select(({ fn }) => [
      'zone',
      'kind',
      'source',
      fn.countAll<number>().as('hours'),
      fn.min<EpochMs>('start_at').as('firstAt'),
      fn.max<EpochMs>('start_at').as('lastAt'),
    ])
    .groupBy(['zone', 'kind', 'source'])
    .orderBy('zone')
    .orderBy('kind')
    .orderBy('source')
    .execute()
}

/** From the first to the last start of the hours that are stored of a zone. */
export interface GridSpan {
  readonly firstAt: EpochMs
  readonly lastAt: EpochMs
}

/** The spans of those zones that hours are stored of. Reads their first and last hours alone. */
export async function gridSpans(db: Database, zones: Iterable<GridZone>): Promise<Map<GridZone, GridSpan>> {
  const spans = new Map<GridZone, GridSpan>()
  for (const zone of zones) {
    const edges: EpochMs[] = []
    for (const kind of ['actual', 'forecast'] as const)
      for (const order of ['asc', 'desc'] as const) edges.push(...(await edgeOf(db, zone, kind, order)))
    if (edges.length > 0) spans.set(zone, { firstAt: Math.min(...edges), lastAt: Math.max(...edges) })
  }
  return spans
}

/** The first start of an order, if any. Not by `min` and `max`: before the table is analysed they read every hour. */
async function edgeOf(
  db: Database,
  zone: GridZone,
  kind: GridEvent['kind'],
  order: 'asc' | 'desc',
): Promise<EpochMs[]> {
  const rows = await db.kysely
    .selectFrom('grid_hours')
    .select('start_at')
    .where('zone', '=', zone)
    .where('kind', '=', kind)
    .orderBy('start_at', order)
    .limit(1)
    .execute()
  return rows.map(({ start_at }) => start_at)
}

/** Changes whenever a stored hour does. */
export async function gridVersion(db: Database): Promise<number> {
  return await counterValue(db, 'grid')
}

function rowOf(hour: GridEvent, now: EpochMs): GridHoursTable {
  return {
    zone: hour.zone,
    kind: hour.kind,
    start_at: hour.startAt,
    source: hour.source,
    renewable_share: hour.renewableShare,
    renewable_share_of_load: hour.renewableShareOfLoad,
    solar_mw: hour.solarMw,
    wind_mw: hour.windMw,
    other_renewable_mw: hour.otherRenewableMw,
    generation_mw: hour.generationMw,
    load_mw: hour.loadMw,
    made_at: hour.madeAt,
    stored_at: now,
  }
}

function hourOf(row: GridHoursTable): StoredGridHour {
  return {
    zone: row.zone,
    kind: row.kind,
    startAt: row.start_at,
    source: row.source,
    madeAt: row.made_at,
    ...figuresOf(row),
  }
}

function figuresOf(row: GridHoursTable): GridFigures {
  return {
    renewableShare: row.renewable_share,
    renewableShareOfLoad: row.renewable_share_of_load,
    solarMw: row.solar_mw,
    windMw: row.wind_mw,
    otherRenewableMw: row.other_renewable_mw,
    generationMw: row.generation_mw,
    loadMw: row.load_mw,
  }
}
