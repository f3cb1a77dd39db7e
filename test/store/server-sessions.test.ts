/** What a PostgreSQL server is told, so that a process that freezes or is cut off does not keep the others waiting. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bumpCounter } from '../../src/store/counters.ts'
import { closeDatabase, type Database, openDatabase, pingDatabase } from '../../src/store/index.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { postgresqlEngine, type TestDatabase } from '../support/databases.ts'

const engine = await postgresqlEngine()
afterAll(async () => await engine?.stop())

describe.skipIf(engine === undefined)('a session on a server', () => {
  let place: TestDatabase
  let db: Database

  beforeAll(async () => {
    place = (await engine?.create()) as TestDatabase
    db = await openDatabase(place)
  })
  afterAll(async () => {
    await closeDatabase(db)
    await place.remove()
  })

  async function settingsOf(opened: Database): Promise<Record<string, string>> {
    const { rows } = await sql<{ name: string; value: string }>`
      select name, current_setting(name) as value from pg_settings
      where name = 'idle_in_transaction_session_timeout' or name like 'tcp\\_keepalives\\_%'`.execute(opened.kysely)
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  }

  test('ends where its process leaves a transaction open, or is cut off', async () => {
    expect(await settingsOf(db)).toEqual({
      idle_in_transaction_session_timeout: '30s',
      tcp_keepalives_idle: '30',
      tcp_keepalives_interval: '10',
      tcp_keepalives_count: '3',
    })
  })

  test('keeps the settings that DATABASE_URL names', async () => {
    const url = new URL(place.databaseUrl ?? '')
    url.searchParams.set('options', '-c idle_in_transaction_session_timeout=7s -c tcp_keepalives_idle=77')
    const opened = await openDatabase({ ...place, databaseUrl: url.href })
    const settings = await settingsOf(opened)
    await closeDatabase(opened)
    expect(settings).toMatchObject({
      idle_in_transaction_session_timeout: '7s',
      tcp_keepalives_idle: '77',
      tcp_keepalives_interval: '10',
    })
  })

  test('that waits for a lock leaves connections to those who only read', async () => {
    const holder = await db.kysely.startTransaction().execute()
    await bumpCounter(holder, 'devices')
    const writers = Array.from({ length: 12 }, () => inTransaction(db, (own) => bumpCounter(own, 'devices')))
    const waiting = Promise.race(writers).then(() => 'written')
    try {
      expect(await Promise.race([waiting, pingDatabase(db).then(() => 'answered')])).toBe('answered')
    } finally {
      await holder.rollback().execute()
      await Promise.allSettled(writers)
    }
  })

  test('waits for a lock for a while, and then tries the whole transaction again', async () => {
    const holder = await db.kysely.startTransaction().execute()
    await bumpCounter(holder, 'devices')
    const waits: unknown[] = []
    await inTransaction(db, async (transaction) => {
      const { rows } = await sql`select current_setting('lock_timeout') as wait`.execute(transaction)
      waits.push(...rows)
      if (waits.length === 2) await holder.rollback().execute()
      await sql`set local lock_timeout = '1ms'`.execute(transaction)
      await bumpCounter(transaction, 'devices')
    }).finally(() => (holder.isRolledBack ? undefined : holder.rollback().execute()))
    expect(waits).toEqual([{ wait: '15s' }, { wait: '15s' }])
  })
})
