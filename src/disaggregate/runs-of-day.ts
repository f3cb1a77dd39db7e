/**
 * The runs that a day tells of: those that start in it, and those of the evening before that go on past the night's cut.
 *
 * A car that charges all night runs in two sessions. The day in which it starts sees three hours of the next, and tells of the
 * run up to the cut; the next day sees both sessions, and tells of all of it. `wholeRuns` (energy) keeps the latter.
 */
import type { Run } from '../energy/analysis.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { pausesOfAppliance } from './heads.ts'
import { type Ledger, runAt, type SlotRun } from './ledger.ts'
import type { Session } from './session.ts'

/**
 * The runs of a day, by start.
 * @param before the account of the session that ends in the day
 * @param own the account of the session that begins in it
 */
export function runsOfDay(day: DayCurve, before: Ledger | undefined, own: Ledger | undefined): Run[] {
  const endAt = day.startAt + day.powerW.length * day.slotS * 1000
  const rests = before === undefined || own === undefined ? new Map<SlotRun, SlotRun>() : restsOf(before, own)
  const begun = (before?.runs ?? []).flatMap((slotRun): Run[] => {
    if (before === undefined) return []
    const [run, rest] = [runAt(before.session, slotRun), rests.get(slotRun)]
    if (own !== undefined && rest !== undefined) {
      const { stopAt } = runAt(own.session, rest)
      return [{ ...run, stopAt, energyWh: run.energyWh + rest.energyWh }]
    }
    return run.startAt >= day.startAt ? [run] : []
  })
  const known = new Set(rests.values())
  const others = own?.runs.filter((run) => !known.has(run)).map((run) => runAt(own.session, run)) ?? []
  return [...begun, ...others].filter(({ startAt }) => startAt < endAt).sort((a, b) => a.startAt - b.startAt)
}

/** Of the runs that end at the cut between two sessions, those that go on after it, each with its rest. */
function restsOf(before: Ledger, own: Ledger): Map<SlotRun, SlotRun> {
  const rests = new Map<SlotRun, SlotRun>()
  if (endOf(before.session) !== own.session.startAt) return rests
  const { slotS } = own.session
  for (const appliance of new Set(own.runs.map((run) => run.appliance))) {
    const isOwn = (run: SlotRun): boolean => run.appliance === appliance
    const [last, first] = [lastToStop(before.runs.filter(isOwn)), own.runs.find(isOwn)]
    if (last === undefined || first === undefined) continue
    const { pauseS, gapS } = pausesOfAppliance(appliance, slotS)
    const [pauseSlots, gapSlots] = [pauseS / slotS, gapS / slotS]
    const between = before.session.powerW.length - last.stop + first.start
    if (between > pauseSlots + gapSlots) continue
    const unseen = unmeasuredIn(before.session, last.stop) + unmeasuredIn(own.session, 0, first.start)
    const unseenBefore = unmeasuredIn(before.session, 0, last.start)
    // What begins with a night's session may itself be the rest of an earlier run: two sessions are joined, not three.
    const isRest = before.session.midnight > 0 && last.start - Math.min(unseenBefore, gapSlots) <= pauseSlots
    if (between - Math.min(unseen, gapSlots) <= pauseSlots && !isRest) rests.set(last, first)
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

function unmeasuredIn({ measured }: Session, from: number, to = measured.length): number {
  let slots = 0
  for (let slot = from; slot < to; slot++) if (measured[slot] !== 1) slots += 1
  return slots
}

function endOf({ startAt, powerW, slotS }: Session): number {
  return startAt + powerW.length * slotS * 1000
}
