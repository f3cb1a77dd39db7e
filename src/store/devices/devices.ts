/**
 * Live devices of accounts. A topic (with what lies under it) belongs to the devices of one client: on a broker that
 * all share, a second client that named it would read another's home.
 */
import { randomBytes } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import type { EpochMs } from '../../energy/civil-time.ts'
import { type Account, type Home, homeOf, lockAccount } from '../accounts.ts'
import { bumpCounter, counterValue } from '../counters.ts'
import type { Database } from '../database.ts'
import type { DeviceId } from '../ids.ts'
import type { AccountsTable, DevicesTable } from '../schema.ts'
import { inTransaction, type StoreTransaction } from '../transaction.ts'

/** What an account says of a device. */
export interface DeviceDescription {
  readonly kind: string
  readonly name: string | null
  readonly topic: string
  readonly channels: readonly string[]
  readonly sign: 1 | -1
  readonly holdS: number
  readonly clockToleranceS: number
}

/** A device that is registered. */
export interface Device extends DeviceDescription {
  readonly id: DeviceId
  readonly secretHash: string
  readonly createdAt: EpochMs
  /** What its adapter remembers from message to message. */
  readonly memory: unknown
}

export interface NewDevice {
  readonly id: DeviceId
  readonly description: DeviceDescription
  /** Roots of the topics that its messages come under. */
  readonly roots: readonly string[]
  readonly secretHash: string
  readonly now: EpochMs
}

/** Devices that one account may have. */
export const devicesPerAccountMax = 50

/** A fresh id: 100 random bits. */
export function newDeviceId(): DeviceId {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  const text = Array.from(randomBytes(20), (byte) => letters[byte & 31]).join('')
  return `dev-${text}` as DeviceId
}

/**
 * Registers a device.
 * @throws {AccountGoneError} where the account was deleted meanwhile
 */
