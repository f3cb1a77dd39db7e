/** Where rows go by their PODs and times, also while accounts come to an end. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AccountsByPod, oneAccount } from '../../src/api/readings-destination.ts'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import { batchOf, type ReadingBatch } from '../../src/energy/reading-batch.ts'
import { batchOutcomes, formatsOfMediaType, importReadings, type WriteBatch } from '../../src/ingest/index.ts'
import {
  type Account,
  type ClientId,
  closeAccount,
  createClient,
  type Database,
  deleteAccount,
  findAccount,
  findAccountsOfPod,
  podTimeOf,
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

async function newAccount(pod: string, accountNumber = pod): Promise<Account> {
  const registration = { pod, podKey: pod, accountNumber, companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  const registered = await registerAccount(db, client, registration)
  if (registered.outcome !== 'created') throw new Error(registered.outcome)
  return registered.account
}

/** Ends the supply of an account, however it stands. */
async function close({ accountNumber }: Account, on: string): Promise<Account | undefined> {
  const account = await findAccount(db, client, accountNumber)
  return account && (await closeAccount(db, account, on as CivilDay, now))
}

/** Noon of each day, in one batch. */
function noonsOf(days: readonly string[]): ReadingBatch {
  const rest = { kind: 'power', channel: 'import', value: 100, spanS: 300, quality: 'measured', source: 'api' } as const
  return batchOf(days.map((day) => ({ ...rest, at: Date.parse(`${day}T12:00:00Z`) })))
}

/** Sends noon of each day: which account took it, or why none did. */
async function takersOf(pod: string, days: readonly string[], write?: WriteBatch): Promise<(string | undefined)[]> {
  const send = write ?? new AccountsByPod(client, { db, now, dryRun: false }).write
  const { outcomes, accounts } = await send(noonsOf(days), pod)
  return days.map((_, index) => accounts?.[index] ?? batchOutcomes[outcomes[index] ?? 0])
}

test('a row goes to the tenant of its day, although the next one was registered ahead and gave up', async () => {
  const pod = 'IT001E00000011'
  const staying = await newAccount(pod, 'staying')
  await close(staying, '2026-12-31')
  const ahead = await newAccount(pod, 'ahead')
  await close(ahead, '2026-11-29')
  const days = ['2026-11-10', '2026-11-28', '2026-11-29', '2026-12-31']
  expect(await takersOf(pod, days)).toEqual(['staying', 'staying', 'staying', 'after_closure'])
})

test('a row goes to the tenant of its day, however the rows of two that ended on one day lie', async () => {
  const pod = 'IT001E00000012'
  const older = await newAccount(pod, 'older')
  await close(older, '2026-02-01')
  await close(await newAccount(pod, 'younger'), '2026-02-01')
  // A change of an indexed column puts its row behind the other.
  await db.kysely.updateTable('accounts').set({ account_number: 'oldest' }).where('id', '=', older.id).execute()
  expect(await takersOf(pod, ['2026-01-31'])).toEqual(['oldest'])
})

test('no row of a tenant who was erased goes to the next one', async () => {
  const pod = 'IT001E00000013'
  const erased = await newAccount(pod, 'erased')
  await close(erased, '2026-02-01')
  await newAccount(pod, 'next')
  await deleteAccount(db, erased)
  expect(await takersOf(pod, ['2026-01-31', '2026-02-01'])).toEqual(['before_supply', 'next'])
  await close(await newAccount('IT001E00000014', 'only'), '2026-02-01')
  expect(await takersOf('IT001E00000014', ['2020-01-01', '2026-02-01'])).toEqual(['only', 'after_closure'])
})

test('the next tenant, registered ahead, has the POD from the day to which the closure before is moved', async () => {
  const pod = 'IT001E00000015'
  const leaving = await newAccount(pod, 'leaving')
  await close(leaving, '2026-03-05')
  await newAccount(pod, 'moving-in')
  await close(leaving, '2026-03-02')
  expect(await takersOf(pod, ['2026-03-01', '2026-03-02', '2026-03-05'])).toEqual(['leaving', 'moving-in', 'moving-in'])
})

test('a closure moved to a later day and then to an earlier one leaves no day of the next tenant to nobody', async () => {
  const pod = 'IT001E00000029'
  const first = await newAccount(pod, 'moved-twice')
  await close(first, '2026-03-30')
  const gaveUp = await newAccount(pod, 'gave-up-ahead')
  await close(gaveUp, '2026-03-01')
  for (const on of ['2026-04-10', '2026-03-02']) await close(first, on)
  await newAccount(pod, 'came-after')
  expect(await takersOf(pod, ['2026-03-01', '2026-03-02', '2026-03-29', '2026-03-31'])).toEqual([
    'moved-twice',
    'came-after',
    'came-after',
    'came-after',
  ])
})

test('no two accounts have a POD at a time, whatever is registered, closed and erased', async () => {
  const step = fc.record({
    what: fc.constantFrom('register', 'close', 'close', 'register', 'erase'),
    which: fc.nat(2),
    day: fc.nat(3),
  })
  let pods = 0
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
    const pod = `IT001E${String(50_000_000 + ++pods)}`
    for (const [number, { what, which, day }] of steps.entries()) {
      const held = await findAccountsOfPod(db, client, pod)
      const one = held[which % Math.max(1, held.length)]
      if (what === 'close' && one !== undefined) await close(one, `2026-03-0${day + 1}`)
      else if (what === 'erase' && one !== undefined) await deleteAccount(db, one)
      else if (held.every(({ closedOn }) => closedOn !== null)) await newAccount(pod, `${pod}-${number}`)
      const times = (await findAccountsOfPod(db, client, pod))
        .map(podTimeOf)
        .filter(({ fromAt, toAt }) => fromAt < toAt)
      times.sort((a, b) => a.fromAt - b.fromAt)
      for (const [index, { fromAt }] of times.entries())
        expect(fromAt).toBeGreaterThanOrEqual(times[index - 1]?.toAt ?? Number.NEGATIVE_INFINITY)
    }
  })
  await fc.assert(property, { seed: 20_260_310, numRuns: 60 })
})

test('a closure that is acknowledged while a body is read holds from its next batch on, for one account and for many', async () => {
  const pod = 'IT001E00000016'
  const leaving = await newAccount(pod, 'leaving-now')
  const alone = oneAccount(leaving, { db, now, dryRun: false })
  const byPod = new AccountsByPod(client, { db, now, dryRun: false }).write
  expect(await takersOf(pod, ['2026-03-01'], byPod)).toEqual(['leaving-now'])
  await close(leaving, '2026-03-03')
  await newAccount(pod, 'coming')
  const days = ['2026-03-02', '2026-03-03']
  expect(await takersOf(pod, days, alone)).toEqual(['accepted', 'after_closure'])
  expect(await takersOf(pod, days, byPod)).toEqual(['leaving-now', 'coming'])
  expect((await readingsSummary(db, leaving))?.count).toBe(2)
})

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
