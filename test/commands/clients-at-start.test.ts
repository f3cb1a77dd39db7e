/** The clients that `LOADLENS_CLIENTS` makes when a server starts. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { sql } from 'kysely'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { closeDatabase, createClient, openDatabase, registerAccount, revokeClient } from '../../src/store/index.ts'
import { printed, startCommand } from '../support/command.ts'
import { pgliteEngine, type TestDatabase } from '../support/databases.ts'

const timeout = 240_000
let place: TestDatabase
let server: ChildProcess | undefined

beforeAll(async () => {
  place = await pgliteEngine().create()
  const db = await openDatabase(place)
  const client = await createClient(db, { id: 'app', secretHash: 'x', companies: ['ACME'], now: 0 })
  if (client === undefined) throw new Error('the client exists')
  await registerAccount(db, client.id, {
    pod: 'IT001E00000001',
    podKey: 'IT001E00000001',
    accountNumber: '1',
    companyCode: 'ACME',
    timeZone: 'Europe/Rome',
    now: 0,
  })
  await revokeClient(db, 'app', 1)
  await closeDatabase(db)
  return () => place.remove()
}, timeout)

afterEach(async () => {
  if (server === undefined || server.exitCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'close')
})

function startServing(): { readonly child: ChildProcess; readonly closed: Promise<number | null> } {
  const child = startCommand(['serve'], {
    LOADLENS_DATA_DIR: place.dataDir,
    LOADLENS_PORT: '0',
    LOADLENS_WORKERS: '1',
    LOADLENS_CLIENTS: 'app:a-secret-of-no-worth:ACME',
  })
  server = child
  return { child, closed: new Promise((resolve) => child.once('close', resolve)) }
}

test('a revoked one stays revoked, and the log says what to do, what another id does not reach, and that its secret is short', {
  timeout,
}, async () => {
  const { child, closed } = startServing()
  const warned = printed(child, /"msg":"(The client app of LOADLENS_CLIENTS is revoked [^"]*)"/)
  const short = printed(child, /"msg":"(The secret of the client app in LOADLENS_CLIENTS [^"]*)"/)
  const [baseUrl = ''] = await printed(child, /http:\/\/127\.0\.0\.1:\d+/)
  const answer = await fetch(`${baseUrl}/auth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('app:a-secret-of-no-worth').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([401, 'invalid_client'])
  expect((await short)[1]).toContain('at least 22 random characters')
  expect((await warned)[1]).toContain('choose another id, which does not reach the accounts of app (1).')
  child.kill('SIGTERM')
  expect(await closed).toBe(0)
})

test('where they cannot be made the server ends, with an exit code', { timeout }, async () => {
  const db = await openDatabase(place)
  await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''no room''; end'`.execute(
    db.kysely,
  )
  await sql`create trigger refused before insert or update on clients execute function refuse()`.execute(db.kysely)
  await closeDatabase(db)
  const { child, closed } = startServing()
  let said = ''
  child.stderr?.on('data', (bytes) => (said += bytes))
  expect(await closed).toBe(70)
  expect(said).toContain('no room')
})
