/** Kysely's PostgreSQL dialect over a pool of connections to a server. */
import { type Dialect, PostgresDialect } from 'kysely'
import { Pool, types } from 'pg'
import { columnParsers } from './column-types.ts'

/** How long a start or a request waits for a connection [ms]. */
const connectTimeoutMs = 10_000
/** How long a connection is silent before it is tried whether the other side is there [s]. */
const keepAliveAfterS = 30

/**
 * A process that freezes with a transaction open, or is cut off, holds its locks until the server ends its session.
 * Servers wait for that without end, or for hours.
 */
const sessionSettings = {
  idle_in_transaction_session_timeout: '30s',
  tcp_keepalives_idle: String(keepAliveAfterS),
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
}

/**
 * What the address, the role or the database sets stands. By a statement, as poolers refuse connections that name such
 * settings at their start.
 */
const applySettings = `
  select set_config(name, value, false) from pg_settings
  join (values ${Object.entries(sessionSettings).map(([name, value]) => `('${name}', '${value}')`)}) as ours (name, value)
    using (name)
  where source in ('default', 'configuration file', 'command line')`

/** The dialect for a server, with so many connections at most. `onLostConnection` hears of idle connections that break; the pool replaces them. */
export function serverDialect(
  databaseUrl: string,
  connectionsMax: number,
  onLostConnection: (error: Error) => void,
): Dialect {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterS * 1000,
    onConnect: (client) => client.query(applySettings),
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
