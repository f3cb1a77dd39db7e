/** Gives analysed days back: their sums, their hours, or all of them. */
import type { DayTotals, HourTotals, Run } from '../../energy/analysis.ts'
import type { CivilDay, EpochMs } from '../../energy/civil-time.ts'
import type { SlotS } from '../../energy/load-curve.ts'
import type { Account } from '../accounts.ts'
import { type EncodedDay, unpackHours } from '../codec/analysed-days.ts'
import type { Database } from '../database.ts'
import type { AnalysedDaysTable } from '../schema.ts'

/** An analysed day without what is packed. */
export type AnalysedDayRow = Pick<EncodedDay, 'totals' | 'confidence' | 'model'>

/** The sums per local hour of a day. */
export interface DayHours {
  readonly day: CivilDay
  readonly hours: readonly HourTotals[]
}

const plainColumns = [
  'day',
  'slot_s',
  'told_slot_s',
  'elapsed_s',
  'measured_s',
  'total_wh',
  'f1_wh',
  'f2_wh',
  'f3_wh',
  'appliance_wh',
  'confidence',
  'model',
] as const

/** The sums of the days `fromOn` ≤ day < `toOn` that have a measured slot, oldest first. */
export async function readDayRows(
  db: Database,
  account: Account,
  fromOn: CivilDay,
  toOn: CivilDay,
): Promise<AnalysedDayRow[]> {
  const rows = await selectDays(db, account, fromOn, toOn).select(plainColumns).execute()
  return rows.map((row) => ({ totals: totalsOf(row), confidence: row.confidence, model: row.model }))
}

/** Whether any of the days `fromOn` ≤ day < `toOn` has a measured slot. */
export async function hasMeasuredDay(
  db: Database,
  account: Account,
  fromOn: CivilDay,
  toOn: CivilDay,
): Promise<boolean> {
  return (await selectDays(db, account, fromOn, toOn).select('day').limit(1).executeTakeFirst()) !== undefined
}

/** The hours of the days `fromOn` ≤ day < `toOn`, oldest first. */
export async function readDayHours(
  db: Database,
  account: Account,
  fromOn: CivilDay,
  toOn: CivilDay,
): Promise<DayHours[]> {
  const rows = await selectDays(db, account, fromOn, toOn).select(['day', 'hours']).execute()
  return rows.map(({ day, hours }) => ({ day, hours: unpackHours(hours) }))
}

/** The days `fromOn` ≤ day < `toOn` but for their runs, still packed, oldest first; `decodeAnalysedDay` (codec/) unpacks them. */
export async function readEncodedDays(
  db: Database,
  account: Account,
  fromOn: CivilDay,
  toOn: CivilDay,
): Promise<EncodedDay[]> {
  const rows = await selectDays(db, account, fromOn, toOn)
    .select([...plainColumns, 'measured_to_at', 'hours', 'curve'])
    .execute()
  return rows.map((row) => ({
    totals: totalsOf(row),
    confidence: row.confidence,
    model: row.model,
    measuredToAt: row.measured_to_at,
    hours: row.hours,
    curve: row.curve,
  }))
}

/** The runs that start at `fromAt` or later and before `toAt`, by start; one that two days tell of, as the later tells of it. */
export async function readRuns(db: Database, account: Account, fromAt: EpochMs, toAt: EpochMs): Promise<Run[]> {
  return await db.kysely
    .selectFrom('runs')
    .distinctOn(['start_at', 'appliance'])
    .select(['appliance', 'start_at as startAt', 'stop_at as stopAt', 'energy_wh as energyWh'])
    .where('account_id', '=', account.id)
    .where('start_at', '>=', fromAt)
    .where('start_at', '<', toAt)
    .orderBy('start_at')
    .orderBy('appliance')
    .orderBy('day', 'desc')
    .execute()
}

/** What was measured of an account, over its analysed days. */
export interface MeasuredSummary {
  readonly measuredS: number
  /** The coarsest slot length; `null` where nothing was analysed. */
  readonly slotS: SlotS | null
  readonly measuredToAt: EpochMs | null
}

/** Sums what was measured to the end of `lastOn`. */
export async function measuredSummary(db: Database, account: Account, lastOn: CivilDay): Promise<MeasuredSummary> {
  const row = await db.kysely
    .selectFrom('analysed_days')
    .select(({ fn }) => [
      fn.sum<number | null>('measured_s').as('measuredS'),
      fn.max<SlotS | null>('slot_s').as('slotS'),
      fn.max<EpochMs | null>('measured_to_at').as('measuredToAt'),
    ])
    .where('account_id', '=', account.id)
    .where('day', '<=', lastOn)
    .executeTakeFirstOrThrow()
  return { ...row, measuredS: row.measuredS ?? 0 }
}

/** End of the newest measured slot that was analysed; `null` where there is none. */
export async function newestMeasuredSlot(db: Database, account: Account): Promise<EpochMs | null> {
  const row = await db.kysely
    .selectFrom('analysed_days')
    .select('measured_to_at')
    .where('account_id', '=', account.id)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.measured_to_at ?? null
}

function selectDays(db: Database, account: Account, fromOn: CivilDay, toOn: CivilDay) {
  return db.kysely
    .selectFrom('analysed_days')
    .where('account_id', '=', account.id)
    .where('day', '>=', fromOn)
    .where('day', '<', toOn)
    .orderBy('day')
}

type Plain = Pick<
  AnalysedDaysTable,
  'day' | 'slot_s' | 'told_slot_s' | 'elapsed_s' | 'measured_s' | 'total_wh' | 'f1_wh' | 'f2_wh' | 'f3_wh'
> & { appliance_wh: DayTotals['applianceWh'] }

function totalsOf(row: Plain): DayTotals {
  return {
    day: row.day,
    slotS: row.slot_s,
    toldSlotS: row.told_slot_s ?? row.slot_s,
    elapsedS: row.elapsed_s,
    measuredS: row.measured_s,
    totalWh: row.total_wh,
    bandWh: { f1: row.f1_wh, f2: row.f2_wh, f3: row.f3_wh },
    applianceWh: row.appliance_wh,
  }
}
