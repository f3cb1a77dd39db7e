/** Transactions that survive what two servers on one database do to each other. */
import type { Transaction } from 'kysely'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

export type StoreTransaction = Transaction<Schema>

/** SQLSTATE of a deadlock and of a failed serialisation: PostgreSQL undid the transaction, and it may simply run again. */
const repeatable: ReadonlySet<unknown> = new Set(['40P01', '40001'])
const attemptsMax = 4

/** Runs `work` in one transaction, again from the start where PostgreSQL asks for it. `work` must not act outside. */
export async function inTransaction<T>(db: Database, work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.kysely.transaction().execute(work)
    } catch (error) {
      if (attempt === attemptsMax || !repeatable.has((error as { code?: unknown }).code)) throw error
    }
  }
}
