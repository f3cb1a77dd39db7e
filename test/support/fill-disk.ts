/**
 * A process on an embedded database whose disk fills up: PostgreSQL has written its log to the end of the last file when there is no
 * room for the next. The minutes between two looks at the database pass quickly here.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openConfiguredDatabase } from '../../src/app/commands/with-database.ts'
import { readConfiguration } from '../../src/app/configuration.ts'

const { setInterval } = globalThis
globalThis.setInterval = ((work: () => void, ms: number) => setInterval(work, ms / 100)) as typeof setInterval

const configuration = readConfiguration(process.env)
const { kysely } = await openConfiguredDatabase(configuration)
await sql`create table counts as select 0 as count`.execute(kysely)
fill(join(configuration.dataDir, 'filler'))
// A message that finds no room is refused; a change of a row that finds none holds the thread up.
for (;;) {
  await sql`select pg_logical_emit_message(false, 'filler', repeat('x', 1000000))`
    .execute(kysely)
    .catch(() => undefined)
  await sql`update counts set count = count + 1`.execute(kysely).catch(() => undefined)
}

/** Writes until there is no room. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(65_536))
  } catch {
    closeSync(file)
  }
}
