/**
 * Kysely's PostgreSQL dialect over the PGlite thread. PGlite is one session, so the adapter says that there is a single
 * connection, and Kysely gives it to one transaction or query at a time: concurrent transactions wait, they never mix.
 */
import {
  AbortedTransactionError,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PGliteAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { PgliteClient } from './pglite-client.ts'
import { type Housekeeping, housekeepingOf } from './pglite-housekeeping.ts'

/** The dialect for an opened embedded database; destroying Kysely closes it. */
export function pgliteDialect(client: PgliteClient): Dialect {
  return {
    createAdapter: () => new PGliteAdapter(),
    createDriver: () => new PgliteDriver(client),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class PgliteDriver implements Driver {
  readonly #client: PgliteClient
  readonly #connection: PgliteConnection
  readonly #housekeeping: Housekeeping

  constructor(client: PgliteClient) {
    this.#client = client
    this.#housekeeping = housekeepingOf(client)
    this.#connection = new PgliteConnection(client, this.#housekeeping)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    this.#connection.begin()
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.commit()
  }

  async rollbackTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {
    await this.#housekeeping.whenDue()
  }

  async destroy(): Promise<void> {
    await this.#client.close()
  }
}

class PgliteConnection implements DatabaseConnection {
  readonly #client: PgliteClient
  readonly #housekeeping: Housekeeping
  #begun: Promise<unknown> = Promise.resolve()

  constructor(client: PgliteClient, housekeeping: Housekeeping) {
    this.#client = client
    this.#housekeeping = housekeeping
  }

  /** Sent, not waited for: requests are answered in order, and a wait here would double the way of short transactions. */
  begin(): void {
    this.#begun = this.#client.query('begin', [])
    this.#begun.catch(() => undefined)
  }

  /** PostgreSQL answers the commit of a failed transaction with a rollback and no error: never call that committed. */
  async commit(): Promise<void> {
    await this.#begun
    const { command } = await this.#client.query('commit', [])
    if (command === 'ROLLBACK') throw new AbortedTransactionError()
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    this.#housekeeping.note(parameters)
    const { rows, affectedRows } = await this.#client.query(sql, parameters)
    const numAffectedRows = affectedRows === undefined ? {} : { numAffectedRows: BigInt(affectedRows) }
    return { rows: rows as R[], ...numAffectedRows }
  }

  // biome-ignore lint/correctness/useYield: Kysely's interface has it, one session cannot stream beside other queries.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('The embedded database does not stream: read in pages.')
  }
}
