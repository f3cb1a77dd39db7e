/** The analysis of stale days: one that cannot be analysed keeps no other from its answers. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyseEverything } from '../../src/app/analysis-loop.ts'
import type { WorkerPool } from '../../src/app/workers/pool.ts'
import { analyse } from '../../src/app/workers/worker.ts'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import type { Reading } from '../../src/energy/readings.ts'
import {
  type Account,
  createClient,
  type Database,
  pendingDays,
  readDayRows,
  registerAccount,
  writeReadings,
} from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const damaged = '2026-03-04' as CivilDay
let db: Database
let remove: () => Promise<void>

beforeAll(async () => {
  ;({ db, remove } = await openTestDatabase(pgliteEngine()))
})
afterAll(async () => {
  await remove?.()
})

async function homeOf(accountNumber: string, days: readonly string[]): Promise<Account> {
  const client = await createClient(db, { id: accountNumber, secretHash: 'hash', companies: ['ACME'], now })
  if (client === undefined) throw new Error('the client exists')
  const pod = `IT001E${accountNumber}`
  const registration = { pod, podKey: pod, accountNumber, companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  const registered = await registerAccount(db, client.id, registration)
  if (registered.outcome !== 'created') throw new Error(registered.outcome)
  const noon = days.map((day): Reading => {
    const at = Date.parse(`${day}T12:00:00Z`)
    return { kind: 'energy', channel: 'import', at, value: 25, spanS: 900, quality: 'measured', source: 'api' }
  })
  await writeReadings(db, registered.account, noon, { now })
  return registered.account
}

test('a day that cannot be analysed is tried again later, its neighbours and other homes are analysed now', async () => {
  const home = await homeOf('00000001', ['2026-03-03', damaged, '2026-03-05'])
  const other = await homeOf('00000002', ['2026-03-05', '2026-03-06'])
  let isDamaged = true
  const pool: Pick<WorkerPool, 'threads' | 'analyse'> = {
    threads: 1,
    analyse: async (task) => {
      if (isDamaged && task.days.slice(task.from, task.to).includes(damaged)) throw new Error('damaged')
      return await analyse({ ...task, fourOctober: false })
    },
  }
  const errors: string[] = []
  const context = { db, pool: pool as WorkerPool, onError: (error: unknown) => void errors.push(String(error)) }
  const daysOf = async (account: Account) => {
    const rows = await readDayRows(db, account, '2026-03-01' as CivilDay, '2026-03-10' as CivilDay)
    return rows.map(({ totals }) => totals.day)
  }
  expect(await analyseEverything({ ...context, clock: () => now })).toBe(4)
  expect(errors).toEqual([`Error: ${damaged} of account ${home.id} was not analysed: damaged`])
  expect(await daysOf(home)).toEqual(['2026-03-03', '2026-03-05'])
  expect(await daysOf(other)).toEqual(['2026-03-05', '2026-03-06'])
  expect(await pendingDays(db, home, now)).toBe(1)
  isDamaged = false
  expect(await analyseEverything({ ...context, clock: () => now + 59_000 })).toBe(0)
  expect(await analyseEverything({ ...context, clock: () => now + 60_000 })).toBe(1)
  expect(await daysOf(home)).toEqual(['2026-03-03', damaged, '2026-03-05'])
  expect(await pendingDays(db, home, now + 60_000)).toBe(0)
})
