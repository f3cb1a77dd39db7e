/** Rows of live readings end in packed days, however seldom a home speaks and however often its servers start anew. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfiguration } from '../../src/app/configuration.ts'
import { foldLeftDays } from '../../src/app/fold-days.ts'
import { startEngine, startServer, stopEngine } from '../../src/app/server.ts'
import { hourMs } from '../../src/energy/civil-time.ts'
import {
  type Account,
  closeDatabase,
  type Database,
  homesWithRowsBefore,
  openDatabase,
  readingsSummary,
  readReadings,
  writeLiveReadings,
} from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine, postgresqlEngine } from '../support/databases.ts'
import { newHome } from '../support/homes.ts'
import { until } from '../support/live.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const dayMs = 24 * hourMs
const postgresql = await postgresqlEngine()
afterAll(async () => await postgresql?.stop())

/** A power every two hours, each written when it was measured. */
async function speak(db: Database, account: Account, fromAt: number, toAt: number): Promise<void> {
  for (let at = fromAt; at < toAt; at += 2 * hourMs) {
    const power = { kind: 'power', channel: 'import', at, value: 100, spanS: 300 } as const
    const readings = [{ ...power, quality: 'measured', source: 'device:json' } as const]
    const batch = { readings: [{ account, readings }], memories: new Map() }
    await writeLiveReadings(db, { now: at, remembering: [], accounts: [account.id], batchOf: () => batch })
  }
}

/** How many rows there are of a home, or of all, and how many packed days. */
async function formOf(db: Database, account?: Account): Promise<{ rows: number; days: number }> {
  const ofHome = account === undefined ? sql`true` : sql`account_id = ${account.id}::uuid`
  const { rows } = await sql<{ rows: number; days: number }>`
    select (select count(*) from recent_readings where ${ofHome}) as rows,
      (select count(*) from reading_days where ${ofHome}) as days
  `.execute(db.kysely)
  return rows[0] ?? { rows: Number.NaN, days: Number.NaN }
}

describe.each([
  ['pglite', pgliteEngine()],
  ['postgresql', postgresql],
] as const)('on %s', (_name, engine) => {
  let db: Database
  let remove: () => Promise<void>
  const failures: unknown[] = []
  const onError = (error: unknown) => failures.push(error)

  beforeAll(async () => {
    if (engine !== undefined) ({ db, remove } = await openTestDatabase(engine))
  })
  afterAll(async () => {
    await remove?.()
    expect(failures).toEqual([])
  })

  test.skipIf(engine === undefined)('of a home that speaks seldom, days are packed as they pass', async () => {
    const account = await newHome(db, now)
    for (let day = 10; day > 0; day--) {
      await speak(db, account, now - day * dayMs, now - (day - 1) * dayMs)
      await foldLeftDays(db, now - (day - 1) * dayMs, { onError })
    }
    // What was not folded is of yesterday and today.
    expect((await formOf(db, account)).rows).toBeLessThanOrEqual(24 + 12)
    expect((await readingsSummary(db, account))?.count).toBe(120)
  })

  test.skipIf(engine === undefined)('of a home that fell silent nothing is left, and each value is there', async () => {
    const account = await newHome(db, now)
    await speak(db, account, now - 5 * dayMs, now - 3 * dayMs)
    const before = await readReadings(db, account, { fromAt: now - 6 * dayMs, toAt: now, channel: 'import' })
    expect(await formOf(db, account)).toEqual({ rows: 24, days: 0 })
    await foldLeftDays(db, now, { onError })
    expect(await formOf(db, account)).toEqual({ rows: 0, days: 3 })
    expect(await readReadings(db, account, { fromAt: now - 6 * dayMs, toAt: now, channel: 'import' })).toEqual(before)
  })

  test.skipIf(engine === undefined)('several servers at once fold each home once', async () => {
    const accounts = [await newHome(db, now), await newHome(db, now), await newHome(db, now)]
    for (const account of accounts) await speak(db, account, now - 4 * dayMs, now - 3 * dayMs)
    await Promise.all([1, 2, 3].map(() => foldLeftDays(db, now, { onError })))
    for (const account of accounts) {
      expect(await formOf(db, account)).toEqual({ rows: 0, days: 2 })
      expect((await readingsSummary(db, account))?.count).toBe(12)
    }
  })

  test.skipIf(engine === undefined)('homes with old rows are found whatever the pages they are on', async () => {
    const [old, fresh, other] = [await newHome(db, now), await newHome(db, now), await newHome(db, now)]
    await speak(db, old, now - 3 * dayMs, now - 3 * dayMs + 2 * hourMs)
    await speak(db, other, now - 3 * dayMs, now)
    await speak(db, fresh, now - 2 * hourMs, now)
    for (const pageSize of [1, 2, 500]) {
      const found: string[] = []
      for await (const { id } of homesWithRowsBefore(db, now - 2 * dayMs, { pageSize })) found.push(id)
      expect(found).toEqual([old.id, other.id].sort())
    }
  })

  test.skipIf(engine === undefined)('who is stopped looks at no further page', async () => {
    for (let home = 0; home < 3; home++) await newHome(db, now)
    let pages = 0
    const isStopped = () => ++pages > 2
    for await (const _home of homesWithRowsBefore(db, 0, { pageSize: 1, isStopped })) expect.unreachable()
    expect(pages).toBe(3)
  })
})

test('a server that starts packs what was left before', { timeout: 180_000 }, async () => {
  const place = await pgliteEngine().create()
  const db = await openDatabase(place)
  await speak(db, await newHome(db, now), now - 5 * dayMs, now - 3 * dayMs)
  await closeDatabase(db)
  const engine = await startEngine(
    readConfiguration({
      LOADLENS_PORT: '0',
      LOADLENS_DATA_DIR: place.dataDir,
      LOADLENS_CLOCK_START: new Date(now).toISOString(),
      LOADLENS_LOG_LEVEL: 'error',
      LOADLENS_WORKERS: '1',
    }),
  )
  const server = await startServer(engine)
  try {
    await until(
      () => formOf(engine.db),
      ({ rows, days }) => rows === 0 && days === 3,
    )
  } finally {
    await server.stop()
    await stopEngine(engine)
    await place.remove()
  }
})
