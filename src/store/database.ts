/** Opens, migrates, probes and closes the database: PGlite in a folder, or a PostgreSQL server. */
import { Kysely, sql } from 'kysely'
import { pgliteDialect } from './engines/pglite-dialect.ts'
import { openPgliteFolder } from './engines/pglite-folder.ts'
import { serverDialect } from './engines/server-dialect.ts'
import { migrateToLatest } from './migrate.ts'
import { endPeerTurn } from './peers/replace-peer-homes.ts'
import type { Schema } from './schema.ts'
import { returnClaims } from './stale-days/claim.ts'

/** Where the store says what an operator should know; pino fits. */
export interface StoreLog {
  warn(message: string): void
}

/** An open database: the first argument of every function of the store, opaque outside. */
export interface Database {
  /** For single statements. */
  readonly kysely: Kysely<Schema>
  /** For `inTransaction`: on a server with connections of their own, so that writers that wait for a lock leave the readers theirs. */
  readonly transactions: Kysely<Schema>
  readonly engine: 'pglite' | 'postgresql'
}

export interface DatabaseOptions {
  /** `postgres://…` of a server (PostgreSQL 15 or newer); without it the embedded database in `dataDir` is used. */
  readonly databaseUrl?: string | undefined
  /** Folder of the embedded database; created where it is missing. */
  readonly dataDir: string
  readonly log?: StoreLog
  /** Hears of an embedded database that is lost while it is open: it answers nothing any more, and only another process opens it anew. */
  readonly onLost?: (error: Error) => void
}

/** The server cannot be used; the message says why and never contains the address's password. */
export class DatabaseUnusableError extends Error {
  override readonly name = 'DatabaseUnusableError'
}

/**
 * Connections of a process to its server: more do not make a two-core server faster. One client has at most eight bodies of readings
 * written at once (`api/gate.ts`, by default), which leaves transactions for the others.
 */
const connectionsMax = { statements: 6, transactions: 10 }

/** `server_version_num` of the oldest server this schema is tested on. */
const oldestServer = 150_000

/**
 * Opens the database and brings its schema up to date; nothing is claimed in an embedded one after it.
 * @throws {DataDirLockedError} while another process has the folder open.
 * @throws {DatabaseUnusableError} where the server cannot be reached or is too old.
 * @throws {MigrationError} where the database belongs to a newer Loadlens.
 */
export async function openDatabase({ databaseUrl, dataDir, log, onLost }: DatabaseOptions): Promise<Database> {
  const db = databaseUrl === undefined ? await embedded(dataDir, onLost) : onServer(databaseUrl, log)
  try {
    if (db.engine === 'postgresql') await refuseOldServer(db)
    await migrateToLatest(db.kysely)
    // One process at a time has the folder open: whoever claimed something in it is gone.
    if (db.engine === 'pglite') {
      await returnClaims(db)
      await endPeerTurn(db)
    }
    return db
  } catch (error) {
    await closeDatabase(db)
    throw error
  }
}

async function embedded(dataDir: string, onLost: DatabaseOptions['onLost']): Promise<Database> {
  const kysely = new Kysely<Schema>({ dialect: pgliteDialect(await openPgliteFolder(dataDir, onLost)) })
  return { engine: 'pglite', kysely, transactions: kysely }
}

function onServer(databaseUrl: string, log: StoreLog | undefined): Database {
  const pool = (max: number) => new Kysely<Schema>({ dialect: serverDialect(databaseUrl, max, warnOfLoss(log)) })
  return {
    engine: 'postgresql',
    kysely: pool(connectionsMax.statements),
    transactions: pool(connectionsMax.transactions),
  }
}

/** Closes the database; what runs is finished first. A second call does nothing. */
export async function closeDatabase(db: Database): Promise<void> {
  await db.kysely.destroy()
  await db.transactions.destroy()
}

/** Whether the database answers. @throws what the database or the network says where it does not. */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db.kysely)
}

function warnOfLoss(log: StoreLog | undefined): (error: Error) => void {
  return (error) => log?.warn(`A connection to the database was lost: ${error.message}`)
}

async function refuseOldServer(db: Database): Promise<void> {
  const version = await serverVersion(db)
  if (version >= oldestServer) return
  throw new DatabaseUnusableError(
    `Loadlens needs PostgreSQL 15 or newer; this server is ${Math.floor(version / 10_000)}.`,
  )
}

async function serverVersion(db: Database): Promise<number> {
  try {
    const { rows } = await sql<{ server_version_num: string }>`show server_version_num`.execute(db.kysely)
    return Number(rows[0]?.server_version_num)
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new DatabaseUnusableError(`The database server of DATABASE_URL cannot be used: ${cause}`, { cause: error })
  }
}
