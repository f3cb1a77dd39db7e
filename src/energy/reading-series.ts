/**
 * Readings of one channel in columns, for arithmetic over many of them: a typed array per property, one entry per
 * reading, sorted by instant, one instant once.
 */
import type { EpochMs } from './civil-time.ts'
import type { Quality, ReadingKind } from './readings.ts'

/** Readings of one kind. */
export interface ReadingColumns {
  /** Instants [ms since 1970, UTC], ascending, each once. */
  readonly at: Float64Array
  /** W, Wh or Wh of the register, by kind; 0 where `present` is 0. */
  readonly value: Float64Array
  /** 0 where the reading says "not measured" (`null`), else 1. */
  readonly present: Uint8Array
  /** How long a power value holds, an energy interval lasts, or a register gap may be [s]. */
  readonly spanS: Float64Array
  /** Index into `qualities`. */
  readonly quality: Uint8Array
  /** Index into `readingSources`. */
  readonly source: Uint8Array
}

/** All readings of one channel. */
export type ReadingSeries = Readonly<Record<ReadingKind, ReadingColumns>>

/** The order in which qualities are numbered. */
export const qualities: readonly Quality[] = ['measured', 'estimated', 'corrected']

export const noReadings: ReadingColumns = {
  at: new Float64Array(0),
  value: new Float64Array(0),
  present: new Uint8Array(0),
  spanS: new Float64Array(0),
  quality: new Uint8Array(0),
  source: new Uint8Array(0),
}

/** Columns of `count` readings, to be filled. */
export function emptyColumns(count: number): ReadingColumns {
  return {
    at: new Float64Array(count),
    value: new Float64Array(count),
    present: new Uint8Array(count),
    spanS: new Float64Array(count),
    quality: new Uint8Array(count),
    source: new Uint8Array(count),
  }
}

/** A view of the entries `from`…`to`; nothing is copied. */
export function sliceColumns(columns: ReadingColumns, from: number, to: number): ReadingColumns {
  return {
    at: columns.at.subarray(from, to),
    value: columns.value.subarray(from, to),
    present: columns.present.subarray(from, to),
    spanS: columns.spanS.subarray(from, to),
    quality: columns.quality.subarray(from, to),
    source: columns.source.subarray(from, to),
  }
}

/**
 * The readings of a supply that ends at `closedAt`: a power that was read before holds no longer, as from then on another
 * account tells what is drawn. An interval of energy stays whole.
 */
export function endedAt(series: ReadingSeries, closedAt: EpochMs | null): ReadingSeries {
  if (closedAt === null) return series
  const { at, spanS } = series.power
  const leftS = (index: number) => (closedAt - (at[index] ?? 0)) / 1000
  const power = {
    ...series.power,
    spanS: spanS.map((heldS, index) => (leftS(index) > 0 ? Math.min(heldS, leftS(index)) : heldS)),
  }
  return { ...series, power }
}

/** Index of the first instant that is not before `instant`. */
export function firstAtOrAfter(at: Float64Array, instant: EpochMs): number {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((at[middle] ?? 0) < instant) low = middle + 1
    else high = middle
  }
  return low
}
