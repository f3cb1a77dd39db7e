/** Which local days a change of readings touches. Pure. */
import { analysisContext } from '../../energy/analysis.ts'
import { addDays, type CivilDay, dayInterval, hourMs, localDayOf, type TimeZone } from '../../energy/civil-time.ts'
import type { ReadingColumns } from '../../energy/reading-series.ts'
import { neededBeforeMs, spanSMax } from '../../energy/readings.ts'
import type { DayKey } from './day-groups.ts'

/** A reading may say that it covers years; its effect on analysed days is followed this far [days]. */
const reachDaysMax = 62

/** How long an interval, a hold or a register step lasts at most: what changes anywhere in it may change all of it [ms]. */
const longestSpanMs = spanSMax * 1000

/**
 * Days whose slots or whose analysis a change of `changed` readings alters: their own; those a span reaches into (an
 * interval, a hold, and for registers the gap on either side); the day before where its analysis looks this far ahead.
 */
export function daysTouchedBy(changed: ReadingColumns, key: DayKey, timeZone: TimeZone): Set<CivilDay> {
  const touched = new Set<CivilDay>()
  if (changed.at.length === 0) return touched
  touched.add(key.day)
  const { fromAt, toAt } = dayInterval(key.day, timeZone)
  const reach = reachOf(changed, key.kind === 'register')
  const aheadMs = analysisContext.hoursAfter * hourMs + longestSpanMs
  const firstOn = reach.fromAt < fromAt + aheadMs ? localDayOf(Math.min(reach.fromAt, fromAt - 1), timeZone) : key.day
  const lastOn = reach.toAt > toAt ? localDayOf(reach.toAt - 1, timeZone) : key.day
  addBackTo(firstOn, key.day, touched)
  addOnTo(lastOn, key.day, touched)
  return touched
}

/** The days after whose slots a change may alter because a fall of the register is looked for so far back. */
export function daysSeeingFall(changed: ReadingColumns, { kind, day }: DayKey, timeZone: TimeZone): Set<CivilDay> {
  const later = new Set<CivilDay>()
  const lastAt = changed.at.at(-1)
  if (kind === 'register' && lastAt !== undefined) addOnTo(localDayOf(lastAt + neededBeforeMs, timeZone), day, later)
  return later
}

function reachOf({ at, spanS }: ReadingColumns, bothWays: boolean): { fromAt: number; toAt: number } {
  let fromAt = Number.POSITIVE_INFINITY
  let toAt = Number.NEGATIVE_INFINITY
  for (let index = 0; index < at.length; index++) {
    const instant = at[index] ?? 0
    const spanMs = (spanS[index] ?? 0) * 1000
    fromAt = Math.min(fromAt, bothWays ? instant - spanMs : instant)
    toAt = Math.max(toAt, instant + spanMs)
  }
  return { fromAt, toAt }
}

function addBackTo(firstOn: CivilDay, day: CivilDay, touched: Set<CivilDay>): void {
  let earlier = addDays(day, -1)
  for (let step = 0; step < reachDaysMax && earlier >= firstOn; step++, earlier = addDays(earlier, -1)) {
    touched.add(earlier)
  }
}

function addOnTo(lastOn: CivilDay, day: CivilDay, touched: Set<CivilDay>): void {
  let later = addDays(day, 1)
  for (let step = 0; step < reachDaysMax && later <= lastOn; step++, later = addDays(later, 1)) touched.add(later)
}
