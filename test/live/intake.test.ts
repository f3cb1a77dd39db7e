/**
 * What the store cannot take now is not acknowledged, whatever it says; what it can never take holds up nobody. What a
 * device must be remembered by outlives the server.
 */
import { setTimeout as passes } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KnownDevice, openDeviceDirectory } from '../../src/app/live/device-directory.ts'
import { type Intake, type IntakeDeps, startIntake } from '../../src/app/live/intake.ts'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import { adapterOf } from '../../src/ingest/devices/index.ts'
import { type Account, closeAccount, type Database, readingsSummary } from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine, postgresqlEngine } from '../support/databases.ts'
import { newDevice, newHome } from '../support/homes.ts'
import { until } from '../support/live.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const postgresql = await postgresqlEngine()
afterAll(async () => await postgresql?.stop())

describe.each([
  ['pglite', pgliteEngine()],
  ['postgresql', postgresql],
] as const)('on %s', (_name, engine) => {
  let db: Database
  let remove: () => Promise<void>
  let account: Account
  let device: KnownDevice
  let intake: Intake
  let failures = 0
  let minute = 0

  beforeAll(async () => {
    if (engine === undefined) return
    ;({ db, remove } = await openTestDatabase(engine))
    account = await newHome(db, now)
    device = await knownDevice(db, account)
    intake = newIntake()
  })
  afterAll(async () => {
    await intake?.stop()
    await remove?.()
  })

  const newIntake = (deps: Partial<IntakeDeps> = {}) =>
    startIntake({
      db,
      clock: () => now,
      health: { count: () => {}, flush: async () => {}, stop: async () => {} },
      counts: { messages: () => {}, readings: () => {}, rejection: () => {} },
      onStale: () => {},
      onError: () => failures++,
      ...deps,
    })

  /** A message of its own minute; tells when it is acknowledged. */
  function say(powerW = 100): { readonly isAcknowledged: () => boolean; readonly acknowledged: Promise<void> } {
    let isAcknowledged = false
    const at = new Date(now - ++minute * 60_000).toISOString()
    const payload = Buffer.from(JSON.stringify({ at, power_w: powerW }))
    const message = { topic: device.topic, payload, receivedAt: now, isOld: false }
    const acknowledged = intake.take(device, message).then(() => {
      isAcknowledged = true
    })
    return { isAcknowledged: () => isAcknowledged, acknowledged }
  }

  const held = async () => (await readingsSummary(db, account))?.count ?? 0

  test.skipIf(engine === undefined).each([
    ['its disk is full', '53100'],
    ['it is read-only', '25006'],
    ['an administrator ends the statement', '57014'],
  ])('a message alone waits while %s, and is stored when that is over', async (_why, sqlState) => {
    const [before, failuresBefore] = [await held(), failures]
    await refuseReadings(db, sqlState)
    const said = say()
    await until(
      async () => failures - failuresBefore,
      (count) => count >= 2,
    )
    await passes(0)
    expect([said.isAcknowledged(), await held()]).toEqual([false, before])
    await acceptReadings(db)
    await said.acknowledged
    expect(await held()).toBe(before + 1)
  })

  test.skipIf(engine === undefined)('one that can never be stored is given up', async () => {
    const before = await held()
    await refuseReadings(db, '22003')
    await say().acknowledged
    await acceptReadings(db)
    await say().acknowledged
    expect(await held()).toBe(before + 1)
  })

  test.skipIf(engine === undefined)('one that can never be stored takes none of its batch with it', async () => {
    const before = await held()
    await refuseReadings(db, '22003', 'new.value = 101')
    await Promise.all([100, 101, 102].map((powerW) => say(powerW).acknowledged))
    await acceptReadings(db)
    expect(await held()).toBe(before + 2)
  })

  test.skipIf(engine === undefined)(
    'a home that injects is told to have stopped, by a server that starts anew',
    async () => {
      const injected = async () => (await readingsSummary(db, account, 'export'))?.count ?? 0
      await say(100).acknowledged
      expect(await injected()).toBe(0)
      await say(-900).acknowledged
      expect(await injected()).toBe(1)
      await intake.stop()
      intake = newIntake()
      await say(100).acknowledged
      expect(await injected()).toBe(2)
    },
  )

  test.skipIf(engine === undefined)('the end of a supply holds before the directory knows of it', async () => {
    const home = await newHome(db, now)
    const known = await knownDevice(db, home)
    const rejected: string[] = []
    const counts = {
      messages: () => {},
      readings: () => {},
      rejection: (_kind: string, code: string) => rejected.push(code),
    }
    const taking = newIntake({ counts })
    const tell = async (at: string) => {
      const payload = Buffer.from(JSON.stringify({ at, power_w: 100 }))
      await taking.take(known, { topic: known.topic, payload, receivedAt: now, isOld: false })
      return [(await readingsSummary(db, home))?.count ?? 0, rejected]
    }
    expect(await tell('2026-03-10T11:58:00Z')).toEqual([1, []])
    await closeAccount(db, home, '2026-03-10' as CivilDay, now)
    expect(await tell('2026-03-10T11:59:00Z')).toEqual([1, ['after_closure']])
    expect(await tell('2026-03-09T22:59:00Z')).toEqual([2, ['after_closure']])
    await taking.stop()
  })

  test.skipIf(engine === undefined)('of a device that is no more nothing is held', async () => {
    const injected = async () => (await readingsSummary(db, account, 'export'))?.count ?? 0
    await say(-900).acknowledged
    const before = await injected()
    await sql`update devices set memory = null where id = ${device.id}`.execute(db.kysely)
    await say(100).acknowledged
    expect(await injected()).toBe(before + 1)
    intake.forget(device)
    await say(100).acknowledged
    expect(await injected()).toBe(before + 1)
  })

  test.skipIf(engine === undefined)('what a device is remembered by is written where it changed, only', async () => {
    const id = await newDevice(db, account, now)
    const adapter = adapterOf('shelly-gen2')
    if (adapter === undefined) throw new Error('there is no such kind')
    const shelly: KnownDevice = { ...device, id, adapter, topic: 'shelly', channels: ['em:0'] }
    const tell = async (status: object) => {
      const payload = Buffer.from(JSON.stringify(status))
      await intake.take(shelly, { topic: 'shelly/status/em:0', payload, receivedAt: now, isOld: false })
      return (await sql`select xmin::text from devices where id = ${id}`.execute(db.kysely)).rows[0]
    }
    const first = await tell({ a_act_power: 1, b_act_power: 2, c_act_power: 3 })
    expect(await tell({ a_act_power: 1 })).toEqual(first)
    expect(await tell({ a_act_power: 4 })).not.toEqual(first)
  })
})

/** Every new reading, or each of a condition, fails with this SQLSTATE, while the database answers everything else. */
async function refuseReadings(db: Database, sqlState: string, condition = 'true'): Promise<void> {
  await sql`create or replace function refuse() returns trigger language plpgsql as ${sql.raw(
    `$$ begin raise exception 'refused' using errcode = '${sqlState}'; end $$`,
  )}`.execute(db.kysely)
  await sql`create trigger refuse before insert on recent_readings for each row when (${sql.raw(condition)})
    execute function refuse()`.execute(db.kysely)
}

async function acceptReadings(db: Database): Promise<void> {
  await sql`drop trigger refuse on recent_readings`.execute(db.kysely)
}

async function knownDevice(db: Database, account: Account): Promise<KnownDevice> {
  const id = await newDevice(db, account, now)
  const directory = await openDeviceDirectory(db, { onChange: () => {}, onError: () => {} })
  directory.stop()
  const device = directory.byId(id)
  if (device === undefined) throw new Error('the device is not in the directory')
  return device
}
