/** The demo's homes run on from where their history ends, however long it took to load. */
import { expect, test } from 'vitest'
import { runLive } from '../../src/app/demo/load-homes.ts'
import { type CivilDay, minuteMs } from '../../src/energy/civil-time.ts'
import { createClient, readingsSummary, registerAccount } from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'

test('the minutes that passed while the demo loaded are written once it runs', async () => {
  const { db, remove } = await openTestDatabase(pgliteEngine())
  const writtenTo = Date.parse('2026-11-24T10:00:30Z')
  const client = await createClient(db, { id: 'demo', companies: ['DEMO'], secretHash: 'none', now: writtenTo })
  if (client === undefined) throw new Error('the client is there already')
  const pod = 'IT001E12345678'
  const home = { pod, podKey: pod, accountNumber: '1', companyCode: 'DEMO', timeZone: 'Europe/Rome', now: writtenTo }
  const registered = await registerAccount(db, client.id, home)
  if (registered.outcome === 'conflict') throw new Error(registered.reason)
  const { account } = registered
  const homes = [{ account, fromOn: '2026-11-24' as CivilDay, powerW: () => 100 }]
  let stale = 0
  const stop = runLive(db, homes, () => writtenTo + 20 * minuteMs, {
    writtenTo,
    onStale: () => stale++,
    onError: (error) => {
      throw error
    },
  })
  await stop()
  expect(await readingsSummary(db, account)).toMatchObject({
    fromAt: Date.parse('2026-11-24T10:01:00Z'),
    toAt: Date.parse('2026-11-24T10:20:00Z'),
    count: 20,
  })
  expect(stale).toBe(1)
  await remove()
})
