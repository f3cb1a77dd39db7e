/**
 * Accounts: one supply of one household under one client. The only way to an `Account` is through the client that owns
 * it, and every function that touches a home takes an `Account`: that is what keeps clients apart.
 */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { type CivilDay, dayInterval, type EpochMs, type Interval, type TimeZone } from '../energy/civil-time.ts'
import type { Onboarding } from '../energy/household.ts'
import { bumpCounter } from './counters.ts'
import type { Database } from './database.ts'
import type { AccountId, ClientId } from './ids.ts'
import type { AccountsTable } from './schema.ts'
import { markClosure, markEveryDayStale } from './stale-days/mark.ts'
import { inTransaction, type StoreTransaction } from './transaction.ts'

declare const ofTheStore: unique symbol

/** A home that its client has been shown to own. Made by the store alone. */
export interface Account {
  readonly [ofTheStore]: true
  readonly id: AccountId
  readonly clientId: ClientId
  readonly accountNumber: string
  readonly pod: string
  readonly podKey: string
  readonly companyCode: string
  readonly timeZone: TimeZone
  readonly openedAt: EpochMs
  /** First local day of which rows that name the POD are the account's; `null` where no account of the client is known to have had it before. */
  readonly podFrom: CivilDay | null
  /** First local day without supply, which may lie ahead; `null` while no end is known. */
  readonly closedOn: CivilDay | null
  readonly onboarding: Onboarding | null
  /** When `onboarding` was said. */
  readonly onboardedAt: EpochMs | null
}

/** What writing the readings of an account needs of it. */
export type Home = Pick<Account, typeof ofTheStore | 'id' | 'timeZone' | 'closedOn'>

export interface Registration {
  readonly pod: string
  /** What makes two spellings of a POD one. */
  readonly podKey: string
  readonly accountNumber: string
  readonly companyCode: string
  readonly timeZone: TimeZone
  readonly now: EpochMs
}

export type RegistrationOutcome =
  | { readonly outcome: 'created' | 'unchanged'; readonly account: Account }
  | { readonly outcome: 'conflict'; readonly reason: 'account_exists' | 'pod_in_use' }

/** The account was deleted between being found and being written to. */
export class AccountGoneError extends Error {
  override readonly name = 'AccountGoneError'

  constructor() {
    super('The account no longer exists.')
  }
}

/** The supply ends on another day than it did when the account was found. */
export class ClosureMovedError extends Error {
  override readonly name = 'ClosureMovedError'
  /** As it stands now. */
  readonly account: Account

  constructor(account: Account) {
    super('The end of the supply has moved.')
    this.account = account
  }
}

/** When the supply ends: the account is open until then. `null` while no end is known. */
export function closedAtOf({ closedOn, timeZone }: Pick<Account, 'closedOn' | 'timeZone'>): EpochMs | null {
  return closedOn === null ? null : dayInterval(closedOn, timeZone).fromAt
}

/** When an account has its POD. No two accounts of one client have a POD at one time. */
export function podTimeOf(account: Pick<Account, 'podFrom' | 'closedOn' | 'timeZone'>): Interval {
  const { podFrom, timeZone } = account
  return {
    fromAt: podFrom === null ? Number.NEGATIVE_INFINITY : dayInterval(podFrom, timeZone).fromAt,
    toAt: closedAtOf(account) ?? Number.POSITIVE_INFINITY,
  }
}

/** Whether an account is open, of rows of `accounts`: `closedAtOf` in SQL. */
export function isOpenAt(now: EpochMs): RawBuilder<boolean> {
  const today = sql`(to_timestamp(${now}::double precision / 1000) at time zone accounts.time_zone)::date`
  return sql`(accounts.closed_on is null or accounts.closed_on > ${today})`
}

/**
 * Registers a supply. The same registration again is `unchanged`; the same number with another POD or company, and a
 * POD that another account of the client without an end has, are conflicts. Where an end is announced, the next tenant may be
 * registered ahead. The account has the POD from the last end of the others on.
 */
