/** Kysely's PostgreSQL dialect over a pool of connections to a server. */
import { type Dialect, PostgresDialect } from 'kysely'
import { Pool, types } from 'pg'
import { columnParsers } from './column-types.ts'

/** Connections per process: more do not make a two-core server faster. */
const connectionsMax = 10
/** How long a start or a request waits for a connection [ms]. */
const connectTimeoutMs = 10_000

/** The dialect for a server. `onLostConnection` hears of idle connections that break; the pool replaces them. */
export function serverDialect(databaseUrl: string, onLostConnection: (error: Error) => void): Dialect {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'loadlens',
    types: {
      getTypeParser: (id: number, format?: 'text' | 'binary') =>
        columnParsers[id] ?? types.getTypeParser(id, format ?? 'text'),
    } as typeof types,
  })
  pool.on('error', onLostConnection)
  // The pool hears of idle connections alone. One that breaks in use fails its query, and would end the process besides.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new PostgresDialect({ pool })
}
