/** Hours of a grid for tests: plausible, and each another than the one before. */
import { hourMs } from '../../src/energy/civil-time.ts'
import type { GridEvent } from '../../src/energy/grid-hours.ts'

/** A measured hour of Italy whose figures agree with its share. */
export function gridHour(start: string | number, renewableShare: number, extras: Partial<GridEvent> = {}): GridEvent {
  const startAt = typeof start === 'number' ? start : Date.parse(start)
  const generationMw = 30_000 + ((startAt / hourMs) % 17)
  const renewableMw = renewableShare * generationMw
  return {
    zone: 'IT',
    startAt,
    durationS: 3600,
    source: 'file',
    kind: 'actual',
    madeAt: startAt + hourMs,
    renewableShare,
    renewableShareOfLoad: null,
    solarMw: renewableMw * 0.5,
    windMw: renewableMw * 0.2,
    otherRenewableMw: renewableMw * 0.3,
    generationMw,
    loadMw: 33_000,
    ...extras,
  }
}

/** Consecutive hours, one per share. */
export function gridHours(start: string, shares: readonly number[]): GridEvent[] {
  return shares.map((share, index) => gridHour(Date.parse(start) + index * hourMs, share))
}