export async function registerAccount(
  db: Database,
  clientId: ClientId,
  registration: Registration,
): Promise<RegistrationOutcome> {
  const created = await inTransaction(db, async (transaction) => {
    await lockPod(transaction, clientId, registration.podKey)
    return await insertAccount(transaction, clientId, registration)
  })
  if (created !== undefined) return { outcome: 'created', account: created }
  const existing = await findAccount(db, clientId, registration.accountNumber)
  if (existing === undefined) return { outcome: 'conflict', reason: 'pod_in_use' }
  const same = existing.podKey === registration.podKey && existing.companyCode === registration.companyCode
  return same ? { outcome: 'unchanged', account: existing } : { outcome: 'conflict', reason: 'account_exists' }
}

/** The client's account of that number. */
export async function findAccount(
  db: Database,
  clientId: ClientId,
  accountNumber: string,
): Promise<Account | undefined> {
  const row = await db.kysely
    .selectFrom('accounts')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('account_number', '=', accountNumber)
    .executeTakeFirst()
  return row && accountOf(row)
}

/** The client's accounts that have or had a POD, by their ends: the one that has it now, or had it last, comes last. */
export async function findAccountsOfPod(db: Database, clientId: ClientId, podKey: string): Promise<Account[]> {
  const rows = await db.kysely
    .selectFrom('accounts')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('pod_key', '=', podKey)
    .orderBy('closed_on', (order) => order.asc().nullsLast())
    .orderBy('pod_from', (order) => order.desc().nullsLast())
    .orderBy('id')
    .execute()
  return rows.map(accountOf)
}

