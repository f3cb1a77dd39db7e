/** Analyses what waits for it, with a progress bar: what a command does once it has changed the store. */
import type { Clock } from '../../energy/civil-time.ts'
import { type Account, type Database, pendingDays, pendingDaysOfAll } from '../../store/index.ts'
import { analyseEverything } from '../analysis-loop.ts'
import type { Configuration } from '../configuration.ts'
import { CommandRefusal, say, withProgress } from '../terminal.ts'
import { startWorkerPool } from '../workers/pool.ts'

/**
 * Analyses every day that is due, and waits for those that another process analyses; one that cannot be analysed is named and
 * left to a server. SIGINT and SIGTERM stop it after what is under way; a second one ends the process at once.
 * @param clock the one by which the days were marked
 * @param account whose days the bar counts; all homes' where absent
 * @throws {CommandRefusal} with the exit code of the signal where it was stopped before the end
 */
export async function analysePending(
  db: Database,
  configuration: Configuration,
  clock: Clock,
  account?: Account,
): Promise<void> {
  const countPending = () => (account === undefined ? pendingDaysOfAll(db, clock()) : pendingDays(db, account, clock()))
  const due = await countPending()
  if (due === 0) return
  const pool = await startWorkerPool(configuration.workers, configuration.fourOctober)
  const onError = (error: unknown) => say(`${String(error)} (a server tries again)`)
  const onHeld = (days: number) =>
    say(`${days} days are claimed by another process: waiting until it has analysed them, or its claim runs out.`)
  const stopping = stoppedBySignals()
  try {
    await withProgress('Analysing', due, 'days', (advance) =>
      analyseEverything({ db, pool, clock, onError }, advance, { signal: stopping.signal, onHeld }),
    )
  } finally {
    stopping.forget()
    await pool.close()
  }
  const left = stopping.signal.aborted ? await countPending() : 0
  if (left === 0) return
  throw new CommandRefusal(
    `Stopped; ${left} days are not analysed yet. Run the command again, or start a server.`,
    stopping.exitCode(),
  )
}

/** A signal that SIGINT and SIGTERM abort, the first of them alone, with the exit code that stands for it. */
function stoppedBySignals(): { readonly signal: AbortSignal; exitCode(): number; forget(): void } {
  const stopping = new AbortController()
  let exitCode = 0
  const forget = () => {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  const stop = (_name: NodeJS.Signals, number: number) => {
    forget()
    exitCode = 128 + number
    say('Finishing what is under way …')
    stopping.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return { signal: stopping.signal, exitCode: () => exitCode, forget }
}
