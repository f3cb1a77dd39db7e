/** Versions that tell a cache when what it remembers is out of date. */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { StoreTransaction } from './transaction.ts'

type CounterName = 'peers' | 'devices' | 'grid'

/** Raises a counter by one, from 0 where it is new. */
export async function bumpCounter(transaction: StoreTransaction, name: CounterName): Promise<void> {
  await transaction
    .insertInto('counters')
    .values({ name, value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql`counters.value + 1` }))
    .execute()
}

/** What a counter stands at; 0 where it is new. */
export async function counterValue(db: Database, name: CounterName): Promise<number> {
  const row = await db.kysely.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value ?? 0
}
