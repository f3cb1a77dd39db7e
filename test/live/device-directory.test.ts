/** A server knows the devices of all accounts, learns of every change, and reads no more of them than what changed. */
import { type KyselyPlugin, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLog } from '../../src/api/log.ts'
import { readConfiguration } from '../../src/app/configuration.ts'
import { type DeviceDirectory, openDeviceDirectory } from '../../src/app/live/device-directory.ts'
import { openLiveMeters } from '../../src/app/live/live-meters.ts'
import { type CivilDay, dayInterval } from '../../src/energy/civil-time.ts'
import {
  type Account,
  closeAccount,
  type Database,
  type DeviceId,
  deleteAccount,
  deleteDevice,
} from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine, postgresqlEngine } from '../support/databases.ts'
import { newDevice, newHome } from '../support/homes.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const timeZone = 'Europe/Rome'
const postgresql = await postgresqlEngine()
afterAll(async () => await postgresql?.stop())

describe.each([
  ['pglite', pgliteEngine()],
  ['postgresql', postgresql],
] as const)('on %s', (_name, engine) => {
  let db: Database
  let remove: () => Promise<void>
  let directory: DeviceDirectory
  let changes = 0
  let gone: string[] = []

  beforeAll(async () => {
    if (engine === undefined) return
    ;({ db, remove } = await openTestDatabase(engine))
    directory = await openDeviceDirectory(db, {
      onChange: (ended) => {
        changes++
        gone = ended.map(({ id }) => id)
      },
      onError: () => {},
    })
    directory.stop()
  })
  afterAll(async () => await remove?.())

  const newMeter = (account: Account) => newDevice(db, account, now)
  const idsUnder = (id: DeviceId) => directory.of(`loadlens/${id}`).map((device) => device.id)

  test.skipIf(engine === undefined)('a device is known when it is registered, by its topic too', async () => {
    const id = await newMeter(await newHome(db, now))
    expect([directory.byId(id), idsUnder(id)]).toEqual([undefined, []])
    await directory.refresh()
    expect([directory.byId(id)?.id, idsUnder(id)]).toEqual([id, [id]])
  })

  test.skipIf(engine === undefined)('an account without devices ends, and no device is read', async () => {
    const [deleted, closed] = [await newHome(db, now), await newHome(db, now)]
    await directory.refresh()
    const before = changes
    await closeAccount(db, closed, '2026-03-01' as CivilDay, now)
    await deleteAccount(db, deleted)
    await directory.refresh()
    expect(changes).toBe(before)
  })

  test.skipIf(engine === undefined)(
    'of many devices those are read that changed, the others stay as they are',
    async () => {
      const [ending, other] = [await newHome(db, now), await newHome(db, now)]
      const [one, two, kept] = [await newMeter(ending), await newMeter(ending), await newMeter(other)]
      await directory.refresh()
      const known = directory.byId(kept)
      await closeAccount(db, ending, '2026-04-01' as CivilDay, now)
      await deleteDevice(db, ending, two)
      await directory.refresh()
      expect(directory.byId(one)?.closedAt).toBe(dayInterval('2026-04-01' as CivilDay, timeZone).fromAt)
      expect([directory.byId(two), idsUnder(two), gone]).toEqual([undefined, [], [two]])
      await deleteAccount(db, ending)
      await directory.refresh()
      expect([directory.byId(one), idsUnder(one), gone]).toEqual([undefined, [], [one]])
      expect(directory.byId(kept)).toBe(known)
      expect(idsUnder(kept)).toEqual([kept])
    },
  )

  test.skipIf(engine === undefined)('none of many registrations at once is passed over', async () => {
    const accounts: Account[] = []
    for (let count = 0; count < 20; count++) accounts.push(await newHome(db, now))
    const registered = await Promise.all(
      accounts.map(async (account) => {
        const id = await newMeter(account)
        await directory.refresh()
        return [id, directory.byId(id)?.id] as const
      }),
    )
    for (const [id, found] of registered) expect(found).toBe(id)
  })

  test.skipIf(engine === undefined)('however many ask at once for what changed, it is read twice at most', async () => {
    let reads = 0
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => {
        reads++
        return node
      },
      transformResult: async ({ result }) => result,
    }
    const counted = await openDeviceDirectory(
      { ...db, kysely: db.kysely.withPlugin(counting) },
      { onChange: () => {}, onError: () => {} },
    )
    counted.stop()
    reads = 0
    const first = counted.refresh()
    await Promise.resolve()
    await Promise.all([first, ...Array.from({ length: 100 }, () => counted.refresh())])
    expect(reads).toBe(2)
    await counted.refresh()
    expect(reads).toBe(3)
  })

  test.skipIf(engine === undefined)('a server that is far behind knows what is and what is no more', async () => {
    const account = await newHome(db, now)
    const [kept, ended] = [await newMeter(account), await newMeter(account)]
    await directory.refresh()
    await deleteDevice(db, account, ended)
    const added = await newMeter(account)
    // As after ten thousand changes more.
    await sql`delete from device_changes`.execute(db.kysely)
    await sql`update counters set value = value + 10000 where name = 'devices'`.execute(db.kysely)
    await directory.refresh()
    expect([directory.byId(kept)?.id, directory.byId(added)?.id]).toEqual([kept, added])
    expect([directory.byId(ended), idsUnder(ended), gone]).toEqual([undefined, [], [ended]])
    const newest = await newMeter(account)
    await directory.refresh()
    expect(directory.byId(newest)?.id).toBe(newest)
  })

  test.skipIf(engine === undefined)('without a door for live meters no device is read at all', async () => {
    await sql`alter table devices rename to unread`.execute(db.kysely)
    const live = await openLiveMeters({
      db,
      clock: () => now,
      configuration: readConfiguration({}),
      counts: { messages: () => {}, readings: () => {}, rejection: () => {} },
      onStale: () => {},
      log: createLog('silent'),
    }).finally(() => sql`alter table unread rename to devices`.execute(db.kysely))
    await live.doors.changed()
    await live.stop()
  })
})
