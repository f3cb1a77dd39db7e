/**
 * The runs that a day tells of: those that start in it, and those of the evening before that go on past what that day saw.
 *
 * A car that charges all night runs in two sessions. The day in which it starts sees three hours of the next, and tells of the
 * run up to the cut; the next day sees both sessions, and tells of all of it. Where the night is cut at midnight, because two days have
 * slots of different lengths, the next day sees three. `wholeRuns` (energy) keeps what the next day tells.
 */
import type { Run } from '../energy/analysis.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { isOneDevice, pausesOfRun } from './heads.ts'
import { goesOn, type Ledger, runAt, type SlotRun } from './ledger.ts'
import { endOf, unmeasuredS } from './session.ts'

/** A run of one session. */
interface Part {
  readonly ledger: Ledger
  readonly run: SlotRun
}

/**
 * The runs of a day, by start.
 * @param ledgers the accounts of the sessions that the day sees, in order: the night's, or, where it was cut at midnight, the evening's
 * and the morning's, and that of the session that begins in the day
 */
export function runsOfDay(day: DayCurve, ledgers: readonly Ledger[]): Run[] {
  const endAt = endOf(day)
  const rests = new Map<SlotRun, Part>()
  for (const [index, ledger] of ledgers.slice(1).entries()) {
    const before = ledgers[index]
    if (before !== undefined) for (const [run, rest] of restsOf(before, ledger)) rests.set(run, { ledger, run: rest })
  }
  const known = new Set([...rests.values()].map(({ run }) => run))
  const whole = ({ ledger, run: part }: Part): Run => {
    const [run, rest] = [runAt(ledger.session, part), rests.get(part)]
    if (rest === undefined) return run
    const { stopAt, energyWh } = whole(rest)
    return { ...run, stopAt, energyWh: run.energyWh + energyWh }
  }
  // What began before the day, and ended where the day before saw it end, that day tells of.
  const isTold = (run: SlotRun, startAt: number) => startAt < endAt && (startAt >= day.startAt || rests.has(run))
  return ledgers
    .flatMap((ledger) => ledger.runs.map((run): Part => ({ ledger, run })))
    .filter(({ ledger, run }) => !known.has(run) && isTold(run, runAt(ledger.session, run).startAt))
    .map(whole)
    .sort((a, b) => a.startAt - b.startAt)
}

/** Of the runs that end at the cut between two sessions, those that go on after it, each with its rest. */
function restsOf(before: Ledger, own: Ledger): Map<SlotRun, SlotRun> {
  const rests = new Map<SlotRun, SlotRun>()
  if (endOf(before.session) !== own.session.startAt) return rests
  for (const first of own.runs) {
    const isFirst = own.runs.find((run) => isOneDevice(run, first)) === first
    const last = before.runs.findLast((run) => isOneDevice(run, first))
    if (!isFirst || last === undefined) continue
    const pauses = pausesOfRun(last, before.session.slotS)
    const mostS = Math.max(pauses.pauseS, pausesOfRun(first, own.session.slotS).pauseS)
    const betweenS = (before.session.powerW.length - last.stop) * before.session.slotS + first.start * own.session.slotS
    const unseenS = unmeasuredS(before.session, last.stop) + unmeasuredS(own.session, 0, first.start)
    // What begins with a night's session may itself be the rest of an earlier run, which this day does not see.
    const sinceS = last.start * before.session.slotS
    const isRest = before.session.midnight > 0 && goesOn(sinceS, unmeasuredS(before.session, 0, last.start), pauses)
    if (goesOn(betweenS, unseenS, { ...pauses, pauseS: mostS }) && !isRest) rests.set(last, first)
  }
  return rests
}
