/** Commands that work on the database of this machine: opened for them, closed after them. */
import {
  closeDatabase,
  type Database,
  DatabaseUnusableError,
  DataDirLockedError,
  DataDirVersionError,
  diskFull,
  MigrationError,
  openDatabase,
} from '../../store/index.ts'
import { type Configuration, readConfiguration } from '../configuration.ts'
import { CommandRefusal, say } from '../terminal.ts'

/**
 * Opens the configured database. An embedded one that is lost later ends the process, with what to do: nothing can be finished
 * without it, and whoever watches the process starts another.
 * @throws {CommandRefusal} with what to do where it cannot be used
 */
export async function openConfiguredDatabase(configuration: Configuration): Promise<Database> {
  const { databaseUrl, dataDir } = configuration
  try {
    const onLost = (error: Error) => {
      say(`loadlens: ${sentencesOf(error, configuration) ?? error.message}`)
      process.exit(1)
    }
    return await openDatabase({ dataDir, onLost, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  } catch (error) {
    const sentences = error instanceof Error ? sentencesOf(error, configuration) : undefined
    throw sentences === undefined ? error : new CommandRefusal(sentences)
  }
}

function sentencesOf(error: Error, { databaseUrl, dataDir }: Configuration): string | undefined {
  const lost = databaseUrl === undefined ? undefined : lostConnectionOf(error)
  if (lost !== undefined)
    return `The database server of DATABASE_URL cannot be used: ${lost}. Set DATABASE_URL to a PostgreSQL server that runs.`
  const said = error.message.replace(/\.?$/, '.')
  if (error instanceof DataDirLockedError) return `${said} With DATABASE_URL they share a PostgreSQL server.`
  if (error instanceof DatabaseUnusableError) return `${said} Set DATABASE_URL to a PostgreSQL server that runs.`
  if (error instanceof DataDirVersionError) return `${said} Set LOADLENS_DATA_DIR to another folder.`
  if (error instanceof MigrationError) return `${said} It is as it was.`
  const isOfFolder = error.name === 'PgliteError' || 'syscall' in error
  if (databaseUrl !== undefined || !isOfFolder) return undefined
  const isFull = 'code' in error && error.code === diskFull
  const advice = isFull ? 'Make room on its disk.' : 'Set LOADLENS_DATA_DIR to another folder that can be written.'
  return `The embedded database in ${dataDir} cannot be used: ${said} ${advice}`
}

/** PostgreSQL's classes of connections that fail (08) and of operators that end them (57P). */
const connectionCode = /^(08|57P)/
/** What `pg` says, without a code, of a connection that the server has closed. */
const connectionClosed = /^(Connection terminated|Client has encountered a connection error)/

/** What the network or the server said when a connection to it was lost, where an error comes from that. */
function lostConnectionOf(error: Error): string | undefined {
  const { code, cause, message } = error as Error & { readonly code?: unknown }
  const isLost = 'syscall' in error || connectionCode.test(String(code)) || connectionClosed.test(message)
  if (isLost) return message.replace(/\.$/, '')
  return cause instanceof Error ? lostConnectionOf(cause) : undefined
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
