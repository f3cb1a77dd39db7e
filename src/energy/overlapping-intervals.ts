/** Intervals of energy that overlap: a meter's hours beside its quarters, a reading sent twice with its clock a little off. */
import type { Interval } from './civil-time.ts'

/** Energy [Wh] used from one instant to another. */
export interface EnergyInterval extends Interval {
  readonly energyWh: number
}

/** An interval, its length and the parts of it that stand, in order of time. */
interface Standing {
  readonly interval: EnergyInterval
  readonly lengthMs: number
  readonly parts: Interval[]
}

/**
 * Which parts of each interval stand: where several cover one moment, the shortest does, of equally long ones the last to start.
 * @param intervals by start
 */
export function withoutOverlap(
  intervals: readonly EnergyInterval[],
): { interval: EnergyInterval; parts: readonly Interval[] }[] {
  const isBefore = ({ toAt }: Interval, next: Interval | undefined) => next === undefined || toAt <= next.fromAt
  if (intervals.every((interval, index) => isBefore(interval, intervals[index + 1])))
    return intervals.map((interval) => ({ interval, parts: [interval] }))
  const standing = intervals.map(
    (interval): Standing => ({ interval, lengthMs: interval.toAt - interval.fromAt, parts: [] }),
  )
  const moments = [...new Set(intervals.flatMap(({ fromAt, toAt }) => [fromAt, toAt]))].sort((a, b) => a - b)
  let next = 0
  /** Those under way, the shortest last. One that has ended leaves when no shorter one is left. */
  const open: Standing[] = []
  for (const [index, fromAt] of moments.entries()) {
    for (let one = standing[next]; one?.interval.fromAt === fromAt; one = standing[++next]) insert(open, one)
    while ((open.at(-1)?.interval.toAt ?? Number.POSITIVE_INFINITY) <= fromAt) open.pop()
    const toAt = moments[index + 1]
    const shortest = open.at(-1)
    if (toAt === undefined || shortest === undefined) continue
    const last = shortest.parts.at(-1)
    if (last?.toAt === fromAt) shortest.parts[shortest.parts.length - 1] = { ...last, toAt }
    else shortest.parts.push({ fromAt, toAt })
  }
  return standing
}

/**
 * Puts an interval where its length belongs, in the place of an equally long one: that ends no later and never stands
 * again. So no more are under way than there are lengths.
 */
function insert(open: Standing[], one: Standing): void {
  const lengthAt = (place: number) => open[place]?.lengthMs ?? 0
  let from = 0
  let to = open.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (lengthAt(middle) > one.lengthMs) from = middle + 1
    else to = middle
  }
  open.splice(from, lengthAt(from) === one.lengthMs ? 1 : 0, one)
}
