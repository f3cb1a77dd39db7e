/** What is remembered of similar homes, and what is seen at once. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiDeps } from '../../src/api/deps.ts'
import { rememberPeriodPeers, rememberSavingPeers } from '../../src/api/peer-homes.ts'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import { householdOf, type Onboarding } from '../../src/energy/household.ts'
import { featuresOf } from '../../src/energy/similar-homes.ts'
import {
  type Account,
  type ClientId,
  createClient,
  type Database,
  deleteAccount,
  type PeerHome,
  registerAccount,
  replacePeerHomes,
} from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
let machineNow = now
const engine = pgliteEngine()
let db: Database
let deps: ApiDeps
let remove: () => Promise<void>
let client: ClientId
let numbers = 0

beforeAll(async () => {
  ;({ db, remove } = await openTestDatabase(engine))
  deps = { db, clock: () => now, machineClock: () => machineNow } as ApiDeps
  const created = await createClient(db, { id: 'retailer', secretHash: 'hash', companies: ['ACME'], now })
  if (created === undefined) throw new Error('the client exists')
  client = created.id
})
afterAll(async () => {
  await remove?.()
  await engine.stop()
})

async function newAccount(onboarding: Onboarding | null): Promise<Account> {
  const number = String(++numbers).padStart(8, '0')
  const pod = `IT001E${number}`
  const registration = { pod, podKey: pod, accountNumber: number, companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  const registered = await registerAccount(db, client, registration)
  if (registered.outcome !== 'created') throw new Error(registered.outcome)
  return { ...registered.account, onboarding }
}

const apartment = { house: { type: 'apartment', dimesion: 70, province: 'MI' }, residents: { adults: 2 } } as const

/** Ten accounts like `apartment`, and their homes, each measured for the 28 days. */
async function tenPeers(): Promise<{ accounts: Account[]; homes: PeerHome[] }> {
  const features = featuresOf(householdOf(apartment))
  if (features === null) throw new Error('the profile is incomplete')
  const elapsedS = 28 * 86_400
  const use = { elapsedS, measuredS: elapsedS, totalWh: 100_000, appliances: {} }
  const accounts = await Promise.all(Array.from({ length: 10 }, () => newAccount(apartment)))
  accounts.sort((a, b) => (a.id < b.id ? -1 : 1))
  return { accounts, homes: accounts.map(({ id, podKey }) => ({ accountId: id, podKey, features, use })) }
}

const compute = (homes: readonly PeerHome[]) => replacePeerHomes(db, homes, { now, machineClock: () => now })

const range = { fromOn: '2026-03-09' as CivilDay, toOn: '2026-03-10' as CivilDay }
const selected = { fromAt: Date.parse('2026-03-08T23:00:00Z'), toAt: Date.parse('2026-03-09T23:00:00Z') }

/** The day of the range, analysed. */
async function measure(accounts: readonly Account[], totalWh: number): Promise<void> {
  for (const { id } of accounts)
    await sql`insert into analysed_days (account_id, day, slot_s, elapsed_s, measured_s, total_wh, f1_wh, f2_wh, f3_wh,
        appliance_wh, confidence, model, analysed_at, hours, curve)
      values (${id}, ${range.fromOn}, 60, 86400, 86400, ${totalWh}, 0, 0, 0, '{}', '{}', 'unet', ${now}, '', '')
      on conflict (account_id, day) do update set total_wh = excluded.total_wh`.execute(db.kysely)
}

test('that too few homes are similar is looked up once, until they are computed anew or the home is another', async () => {
  const own = await newAccount(apartment)
  const saving = rememberSavingPeers(deps)
  const period = rememberPeriodPeers(deps)
  const answers = async (account: Account) => [
    await saving.missingOf(account),
    typeof (await saving.groupOf(account)),
    typeof (await period(account, householdOf(account.onboarding), range, selected)),
  ]
  const none = ['not_enough_peers', 'string', 'string']
  await compute([])
  expect(await answers(own)).toEqual(none)
  const { accounts, homes } = await tenPeers()
  await measure(accounts, 4000)
  await compute(homes)
  // As if they had been there before.
  await sql`update counters set value = value - 1 where name = 'peers'`.execute(db.kysely)
  expect(await answers(own)).toEqual(none)
  // One that says what it is like, or what it is like now.
  const silent = { ...own, onboarding: null }
  expect(await answers(silent)).toEqual(['profile_missing', 'string', 'string'])
  const larger = { ...own, onboarding: { ...apartment, residents: { adults: 3 } } }
  expect(await answers(larger)).toEqual([null, 'object', 'object'])
  await compute(homes)
  expect(await answers(own)).toEqual([null, 'object', 'object'])
})

test('a group is seen within a minute of its days, and then as it was, whatever else the home says', async () => {
  const own = await newAccount(apartment)
  const period = rememberPeriodPeers(deps)
  const answer = (account: Account) => period(account, householdOf(account.onboarding), range, selected)
  const { accounts, homes } = await tenPeers()
  await compute(homes)
  expect(await answer(own)).toBe('not_enough_peers')
  await measure(accounts, 4000)
  expect(await answer(own)).toBe('not_enough_peers')
  machineNow += 60_000
  const group = await answer(own)
  expect(group).toMatchObject({ homes: Array.from({ length: 10 }, () => ({ totalWh: 4000 })) })
  await measure(accounts.slice(1), 5000)
  expect(await answer(own)).toBe(group)
  expect(await answer({ ...own, onboarding: { ...apartment, residents: { adults: 1, children: 1 } } })).toBe(group)
  await deleteAccount(db, await newAccount(apartment))
  expect(await answer(own)).toBe(group)
  await deleteAccount(db, accounts[0] as Account)
  expect(await answer(own)).toBe('not_enough_peers')
})
