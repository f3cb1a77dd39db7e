/** How live devices do: counted in memory by the doors, added here every few seconds. */
import { type Selectable, sql } from 'kysely'
import type { EpochMs } from '../../energy/civil-time.ts'
import type { Account } from '../accounts.ts'
import { isAhead } from '../clocks.ts'
import type { Database } from '../database.ts'
import type { DeviceId } from '../ids.ts'
import type { DeviceHealthTable } from '../schema.ts'
import { inTransaction } from '../transaction.ts'

/** Messages are counted in windows of this length; the rate is taken over the running one and the one before [ms]. */
export const healthWindowMs = 600_000

/** What is to be added to a device's health. */
export interface HealthChange {
  readonly deviceId: DeviceId
  readonly lastSeenAt: EpochMs
  readonly messages: number
  readonly readings: number
  /** Counts by code. */
  readonly rejections: Readonly<Record<string, number>>
  /** The clock's offset as last seen [s]; `null` where no message told it: the one before stands. */
  readonly clockOffsetS: number | null
}

/** How a device does. */
export interface DeviceHealth {
  /** `null` also where a clock that was ahead saw it last: when that was is not known. */
  readonly lastSeenAt: EpochMs | null
  readonly messages: number
  readonly messagesPerMinute: number
  readonly readings: number
  readonly rejections: Readonly<Record<string, number>>
  readonly clockOffsetS: number | null
}

const unseen: DeviceHealth = {
  lastSeenAt: null,
  messages: 0,
  messagesPerMinute: 0,
  readings: 0,
  rejections: {},
  clockOffsetS: null,
}

/** Adds to the health of devices, all in one statement; those that are gone, or are being deleted, are left out. */
export async function addDeviceHealth(db: Database, changes: readonly HealthChange[], now: EpochMs): Promise<void> {
  if (changes.length === 0) return
  const windowAt = Math.floor(now / healthWindowMs) * healthWindowMs
  const ids = changes.map(({ deviceId }) => deviceId)
  const statement = sql`
    with present as materialized (
      select id from devices where id in (select value from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
      for key share skip locked
    )
    insert into device_health (device_id, last_seen_at, messages, readings, rejections, window_at, window_messages,
      clock_offset_s)
    select change."deviceId", change."lastSeenAt", change.messages, change.readings, change.rejections,
      ${windowAt}::bigint, change.messages, change."clockOffsetS"
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change("deviceId" text, "lastSeenAt" bigint,
      messages bigint, readings bigint, rejections jsonb, "clockOffsetS" bigint)
    join present on present.id = change."deviceId"
    order by change."deviceId"
    on conflict (device_id) do update set
      last_seen_at = greatest(least(device_health.last_seen_at, ${now}::bigint), excluded.last_seen_at),
      messages = device_health.messages + excluded.messages,
      readings = device_health.readings + excluded.readings,
      rejections = (
        select coalesce(jsonb_object_agg(key, total), '{}') from (
          select key, sum(value::bigint) as total from (
            select * from jsonb_each_text(device_health.rejections)
            union all select * from jsonb_each_text(excluded.rejections)
          ) every_count group by key
        ) totals
      ),
      window_messages_before = case
        when device_health.window_at = excluded.window_at then device_health.window_messages_before
        when device_health.window_at = excluded.window_at - ${healthWindowMs}::bigint then device_health.window_messages
        else 0 end,
      window_messages = case when device_health.window_at = excluded.window_at
        then device_health.window_messages + excluded.window_messages else excluded.window_messages end,
      window_at = excluded.window_at,
      clock_offset_s = coalesce(excluded.clock_offset_s, device_health.clock_offset_s)
  `
  await inTransaction(db, (transaction) => statement.execute(transaction))
}

/** The health of the account's devices; those never heard of are there as well. */
export async function deviceHealth(
  db: Database,
  account: Account,
  now: EpochMs,
): Promise<(id: DeviceId) => DeviceHealth> {
  const rows = await db.kysely
    .selectFrom('device_health')
    .selectAll()
    .where('device_id', 'in', (of) => of.selectFrom('devices').select('id').where('account_id', '=', account.id))
    .execute()
  const byId = new Map(rows.map((row) => [row.device_id, healthOf(row, now)]))
  return (id) => byId.get(id) ?? unseen
}

function healthOf(row: Selectable<DeviceHealthTable>, now: EpochMs): DeviceHealth {
  return {
    lastSeenAt: isAhead(row.last_seen_at ?? 0, now) ? null : row.last_seen_at,
    messages: row.messages,
    messagesPerMinute: rateOf(row, now),
    readings: row.readings,
    rejections: row.rejections,
    clockOffsetS: row.clock_offset_s,
  }
}

/** Messages per minute over the latest window's length: the running window, and the rest of it from the one before. */
function rateOf(row: Selectable<DeviceHealthTable>, now: EpochMs): number {
  const windowAt = Math.floor(now / healthWindowMs) * healthWindowMs
  const isRunning = row.window_at === windowAt
  const isBefore = row.window_at === windowAt - healthWindowMs
  const running = isRunning ? row.window_messages : 0
  const before = isRunning ? row.window_messages_before : isBefore ? row.window_messages : 0
  const restShare = 1 - (now - windowAt) / healthWindowMs
  return (running + before * restShare) / (healthWindowMs / 60_000)
}
