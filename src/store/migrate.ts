/** Brings a database to the newest schema. Several servers may start at once: Kysely's migrator takes a lock. */
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { migrations } from './migrations/index.ts'

/** The database was written by a newer Loadlens, or a migration failed; the message says which. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/**
 * Runs what has not been run, all in one transaction.
 * @throws {MigrationError} and leaves the database as it was.
 */
export async function migrateToLatest<S>(kysely: Kysely<S>): Promise<void> {
  const provider = { getMigrations: async () => asKyselyMigrations() }
  const { error, results } = await new Migrator({ db: kysely, provider }).migrateToLatest()
  if (error === undefined) return
  const failed = results?.find((result) => result.status === 'Error')?.migrationName
  const cause = error instanceof Error ? error.message : String(error)
  throw new MigrationError(
    failed === undefined ? sentenceOf(cause) : `The database could not be brought to version ${failed}: ${cause}`,
    { cause: error },
  )
}

/** What Kysely calls corrupted where the database has a migration that is not among these, named as ours are. */
const unknownMigration = /previously executed migration (\d{4}-.+) is missing$/

function sentenceOf(cause: string): string {
  const unknown = cause.match(unknownMigration)?.[1]
  return unknown === undefined
    ? `This database is not one this version of Loadlens can use: ${cause}`
    : `This database was written by a newer Loadlens (it has ${unknown}). Install that version again, or take a backup from before.`
}

function asKyselyMigrations(): Record<string, Migration> {
  return Object.fromEntries(Object.entries(migrations).map(([name, statements]) => [name, migrationOf(statements)]))
}

function migrationOf(statements: readonly string[]): Migration {
  return {
    up: async (db) => {
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
