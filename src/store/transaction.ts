/** Transactions that survive what two servers on one database do to each other. */
import { sql, type Transaction } from 'kysely'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

export type StoreTransaction = Transaction<Schema>

/**
 * SQLSTATE of a deadlock, a failed serialisation and a lock that did not come: PostgreSQL undid the transaction, and it
 * may simply run again.
 */
const repeatable: ReadonlySet<unknown> = new Set(['40P01', '40001', '55P03'])
/** All attempts together outlast the server's patience with a transaction that does nothing (`engines/server-dialect.ts`). */
const attemptsMax = 4
/** How long one attempt waits for a lock, and keeps those who want what it has locked itself [ms]. */
const lockTimeoutMs = 15_000

/**
 * Classes of SQLSTATE that blame what was written: data that cannot be kept, a constraint, a limit of the engine. Every
 * other one (no space, read-only, shut down, cut off, cancelled) is the database's and passes.
 */
const blamesData: ReadonlySet<string> = new Set(['22', '23', '54'])

/** SQLSTATE of a database that is away, full or read-only: connection, resources, operator intervention, read-only transaction, transaction that waited too long. */
const away = /^(08|53|57|25006$|25P03$)/
/** Errors of a network that the database is behind. */
const unreachable = /^(ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|ENOTFOUND$|EAI_)/
/** What `pg` and its pool say, without a code, of a connection that broke or did not come. */
const lostConnection =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/

/** Runs `work` in one transaction, again from the start where PostgreSQL asks for it. `work` must not act outside. */
export async function inTransaction<T>(db: Database, work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transactions.transaction().execute(async (transaction) => {
        // The embedded database has one session: nobody else holds a lock.
        if (db.engine === 'postgresql') await sql.raw(`set local lock_timeout = ${lockTimeoutMs}`).execute(transaction)
        return await work(transaction)
      })
    } catch (error) {
      if (attempt === attemptsMax || !repeatable.has((error as { code?: unknown }).code)) throw error
    }
  }
}

/** Whether something failed because the database does not answer or is held up, so that it may succeed later. */
export function isFaultOfDatabase(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { readonly code?: unknown }
  if (typeof code !== 'string') return lostConnection.test(error.message)
  return repeatable.has(code) || away.test(code) || unreachable.test(code)
}

/** Whether a write failed by what was written, so that it fails again however often it is tried. */
export function isFaultOfData(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && code.length === 5 && blamesData.has(code.slice(0, 2))
}
