/** Which local days a change of readings touches. Pure. */
import { analysisContext } from '../../energy/analysis.ts'
import {
  addDays,
  type CivilDay,
  dayInterval,
  daysFrom,
  hourMs,
  localDayOf,
  type TimeZone,
} from '../../energy/civil-time.ts'
import type { ReadingColumns } from '../../energy/reading-series.ts'
import { neededBeforeMs, spanSMax } from '../../energy/readings.ts'
import type { DayKey } from './day-groups.ts'

/** How long an interval, a hold or a register step lasts at most: what changes anywhere in it may change all of it [ms]. */
const longestSpanMs = spanSMax * 1000

/**
 * Days whose slots or whose analysis a change of `changed` readings alters: their own; those a span reaches into (an
 * interval, a hold, and for registers the gap on either side); the day before where its analysis looks this far ahead.
 */
export function daysTouchedBy(changed: ReadingColumns, key: DayKey, timeZone: TimeZone): Set<CivilDay> {
  if (changed.at.length === 0) return new Set()
  const { fromAt, toAt } = dayInterval(key.day, timeZone)
  const reach = reachOf(changed, key.kind === 'register')
  const aheadMs = analysisContext.hoursAfter * hourMs + longestSpanMs
  const firstOn = reach.fromAt < fromAt + aheadMs ? localDayOf(Math.min(reach.fromAt, fromAt - 1), timeZone) : key.day
  const lastOn = reach.toAt > toAt ? localDayOf(reach.toAt - 1, timeZone) : key.day
  return new Set(daysFrom(firstOn, addDays(lastOn, 1)))
}

/** The days after whose slots a change may alter because a fall of the register is looked for so far back. */
export function daysSeeingFall(changed: ReadingColumns, { kind, day }: DayKey, timeZone: TimeZone): Set<CivilDay> {
  const lastAt = changed.at.at(-1)
  if (kind !== 'register' || lastAt === undefined) return new Set()
  return new Set(daysFrom(addDays(day, 1), addDays(localDayOf(lastAt + neededBeforeMs, timeZone), 1)))
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
