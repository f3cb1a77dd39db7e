/** Where the rows of a file of many PODs go while accounts come to an end. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AccountsByPod } from '../../src/api/readings-destination.ts'
import { formatsOfMediaType, importReadings, type WriteBatch } from '../../src/ingest/index.ts'
import {
  type Account,
  type ClientId,
  createClient,
  type Database,
  deleteAccount,
  readingsSummary,
  registerAccount,
} from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
let db: Database
let remove: () => Promise<void>
let client: ClientId

beforeAll(async () => {
  ;({ db, remove } = await openTestDatabase(pgliteEngine()))
  client = (await createClient(db, { id: 'c', secretHash: 'x', companies: ['ACME'], now }))?.id as ClientId
})
afterAll(async () => await remove?.())

async function newAccount(pod: string): Promise<Account> {
  const registration = { pod, podKey: pod, accountNumber: pod, companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  return ((await registerAccount(db, client, registration)) as { account: Account }).account
}

test('an account that is deleted while a file of many PODs is read costs its own rows alone', async () => {
  const [leaving, staying] = ['IT001E00000001', 'IT001E00000002'] as const
  const [gone, kept] = [await newAccount(leaving), await newAccount(staying)]
  const accounts = new AccountsByPod(client, { db, now, dryRun: false })
  const isBegun = Promise.withResolvers<void>()
  let writes = 0
  const write: WriteBatch = async (batch, point) => {
    const written = await accounts.write(batch, point)
    if (++writes === 2) isBegun.resolve()
    return written
  }
  const quarters = Array.from({ length: 96 }, (_, quarter) => {
    const [hour, minute] = [Math.floor(quarter / 4), (quarter % 4) * 15]
    return `${String(hour).padStart(2, '0')}${String(minute).padStart(2, '0')}00`
  })
  const dayOf = (date: string) =>
    [leaving, staying].map((pod) => quarters.map((time) => `${pod};${date};${time};1;0,1\n`).join('')).join('')
  async function* file(): AsyncGenerator<Buffer> {
    yield Buffer.from(`POD;DATA;ORA;FL_ORA_LEGALE;ATTIVA_PRELEVATA\n${dayOf('20260301')}`)
    await isBegun.promise
    await deleteAccount(db, gone)
    yield Buffer.from(dayOf('20260302'))
    yield Buffer.from(dayOf('20260303'))
  }
  const choice = formatsOfMediaType('text/csv')
  if (choice === undefined) throw new Error('no such format')
  const report = await importReadings(file(), choice, { now, source: 'api', write, byPod: true, batchSize: 1 })
  expect(report).toMatchObject({ received: 576, accepted: 384, duplicates: 0, replaced: 0, rejected_count: 192 })
  expect(report).toHaveProperty('rejected.0.code', 'pod_unknown')
  expect(await accounts.withAccounts('pods' in report ? (report.pods ?? []) : [])).toMatchObject([
    { pod: leaving, accepted: 96, rejected_count: 192 },
    { pod: staying, account_number: kept.accountNumber, accepted: 288, rejected_count: 0 },
  ])
  expect((await readingsSummary(db, kept))?.count).toBe(288)
})
