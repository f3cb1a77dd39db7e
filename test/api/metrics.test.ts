/** What a scrape asks of the database. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiDeps, closedDoors } from '../../src/api/deps.ts'
import { gate } from '../../src/api/gate.ts'
import { createMetrics, measureServer } from '../../src/api/metrics.ts'
import { createClient, type Database, registerAccount } from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const engine = pgliteEngine()
let db: Database
let remove: () => Promise<void>

beforeAll(async () => {
  ;({ db, remove } = await openTestDatabase(engine))
})
afterAll(async () => {
  await remove?.()
  await engine.stop()
})

test('the days that wait are counted at most every half minute', async () => {
  const client = await createClient(db, { id: 'retailer', secretHash: 'hash', companies: ['ACME'], now })
  if (client === undefined) throw new Error('the client exists')
  const pod = 'IT001E00000001'
  const registration = { pod, podKey: pod, accountNumber: '1', companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  await registerAccount(db, client.id, registration)
  const markDay = async (day: string) =>
    await sql`insert into stale_days (account_id, day, marked_at, not_before)
      select id, ${day}::date, ${now}::bigint, 0 from accounts`.execute(db.kysely)
  let machineNow = now
  const metrics = createMetrics()
  measureServer({
    db,
    clock: () => now,
    machineClock: () => machineNow,
    doors: closedDoors,
    importGate: gate(1),
    metrics,
  } as ApiDeps)
  const counted = async () => (await metrics.registry.metrics()).match(/^loadlens_pending_days (\d+)$/m)?.[1]

  await markDay('2026-03-08')
  expect(await Promise.all([counted(), counted()])).toEqual(['1', '1'])
  await markDay('2026-03-09')
  expect(await counted()).toBe('1')
  machineNow += 30_000
  expect(await counted()).toBe('2')
})
