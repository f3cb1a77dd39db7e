/**
 * Folds rows that are left of days long over into packed days: those of homes that fell silent, that send little, or whose
 * servers start anew before the doors have counted enough. Several servers may do it at once: a home is folded by one of
 * them, and another one finds nothing more of it.
 */
import { type Clock, type EpochMs, hourMs } from '../energy/civil-time.ts'
import { type Database, foldLiveReadings, homesWithRowsBefore } from '../store/index.ts'
import { keepDoing } from './keep-doing.ts'

/** How often a server does it [ms]. */
const foldEveryMs = hourMs
/** Rows of this age are of a day before yesterday, in any time zone [ms]. */
const leftFromMs = 48 * hourMs

interface FoldContext {
  readonly onError: (error: unknown) => void
  readonly isStopped?: () => boolean
}

/** Folds one home after the other. One that fails keeps no other from it. */
export async function foldLeftDays(
  db: Database,
  now: EpochMs,
  { onError, isStopped = () => false }: FoldContext,
): Promise<void> {
  for await (const home of homesWithRowsBefore(db, now - leftFromMs, { isStopped })) {
    if (isStopped()) return
    await foldLiveReadings(db, home, now).catch(onError)
  }
}

/** Folds at once and then hourly. @returns stops it, after the home under way is done */
export function keepDaysFolded(db: Database, clock: Clock, onError: (error: unknown) => void): () => Promise<void> {
  const work = (signal: AbortSignal) => foldLeftDays(db, clock(), { onError, isStopped: () => signal.aborted })
  return keepDoing({ work, everyMs: foldEveryMs, onError })
}
