/** Commands whose database refuses what they write in the middle of their work: they say so, and end. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, createClient, openDatabase, registerAccount } from '../../src/store/index.ts'
import { runCommand } from '../support/command.ts'
import { putFreshDatabase } from '../support/databases.ts'

let folder: string
/** Where the database lies; the demo's lies in a folder `demo` of its own. */
let dataDir: string

/** Each command opens a database. */
const patienceMs = 240_000

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-refusing-'))
  dataDir = join(folder, 'demo')
  await putFreshDatabase(dataDir)
  const db = await openDatabase({ dataDir })
  const client = await createClient(db, { id: 'my-app', companies: ['ACME'], secretHash: 'none', now: 0 })
  if (client === undefined) throw new Error('the client is there already')
  const pod = 'IT001E12345678'
  const home = { pod, podKey: pod, accountNumber: '1', companyCode: 'ACME', timeZone: 'Europe/Rome', now: 0 }
  await registerAccount(db, client.id, home)
  await sql`create function refuse() returns trigger language plpgsql as ${sql.raw(
    "'begin raise exception ''nothing is taken''; end'",
  )}`.execute(db.kysely)
  for (const table of ['reading_days', 'recent_readings', 'grid_hours'])
    await sql`create trigger refuse before insert on ${sql.table(table)} for each row execute function refuse()`.execute(
      db.kysely,
    )
  await closeDatabase(db)
}, patienceMs)
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test.each([
  ['import', ['--client', 'my-app', '--account', '1'], 'at,power_w\n2015-01-20T00:00:00Z,5\n'],
  ['grid import', [], 'utc,renewable_fraction\n2023-06-01T10:00Z,0.41\n'],
  ['demo', [], undefined],
] as const)('%s says what the database said, and ends', { timeout: patienceMs }, async (command, options, content) => {
  const file = join(folder, `${command}.csv`)
  if (content !== undefined) await writeFile(file, content)
  const { exitCode, stderr } = await runCommand(
    [...command.split(' '), ...(content === undefined ? [] : [file]), ...options],
    {
      LOADLENS_DATA_DIR: command === 'demo' ? folder : dataDir,
      LOADLENS_CLOCK_START: '2015-02-01T09:00:00Z',
      LOADLENS_PORT: '0',
    },
  )
  expect([exitCode, stderr]).toEqual([70, expect.stringContaining('nothing is taken')])
})
