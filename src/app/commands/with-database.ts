/** Commands that work on the database of this machine: opened for them, closed after them. */
import {
  closeDatabase,
  type Database,
  DatabaseUnusableError,
  DataDirLockedError,
  DataDirVersionError,
  MigrationError,
  openDatabase,
} from '../../store/index.ts'
import { type Configuration, readConfiguration } from '../configuration.ts'
import { CommandRefusal } from '../terminal.ts'

/** Opens the configured database. @throws {CommandRefusal} with what to do where it cannot be used */
export async function openConfiguredDatabase({ databaseUrl, dataDir }: Configuration): Promise<Database> {
  try {
    return await openDatabase({ dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  } catch (error) {
    const sentences = error instanceof Error ? sentencesOf(error, dataDir) : undefined
    throw sentences === undefined ? error : new CommandRefusal(sentences)
  }
}

function sentencesOf(error: Error, dataDir: string): string | undefined {
  const said = error.message.replace(/\.?$/, '.')
  if (error instanceof DataDirLockedError) return `${said} With DATABASE_URL they share a PostgreSQL server.`
  if (error instanceof DatabaseUnusableError) return `${said} Set DATABASE_URL to a PostgreSQL server that runs.`
  if (error instanceof DataDirVersionError) return `${said} Set LOADLENS_DATA_DIR to another folder.`
  if (error instanceof MigrationError) return `${said} It is as it was.`
  const isOfFolder = error.name === 'PgliteError' || 'syscall' in error
  if (!isOfFolder) return undefined
  return `The embedded database in ${dataDir} cannot be used: ${said} Set LOADLENS_DATA_DIR to another folder that can be written.`
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
