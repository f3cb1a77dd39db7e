/** Intervals of energy that overlap: a meter's hours beside its quarters, a reading sent twice with its clock a little off. */
import type { Interval } from './civil-time.ts'

/** Energy [Wh] used from one instant to another. */
export interface EnergyInterval extends Interval {
  readonly energyWh: number
}

/**
 * Which parts of each interval stand: where several cover one moment, the shortest does, of equally long ones the last to start.
 * @param intervals by start
 */
export function withoutOverlap(
  intervals: readonly EnergyInterval[],
): { interval: EnergyInterval; parts: Interval[] }[] {
  const isBefore = ({ toAt }: Interval, next: Interval | undefined) => next === undefined || toAt <= next.fromAt
  if (intervals.every((interval, index) => isBefore(interval, intervals[index + 1])))
    return intervals.map((interval) => ({ interval, parts: [interval] }))
  const standing = intervals.map((interval) => ({ interval, parts: [] as Interval[] }))
  const moments = [...new Set(intervals.flatMap(({ fromAt, toAt }) => [fromAt, toAt]))].sort((a, b) => a - b)
  const lengthOf = ({ interval: { fromAt, toAt } }: { interval: Interval }): number => toAt - fromAt
  let next = 0
  let open: typeof standing = []
  for (const [index, fromAt] of moments.entries()) {
    open = open.filter(({ interval }) => interval.toAt > fromAt)
    for (let one = standing[next]; one?.interval.fromAt === fromAt; one = standing[++next]) {
      const { toAt } = one.interval
      const length = toAt - fromAt
      // What is no shorter and ends no later never stands again.
      open = open.filter((other) => lengthOf(other) < length || other.interval.toAt > toAt)
      open.push(one)
    }
    const toAt = moments[index + 1]
    const first = open[0]
    if (toAt === undefined || first === undefined) continue
    const shortest = open.reduce((best, one) => (lengthOf(one) <= lengthOf(best) ? one : best), first)
    const last = shortest.parts.at(-1)
    if (last?.toAt === fromAt) shortest.parts[shortest.parts.length - 1] = { ...last, toAt }
    else shortest.parts.push({ fromAt, toAt })
  }
  return standing
}
