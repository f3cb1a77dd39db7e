/** Commands that work on the database of this machine: opened for them, closed after them. */

import { closeDatabase, type Database, DataDirLockedError, openDatabase } from '../../store/index.ts'
import { type Configuration, readConfiguration } from '../configuration.ts'
import { CommandRefusal } from '../terminal.ts'

/** Opens the configured database, or refuses with what to do when another process has it. */
export async function openConfiguredDatabase({ databaseUrl, dataDir }: Configuration): Promise<Database> {
  try {
    return await openDatabase({ dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  } catch (error) {
    if (!(error instanceof DataDirLockedError)) throw error
    throw new CommandRefusal(`${error.message} With DATABASE_URL they share a PostgreSQL server.`)
  }
}

/** Runs `work` on the configured database. */
export async function withDatabase<T>(work: (db: Database, configuration: Configuration) => Promise<T>): Promise<T> {
  const configuration = readConfiguration(process.env)
  const db = await openConfiguredDatabase(configuration)
  try {
    return await work(db, configuration)
  } finally {
    await closeDatabase(db)
  }
}
