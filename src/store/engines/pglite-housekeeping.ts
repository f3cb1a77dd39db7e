/**
 * What a PostgreSQL server does by itself and a single PGlite session does not: checkpoints, so that the write-ahead
 * log does not grow without end, and vacuums, so that replaced rows give their space back.
 *
 * Due after a volume of written bytes; one statement after another operation, so that nobody waits for all of it.
 */
import type { PgliteClient } from './pglite-client.ts'

/** Written parameter bytes after which the housekeeping is due. */
const dueAfterBytes = 64 * 1024 * 1024
/** What a statement is taken to write besides its parameters. */
const statementBytes = 1024
/** What a parameter that is neither text nor bytes is taken to write. */
const valueBytes = 8

const round = [
  'vacuum (analyze) recent_readings',
  'vacuum (analyze) stale_days',
  'vacuum (analyze) reading_days',
  'vacuum (analyze) analysed_days',
  'vacuum (analyze) runs',
  'vacuum (analyze) peer_homes',
  'vacuum (analyze) devices',
  'vacuum (analyze) grid_hours',
  'vacuum (analyze) grid_issues',
  'checkpoint',
] as const

export interface Housekeeping {
  /** Counts what a statement may have written. */
  note(parameters: readonly unknown[]): void
  /** Does the next piece of a due round; call it where no transaction is open. Never throws. */
  whenDue(): Promise<void>
}

export function housekeepingOf(client: PgliteClient): Housekeeping {
  let bytes = 0
  let due: string[] = []
  return {
    note: (parameters) => {
      bytes += statementBytes
      for (const one of parameters)
        bytes += typeof one === 'string' || one instanceof Uint8Array ? one.length : valueBytes
      if (bytes < dueAfterBytes) return
      bytes = 0
      due = [...round]
    },
    whenDue: async () => {
      const statement = due.shift()
      // A failed vacuum costs space, not data, and comes round again: it must not fail the operation it follows.
      if (statement !== undefined) await client.query(statement, []).catch(() => undefined)
    },
  }
}
