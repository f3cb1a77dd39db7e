/** OAuth2 clients and the keys that sign their tokens. */
import type { EpochMs } from '../energy/civil-time.ts'
import type { Database } from './database.ts'
import type { ClientId } from './ids.ts'
import { inTransaction } from './transaction.ts'

/** A client as it is checked and listed; the secret itself is never stored. */
export interface Client {
  readonly id: ClientId
  readonly name: string | null
  readonly secretHash: string
  /** Company codes the client may register accounts for. */
  readonly companies: readonly string[]
  readonly createdAt: EpochMs
  /** `null` while the client may ask. */
  readonly revokedAt: EpochMs | null
}

export interface NewClient {
  readonly id: string
  readonly secretHash: string
  readonly companies: readonly string[]
  readonly name?: string | undefined
  readonly now: EpochMs
}

/** A key that signs tokens, as a private JWK. */
export interface SigningKey {
  readonly kid: string
  readonly privateJwk: Readonly<Record<string, unknown>>
  readonly createdAt: EpochMs
}

/** Makes a client; `undefined` where the id is taken. */
export async function createClient(db: Database, client: NewClient): Promise<Client | undefined> {
  const row = await db.kysely
    .insertInto('clients')
    .values(rowOf(client))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && clientOf(row)
}

/** Makes a client, or brings an existing one to this secret and these companies; a revoked one stays revoked. */
export async function putClient(db: Database, client: NewClient): Promise<Client> {
  const { secret_hash, companies, name } = rowOf(client)
  const row = await db.kysely
    .insertInto('clients')
    .values(rowOf(client))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ secret_hash, companies, ...(name === null ? {} : { name }) }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return clientOf(row)
}

/** A client, revoked or not. */
export async function findClient(db: Database, id: string): Promise<Client | undefined> {
  const row = await db.kysely
    .selectFrom('clients')
    .selectAll()
    .where('id', '=', id as ClientId)
    .executeTakeFirst()
  return row && clientOf(row)
}

/** All clients by id, revoked ones included. */
export async function listClients(db: Database): Promise<Client[]> {
  const rows = await db.kysely.selectFrom('clients').selectAll().orderBy('id').execute()
  return rows.map(clientOf)
}

/** Gives a client another secret in place of the one it has; `undefined` where there is none, or a revoked one. */
export async function replaceSecret(db: Database, id: string, secretHash: string): Promise<Client | undefined> {
  const row = await db.kysely
    .updateTable('clients')
    .set({ secret_hash: secretHash })
    .where('id', '=', id as ClientId)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row && clientOf(row)
}

/** How many accounts a client has, closed ones included: no other client reaches them. */
export async function countAccounts(db: Database, id: string): Promise<number> {
  const { count } = await db.kysely
    .selectFrom('accounts')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('client_id', '=', id as ClientId)
    .executeTakeFirstOrThrow()
  return count
}

/** Ends a client's access; `false` where there is none to end. */
export async function revokeClient(db: Database, id: string, now: EpochMs): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('clients')
    .set({ revoked_at: now })
    .where('id', '=', id as ClientId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** The keys that sign or have signed tokens, newest first. */
export async function signingKeys(db: Database): Promise<SigningKey[]> {
  const rows = await db.kysely
    .selectFrom('signing_keys')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('kid')
    .execute()
  return rows.map((row) => ({ kid: row.kid, privateJwk: row.private_jwk, createdAt: row.created_at }))
}

/** Adds a key; one that is there already stays as it is. */
export async function addSigningKey(db: Database, key: SigningKey): Promise<void> {
  await db.kysely
    .insertInto('signing_keys')
    .values(rowOfKey(key))
    .onConflict((conflict) => conflict.column('kid').doNothing())
    .execute()
}

/** Puts a key in the place of all: what those signed is of no worth from then on. */
export async function replaceSigningKeys(db: Database, key: SigningKey): Promise<void> {
  await inTransaction(db, async (transaction) => {
    await transaction.deleteFrom('signing_keys').execute()
    await transaction.insertInto('signing_keys').values(rowOfKey(key)).execute()
  })
}

function rowOfKey({ kid, privateJwk, createdAt }: SigningKey) {
  return { kid, private_jwk: JSON.stringify(privateJwk), created_at: createdAt }
}

function rowOf({ id, name, secretHash, companies, now }: NewClient) {
  return {
    id: id as ClientId,
    name: name ?? null,
    secret_hash: secretHash,
    companies: JSON.stringify(companies),
    created_at: now,
    revoked_at: null,
  }
}

function clientOf(row: {
  id: ClientId
  name: string | null
  secret_hash: string
  companies: string[]
  created_at: EpochMs
  revoked_at: EpochMs | null
}): Client {
  return {
    id: row.id,
    name: row.name,
    secretHash: row.secret_hash,
    companies: row.companies,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }
}