/** The client's accounts by number, at most `limit`, those after the number `after`. */
export async function listAccounts(
  db: Database,
  clientId: ClientId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<Account[]> {
  const rows = await db.kysely
    .selectFrom('accounts')
    .selectAll()
    .where('client_id', '=', clientId)
    .$if(after !== undefined, (query) => query.where('account_number', '>', after ?? ''))
    .orderBy('account_number')
    .limit(limit)
    .execute()
  return rows.map(accountOf)
}

/**
 * Ends the supply: `on` is the first local day without it. The POD is free again, the history stays. A closure may be
 * corrected; to a later day only while no other account of the client has had the POD since. Where it is moved to an
 * earlier one, the account after it has the POD from that day on. The days at which a power ends with it, or did, are
 * analysed anew.
 * @returns `undefined` where another account has it
 * @throws {AccountGoneError} where the account was deleted meanwhile
 */
export async function closeAccount(
  db: Database,
  account: Account,
  on: CivilDay,
  now: EpochMs,
): Promise<Account | undefined> {
  return await inTransaction(db, async (transaction) => {
    await lockPod(transaction, account.clientId, account.podKey)
    const all = await transaction
      .selectFrom('accounts')
      .selectAll()
      .where('client_id', '=', account.clientId)
      .where('pod_key', '=', account.podKey)
      .orderBy('id')
      // Days of it are being saved meanwhile, which refer to it and hold marks that this is about to write.
      .forNoKeyUpdate()
      .execute()
    const current = all.find(({ id }) => id === account.id)
    if (current === undefined) throw new AccountGoneError()
    const { closed_on: closedOn } = current
    const others = all.filter((one) => one !== current)
    if (closedOn !== null && on > closedOn && others.some((one) => (one.closed_on ?? on) > closedOn)) return undefined
    await transaction.updateTable('accounts').set({ closed_on: on }).where('id', '=', account.id).execute()
    if (closedOn !== null && on !== closedOn) await followClosure(transaction, current, others, on)
    await markClosure(transaction, account, [on, closedOn ?? on], now)
    return accountOf({ ...current, closed_on: on })
  })
}

/** Whoever has the POD from the day on which a supply ended has it from an earlier end on, or from the last of the others. */
async function followClosure(
  transaction: StoreTransaction,
  { closed_on: closedOn, pod_from: podFrom }: Selectable<AccountsTable>,
  others: readonly Selectable<AccountsTable>[],
  on: CivilDay,
): Promise<void> {
  for (const next of others.filter((one) => one.pod_from === closedOn)) {
    const ends = others.filter((one) => one !== next).map((one) => one.closed_on)
    const before = [podFrom, on, ...ends].filter(
      (day) => day !== null && closedOn !== null && (day <= closedOn || day === on),
    )
    await transaction
      .updateTable('accounts')
      .set({ pod_from: before.sort().at(-1) ?? on })
      .where('id', '=', next.id)
      .execute()
  }
}

/**
 * Writers of one account take turns; `no key update` lets rows that refer to the account be written meanwhile.
 * @returns the account as it stands
 * @throws {AccountGoneError} where the account was deleted meanwhile
 */
export async function lockAccount(transaction: StoreTransaction, account: Account): Promise<Account> {
  const row = await transaction
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', account.id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new AccountGoneError()
  return accountOf(row)
}

/** Who decides which account of the client has a POD takes turns with the others, whatever accounts there are. */
async function lockPod(transaction: StoreTransaction, clientId: ClientId, podKey: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${clientId} ${podKey}`}, 0))`.execute(transaction)
}

/** Replaces what the household says of itself; where that is new, every day with readings is to be analysed anew. */
export async function saveOnboarding(
  db: Database,
  account: Account,
  onboarding: Onboarding,
  now: EpochMs,
): Promise<Account> {
  return await inTransaction(db, async (transaction) => {
    const before = await lockAccount(transaction, account)
    await transaction
      .updateTable('accounts')
      .set({ onboarding: JSON.stringify(onboarding), onboarded_at: now })
      .where('id', '=', account.id)
      .execute()
    if (!isDeepStrictEqual(before.onboarding, onboarding)) await markEveryDayStale(transaction, account, now)
    return { ...before, onboarding, onboardedAt: now }
  })
}

/** Erases the home: readings, days, runs, its share in comparisons. `false` where it was gone already. */
export async function deleteAccount(db: Database, account: Account): Promise<boolean> {
  return await inTransaction(db, async (transaction) => {
    // Held before its rows, as by whoever writes peers.
    await transaction.selectFrom('accounts').select('id').where('id', '=', account.id).forUpdate().execute()
    const peers = await transaction
      .deleteFrom('peer_homes')
      .where('account_id', '=', account.id)
      .executeTakeFirstOrThrow()
    const { numDeletedRows } = await transaction
      .deleteFrom('accounts')
      .where('id', '=', account.id)
      .executeTakeFirstOrThrow()
    // Only where groups change: who deletes an account that is in none looks at no group anew.
    if (peers.numDeletedRows > 0n) await bumpCounter(transaction, 'peers')
    return numDeletedRows > 0n
  })
}

/** The account of a row. For the store's own use: handing one out is what grants access. */
export function accountOf(row: Selectable<AccountsTable>): Account {
  return {
    id: row.id,
    clientId: row.client_id,
    accountNumber: row.account_number,
    pod: row.pod,
    podKey: row.pod_key,
    companyCode: row.company_code,
    timeZone: row.time_zone,
    openedAt: row.opened_at,
    podFrom: row.pod_from,
    closedOn: row.closed_on,
    onboarding: row.onboarding,
    onboardedAt: row.onboarded_at,
  } as Account
}

/** The home of a row; for the store's own use, as `accountOf`. */
export function homeOf(row: Pick<Selectable<AccountsTable>, 'id' | 'time_zone' | 'closed_on'>): Home {
  return { id: row.id, timeZone: row.time_zone, closedOn: row.closed_on } as Home
}

/** `undefined` where the number is taken, or another account without an end has the POD. */
async function insertAccount(
  transaction: StoreTransaction,
  clientId: ClientId,
  one: Registration,
): Promise<Account | undefined> {
  const row = await transaction
    .insertInto('accounts')
    .values({
      id: randomUUID() as string as AccountId,
      client_id: clientId,
      account_number: one.accountNumber,
      pod: one.pod,
      pod_key: one.podKey,
      company_code: one.companyCode,
      time_zone: one.timeZone,
      opened_at: one.now,
      // Also of a supply that ended before it began: what was before it is not this one's.
      pod_from: sql`(select max(greatest(pod_from, closed_on)) from accounts where client_id = ${clientId} and pod_key = ${one.podKey})`,
      closed_on: null,
      onboarding: null,
      onboarded_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && accountOf(row)
}