export async function registerDevice(
  db: Database,
  account: Account,
  device: NewDevice,
): Promise<Device | 'topic_in_use' | 'too_many_devices'> {
  return await inTransaction(db, async (transaction) => {
    await lockAccount(transaction, account)
    // Registrations take turns, so that two of them cannot both find a topic free.
    await bumpCounter(transaction, 'devices')
    if (await hasTooMany(transaction, account)) return 'too_many_devices'
    if (await isTaken(transaction, account, device.roots)) return 'topic_in_use'
    const { id, description, secretHash, now } = device
    const row = await transaction
      .insertInto('devices')
      .values({
        id,
        account_id: account.id,
        kind: description.kind,
        name: description.name,
        topic: description.topic,
        channels: JSON.stringify(description.channels),
        sign: description.sign,
        hold_s: description.holdS,
        clock_tolerance_s: description.clockToleranceS,
        secret_hash: secretHash,
        created_at: now,
        memory: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await transaction
      .insertInto('device_topics')
      .values(device.roots.map((root) => ({ root, device_id: id, client_id: account.clientId })))
      .execute()
    return deviceOf(row)
  })
}

/** The account's devices, oldest first. */
export async function listDevices(db: Database, account: Account): Promise<Device[]> {
  const rows = await db.kysely
    .selectFrom('devices')
    .selectAll()
    .where('account_id', '=', account.id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(deviceOf)
}

/** Forgets a device and its credentials; what it measured stays. `false` where the account has none of that id. */
export async function deleteDevice(db: Database, account: Account, id: string): Promise<boolean> {
  return await inTransaction(db, async (transaction) => {
    const { numDeletedRows } = await transaction
      .deleteFrom('devices')
      .where('account_id', '=', account.id)
      .where('id', '=', id as DeviceId)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  })
}

/** A device as the doors know it. */
export interface KnownToDoors {
  readonly device: Pick<
    Device,
    'id' | 'kind' | 'topic' | 'channels' | 'sign' | 'holdS' | 'clockToleranceS' | 'secretHash'
  >
  readonly home: Home
}

/** What the doors must know. */
export interface DeviceChanges {
  /** To be asked with the next time. */
  readonly version: number
  /** Whether `devices` are all that there are, and nothing that was known before counts. */
  readonly isWhole: boolean
  /** Those that are new, or whose account ends on another day. */
  readonly devices: readonly KnownToDoors[]
  /** Those that are no more. */
  readonly gone: readonly DeviceId[]
}

/** As many changes are kept (`0043-device-changes.ts`). */
const changesKept = 10_000

/**
 * What changed of all devices of all clients since a version, for the doors; every device where none is known, or too
 * much happened since. Changes are numbered in the order of their commits, so that none is passed over.
 */
export async function deviceChanges(db: Database, since: number | undefined): Promise<DeviceChanges> {
  if (since === undefined) return await everyDevice(db)
  // One statement, one state: the version says whether all changes since are still kept.
  const { rows } = await sql<{ version: number; changed: DeviceId | null } & (DoorsRow | { id: null })>`
    select counters.value as version, change.device_id as changed, ${doorsColumns}
    from counters
    left join (select distinct device_id from device_changes where version > ${since}::bigint) change on true
    left join devices on devices.id = change.device_id
    left join accounts on accounts.id = devices.account_id
    where counters.name = 'devices'
  `.execute(db.kysely)
  const version = rows[0]?.version ?? 0
  if (version < since || version - since > changesKept) return await everyDevice(db)
  return {
    version,
    isWhole: false,
    devices: rows.flatMap((row) => (row.id === null ? [] : knownToDoors(row))),
    gone: rows.flatMap(({ id, changed }) => (id === null && changed !== null ? changed : [])),
  }
}

/** The version is read first: what changes meanwhile is a change since. */
async function everyDevice(db: Database): Promise<DeviceChanges> {
  const version = await counterValue(db, 'devices')
  const { rows } = await sql<DoorsRow>`
    select ${doorsColumns} from devices join accounts on accounts.id = devices.account_id
  `.execute(db.kysely)
  return { version, isWhole: true, devices: rows.map(knownToDoors), gone: [] }
}

type DoorsRow = Pick<
  Selectable<DevicesTable>,
  'id' | 'account_id' | 'kind' | 'topic' | 'channels' | 'sign' | 'hold_s' | 'clock_tolerance_s' | 'secret_hash'
> &
  Pick<Selectable<AccountsTable>, 'time_zone' | 'closed_on'>

const doorsColumns = sql`devices.id, devices.account_id, devices.kind, devices.topic, devices.channels, devices.sign,
  devices.hold_s, devices.clock_tolerance_s, devices.secret_hash, accounts.time_zone, accounts.closed_on`

function knownToDoors(row: DoorsRow): KnownToDoors {
  const { id, kind, topic, channels, sign } = row
  return {
    device: {
      id,
      kind,
      topic,
      channels,
      sign,
      holdS: row.hold_s,
      clockToleranceS: row.clock_tolerance_s,
      secretHash: row.secret_hash,
    },
    home: homeOf({ ...row, id: row.account_id }),
  }
}

async function hasTooMany(transaction: StoreTransaction, account: Account): Promise<boolean> {
  const { count } = await transaction
    .selectFrom('devices')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', account.id)
    .executeTakeFirstOrThrow()
  return count >= devicesPerAccountMax
}

/** Whether another client has one of the roots, one above it or one under it. */
async function isTaken(transaction: StoreTransaction, account: Account, roots: readonly string[]): Promise<boolean> {
  const above = roots.flatMap((root) => root.split('/').map((_, index, levels) => levels.slice(0, index + 1).join('/')))
  // Ordered and limited, each look is one into the primary key: a plain join reads all topics.
  const { rows } = await sql`
    select 1 from jsonb_array_elements_text(${JSON.stringify(above)}::jsonb) as mine (root)
    cross join lateral (
      select 1 from device_topics
      where device_topics.root = mine.root and client_id <> ${account.clientId}
      order by device_topics.root limit 1
    ) found
    union all
    select 1 from jsonb_array_elements_text(${JSON.stringify(roots)}::jsonb) as mine (root)
    cross join lateral (
      select 1 from device_topics
      -- '0' is the character after '/'
      where device_topics.root >= mine.root || '/' and device_topics.root < mine.root || '0'
        and client_id <> ${account.clientId}
      order by device_topics.root limit 1
    ) found
  `.execute(transaction)
  return rows.length > 0
}

function deviceOf(row: Selectable<DevicesTable>): Device {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    topic: row.topic,
    channels: row.channels,
    sign: row.sign,
    holdS: row.hold_s,
    clockToleranceS: row.clock_tolerance_s,
    secretHash: row.secret_hash,
    createdAt: row.created_at,
    memory: row.memory,
  }
}
