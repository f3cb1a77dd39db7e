/** The only reader of the machine's clock. */
import type { Clock, EpochMs } from '../energy/civil-time.ts'

/** The machine's clock. */
export const machineClock: Clock = () => Date.now()

/** A clock that shows `startAt` now and runs on from there, for recordings and tests. */
function clockStartingAt(startAt: EpochMs, machine: Clock = machineClock): Clock {
  const offsetMs = startAt - machine()
  return () => machine() + offsetMs
}

/** The clock of the households: the machine's, or one that starts where the settings say. */
export function clockOf({ clockStartAt }: { readonly clockStartAt: EpochMs | undefined }): Clock {
  return clockStartAt === undefined ? machineClock : clockStartingAt(clockStartAt)
}
