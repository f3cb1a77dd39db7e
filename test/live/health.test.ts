/** How devices do is counted beside what happens to them: one that ends takes nothing from the others, nor their answers. */
import { sql } from 'kysely'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashSecret } from '../../src/api/auth/secrets.ts'
import { createLog } from '../../src/api/log.ts'
import { readConfiguration } from '../../src/app/configuration.ts'
import { startHealthCounter } from '../../src/app/live/health-counter.ts'
import { openLiveMeters } from '../../src/app/live/live-meters.ts'
import { type Account, addDeviceHealth, type Database, type DeviceId, deviceHealth } from '../../src/store/index.ts'
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

  beforeAll(async () => {
    if (engine === undefined) return
    ;({ db, remove } = await openTestDatabase(engine))
    account = await newHome(db, now)
  })
  afterAll(async () => await remove?.())

  const newCounter = () =>
    startHealthCounter(
      db,
      () => now,
      () => {},
    )
  const heard = { receivedAt: now, readings: 1, rejections: [], clockOffsetS: undefined }
  const messagesOf = async (id: DeviceId) => (await deviceHealth(db, account, now))(id).messages

  test.skipIf(engine === undefined)('a device that ends while it is counted costs the others nothing', async () => {
    const [ending, other] = [await newDevice(db, account, now), await newDevice(db, account, now)]
    const counter = newCounter()
    for (const id of [ending, other]) counter.count(id, heard)
    const ended = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const ends = db.kysely.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('devices').where('id', '=', ending).execute()
      begun.resolve()
      await ended.promise
    })
    await begun.promise
    let isDone = false
    const flushed = counter.flush().finally(() => {
      isDone = true
    })
    // The counts are in, or wait for the end of the device; the embedded database does one thing after the other.
    if (engine?.name === 'postgresql') await until(async () => isDone || (await isWaiting(db)), Boolean)
    ended.resolve()
    await ends
    await flushed
    expect(await messagesOf(other)).toBe(1)
    await counter.stop()
  })

  test.skipIf(engine === undefined)('a device seen by a clock that was ahead looks alive only when it is', async () => {
    const id = await newDevice(db, account, now)
    const ahead = now + 3 * 365 * 86_400_000
    const seenAt = async (at: number) => (await deviceHealth(db, account, at))(id).lastSeenAt
    const counts = { deviceId: id, messages: 1, readings: 1, rejections: {}, clockOffsetS: null }
    await addDeviceHealth(db, [{ ...counts, lastSeenAt: ahead }], ahead)
    expect([await seenAt(ahead), await seenAt(now)]).toEqual([ahead, null])
    await addDeviceHealth(db, [{ ...counts, lastSeenAt: now }], now)
    expect(await seenAt(now + 600_000)).toBe(now)
  })

  test.skipIf(engine === undefined)(
    'the rate of a device is that of the latest ten minutes, and its clock as a message last told it',
    async () => {
      const id = await newDevice(db, account, now)
      const counts = { deviceId: id, lastSeenAt: now, readings: 0, rejections: {} }
      const shownAt = async (at: number) => {
        const { messagesPerMinute, clockOffsetS } = (await deviceHealth(db, account, at))(id)
        return [messagesPerMinute, clockOffsetS]
      }
      await addDeviceHealth(db, [{ ...counts, messages: 60, clockOffsetS: 7200 }], now - 600_000)
      expect([await shownAt(now - 1), await shownAt(now), await shownAt(now + 300_000)]).toEqual([
        [6, 7200],
        [6, 7200],
        [3, 7200],
      ])
      await addDeviceHealth(db, [{ ...counts, messages: 10, clockOffsetS: null }], now)
      expect([await shownAt(now), await shownAt(now + 300_000), await shownAt(now + 600_000)]).toEqual([
        [7, 7200],
        [4, 7200],
        [1, 7200],
      ])
    },
  )

  test.skipIf(engine === undefined)('counts that cannot be added wait, and keep nobody from an answer', async () => {
    const id = await newDevice(db, account, now, await hashSecret('secret'))
    const failures: unknown[] = []
    const log = Object.assign(createLog('silent'), { error: (failure: unknown) => failures.push(failure) })
    const live = await openLiveMeters({
      db,
      clock: () => now,
      configuration: readConfiguration({ LOADLENS_MQTT_LISTEN: '127.0.0.1:0' }),
      counts: { messages: () => {}, readings: () => {}, rejection: () => {} },
      onStale: () => {},
      log,
    })
    const client = await connectAsync(`mqtt://127.0.0.1:${live.doors.broker?.port}`, {
      username: id,
      password: 'secret',
      reconnectPeriod: 0,
    })
    await sql`alter table device_health rename to away`.execute(db.kysely)
    await client.publishAsync(`loadlens/${id}`, '100', { qos: 1 })
    await live.doors.flushHealth().finally(() => sql`alter table away rename to device_health`.execute(db.kysely))
    expect(failures).not.toEqual([])
    await live.doors.flushHealth()
    expect(await messagesOf(id)).toBe(1)
    await client.endAsync(true)
    await live.stop()
  })
})

/** Whether a statement waits for a lock. */
async function isWaiting(db: Database): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`.execute(db.kysely)
  return rows.length > 0
}
