/**
 * The runs that a day tells of: those that start in it, and those of the evening before that go on past what that day saw.
 *
 * A car that charges all night runs in two sessions. The day in which it starts sees three hours of the next, and tells of the
 * run up to the cut; the next day sees both sessions, and tells of all of it. Where the night is cut at midnight, because two days have
 * slots of different lengths, the next day sees three. `wholeRuns` (energy) keeps what the next day tells.
 */
import type { Run } from '../energy/analysis.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { pausesOfAppliance } from './heads.ts'
import { type Ledger, runAt, type SlotRun } from './ledger.ts'
import type { Session } from './session.ts'

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
  const endAt = day.startAt + day.powerW.length * day.slotS * 1000
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
  for (const appliance of new Set(own.runs.map((run) => run.appliance))) {
    const isOwn = (run: SlotRun): boolean => run.appliance === appliance
    const [last, first] = [lastToStop(before.runs.filter(isOwn)), own.runs.find(isOwn)]
    if (last === undefined || first === undefined) continue
    const { pauseS, gapS } = pausesOfAppliance(appliance, before.session.slotS)
    const mostS = Math.max(pauseS, pausesOfAppliance(appliance, own.session.slotS).pauseS)
    const betweenS = (before.session.powerW.length - last.stop) * before.session.slotS + first.start * own.session.slotS
    if (betweenS > mostS + gapS) continue
    const unseenS = unmeasuredS(before.session, last.stop) + unmeasuredS(own.session, 0, first.start)
    const unseenBeforeS = unmeasuredS(before.session, 0, last.start)
    // What begins with a night's session may itself be the rest of an earlier run, which this day does not see.
    const isRest =
      before.session.midnight > 0 && last.start * before.session.slotS - Math.min(unseenBeforeS, gapS) <= pauseS
    if (betweenS - Math.min(unseenS, gapS) <= mostS && !isRest) rests.set(last, first)
  }
  return rests
}

/** Of two devices, the one that started last need not be the one that runs at the cut. */
function lastToStop(runs: readonly SlotRun[]): SlotRun | undefined {
  return runs.reduce<SlotRun | undefined>(
    (last, run) => (last === undefined || run.stop >= last.stop ? run : last),
    undefined,
  )
}

function unmeasuredS({ measured, slotS }: Session, from: number, to = measured.length): number {
  let slots = 0
  for (let slot = from; slot < to; slot++) if (measured[slot] !== 1) slots += 1
  return slots * slotS
}

function endOf({ startAt, powerW, slotS }: Session): number {
  return startAt + powerW.length * slotS * 1000
}
