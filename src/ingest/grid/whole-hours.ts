/** Quarters and half hours become hours: the mean power of those that make a whole hour; an hour with a gap is refused. */
import { formatInstant, hourMs } from '../../energy/civil-time.ts'
import { type GridEvent, type GridFigures, gridFigures, noFigures } from '../../energy/grid-hours.ts'
import { type RejectedHour, rejectedHour } from './hour-rejections.ts'

const hourS = 3600

/** The whole hours of intervals of one zone, kind and source, by start. @param events each interval once */
export function wholeHoursOf(events: readonly GridEvent[]): {
  readonly hours: readonly GridEvent[]
  readonly rejected: readonly RejectedHour[]
} {
  const hours: GridEvent[] = []
  const rejected: RejectedHour[] = []
  const byHour = Map.groupBy(events, ({ startAt }) => Math.floor(startAt / hourMs) * hourMs)
  for (const [startAt, parts] of [...byHour].sort(([one], [other]) => one - other)) {
    const hour = hourOf(startAt, parts)
    if (hour === undefined) rejected.push(rejectedHour(formatInstant(startAt), 'hour_incomplete', parts[0]?.line))
    else hours.push(hour)
  }
  return { hours, rejected }
}

function hourOf(startAt: number, parts: readonly GridEvent[]): GridEvent | undefined {
  const [first] = parts
  const coveredS = parts.reduce((sum, { durationS }) => sum + durationS, 0)
  if (first === undefined || coveredS !== hourS) return undefined
  if (parts.length === 1) return first
  const figures: Record<keyof GridFigures, number | null> = { ...noFigures }
  for (const name of gridFigures) figures[name] = meanOf(parts.map((part) => part[name]))
  const madeAt = Math.max(...parts.map((part) => part.madeAt))
  return { ...first, ...figures, renewableShare: shareOf(parts, figures), startAt, durationS: hourS, madeAt }
}

/** Parts count by their generation where it is known. */
function shareOf(parts: readonly GridEvent[], { renewableShare, generationMw }: GridFigures): number | null {
  if (renewableShare === null || generationMw === null || generationMw === 0) return renewableShare
  const renewableMw = meanOf(parts.map((part) => (part.renewableShare ?? 0) * (part.generationMw ?? 0))) ?? 0
  return renewableMw / generationMw
}

/** `null` where one of them is. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length < values.length ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
