/** Clocks of servers on one database, and one of them that was ahead: what it wrote down lies in the future of the others. */
import { type EpochMs, hourMs } from '../energy/civil-time.ts'

/** Clocks of servers agree within this: what lies further ahead of now, a clock that was ahead wrote [ms]. */
export const clocksAgreeMs = hourMs

/** Whether a clock that was ahead wrote down an instant as its now. */
export function isAhead(at: EpochMs, now: EpochMs): boolean {
  return at > now + clocksAgreeMs
}
