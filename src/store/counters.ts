/** Versions that tell a cache when what it remembers is out of date. */
import { sql } from 'kysely'
import type { StoreTransaction } from './transaction.ts'

/** Raises a counter by one, from 0 where it is new. */
export async function bumpCounter(transaction: StoreTransaction, name: 'peers' | 'devices' | 'grid'): Promise<void> {
  await transaction
    .insertInto('counters')
    .values({ name, value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql`counters.value + 1` }))
    .execute()
}
