/** Analyses what waits for it, with a progress bar: what a command does once it has changed the store. */
import type { Clock } from '../../energy/civil-time.ts'
import { type Account, type Database, pendingDays, pendingDaysOfAll } from '../../store/index.ts'
import { analyseEverything } from '../analysis-loop.ts'
import type { Configuration } from '../configuration.ts'
import { say, startProgress } from '../terminal.ts'
import { startWorkerPool } from '../workers/pool.ts'

/**
 * Analyses every day that is due; one that cannot be analysed is named and left to a server.
 * @param clock the one by which the days were marked
 * @param account whose days the bar counts; all homes' where absent
 */
export async function analysePending(
  db: Database,
  configuration: Configuration,
  clock: Clock,
  account?: Account,
): Promise<void> {
  const due = account === undefined ? await pendingDaysOfAll(db, clock()) : await pendingDays(db, account, clock())
  if (due === 0) return
  const pool = await startWorkerPool(configuration.workers, configuration.fourOctober)
  const progress = startProgress('Analysing', due, 'days')
  const onError = (error: unknown) => say(`${String(error)} (a server tries again)`)
  try {
    await analyseEverything({ db, pool, clock, onError }, progress.advance)
  } finally {
    progress.stop()
    await pool.close()
  }
}
