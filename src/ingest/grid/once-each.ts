/** One interval, one value: repeats are dropped, contradictions refused on both sides. */
import { formatInstant } from '../../energy/civil-time.ts'
import { type GridEvent, gridFigures } from '../../energy/grid-hours.ts'
import { type RejectedHour, rejectedHour } from './hour-rejections.ts'

/** Events of one zone, kind and source, each interval once. */
export function onceEach(events: readonly GridEvent[]): {
  readonly events: readonly GridEvent[]
  readonly duplicates: number
  readonly rejected: readonly RejectedHour[]
} {
  const kept: GridEvent[] = []
  const rejected: RejectedHour[] = []
  let duplicates = 0
  for (const same of Map.groupBy(events, ({ startAt }) => startAt).values()) {
    const [first] = same
    if (first === undefined) continue
    if (same.every((one) => gridFigures.every((name) => one[name] === first[name]))) {
      kept.push(first)
      duplicates += same.length - 1
    } else
      rejected.push(...same.map(({ startAt, line }) => rejectedHour(formatInstant(startAt), 'hour_conflicting', line)))
  }
  return { events: kept, duplicates, rejected }
}
