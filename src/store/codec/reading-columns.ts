/** Work on columns of readings: pick, merge, turn into single readings. Pure. */
import type { EpochMs } from '../../energy/civil-time.ts'
import {
  emptyColumns,
  firstAtOrAfter,
  noReadings,
  qualities,
  type ReadingColumns,
  type ReadingSeries,
  sliceColumns,
} from '../../energy/reading-series.ts'
import { sourceOf } from '../../energy/reading-sources.ts'
import type { Channel, Reading, ReadingKind } from '../../energy/readings.ts'

export const readingKinds: readonly ReadingKind[] = ['power', 'energy', 'register']

/** Single readings, one kind after the other, each by time. */
export function* readingsOfSeries(series: ReadingSeries, channel: Channel): Generator<Reading> {
  for (const kind of readingKinds) yield* readingsOfColumns(series[kind], kind, channel)
}

function* readingsOfColumns(columns: ReadingColumns, kind: ReadingKind, channel: Channel): Generator<Reading> {
  for (let index = 0; index < columns.at.length; index++) {
    yield {
      kind,
      channel,
      at: columns.at[index] ?? 0,
      value: columns.present[index] === 1 ? (columns.value[index] ?? 0) : null,
      spanS: columns.spanS[index] ?? 0,
      quality: qualities[columns.quality[index] ?? 0] ?? 'measured',
      source: sourceOf(columns.source[index] ?? 0),
    }
  }
}

/** A view of the readings with `fromAt` ≤ at < `toAt` of ascending columns. */
export function columnsBetween(columns: ReadingColumns, fromAt: EpochMs, toAt: EpochMs): ReadingColumns {
  return sliceColumns(columns, firstAtOrAfter(columns.at, fromAt), firstAtOrAfter(columns.at, toAt))
}

/** Parts that follow each other in time as one. */
export function concatColumns(parts: readonly ReadingColumns[]): ReadingColumns {
  const filled = parts.filter(({ at }) => at.length > 0)
  if (filled.length <= 1) return filled[0] ?? noReadings
  const joined = emptyColumns(filled.reduce((sum, { at }) => sum + at.length, 0))
  let from = 0
  for (const part of filled) {
    joined.at.set(part.at, from)
    joined.value.set(part.value, from)
    joined.present.set(part.present, from)
    joined.spanS.set(part.spanS, from)
    joined.quality.set(part.quality, from)
    joined.source.set(part.source, from)
    from += part.at.length
  }
  return joined
}

/** Both, ascending; where both have an instant, the one of `over` stands. Each must be ascending, one instant once. */
export function overlayColumns(under: ReadingColumns, over: ReadingColumns): ReadingColumns {
  if (over.at.length === 0) return under
  if (under.at.length === 0) return over
  if ((under.at.at(-1) ?? 0) < (over.at[0] ?? 0)) return concatColumns([under, over])
  const merged = emptyColumns(under.at.length + over.at.length)
  let count = 0
  let low = 0
  let high = 0
  while (low < under.at.length || high < over.at.length) {
    const lowAt = under.at[low] ?? Number.POSITIVE_INFINITY
    const highAt = over.at[high] ?? Number.POSITIVE_INFINITY
    if (highAt <= lowAt) copyEntry(over, high++, merged, count++)
    else copyEntry(under, low, merged, count++)
    if (lowAt <= highAt) low++
  }
  return sliceColumns(merged, 0, count)
}

/** Copies one reading from columns to columns. */
export function copyEntry(source: ReadingColumns, from: number, target: ReadingColumns, to: number): void {
  target.at[to] = source.at[from] ?? 0
  target.value[to] = source.value[from] ?? 0
  target.present[to] = source.present[from] ?? 0
  target.spanS[to] = source.spanS[from] ?? 0
  target.quality[to] = source.quality[from] ?? 0
  target.source[to] = source.source[from] ?? 0
}
