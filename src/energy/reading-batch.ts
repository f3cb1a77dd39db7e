/**
 * Readings on their way into the store, in columns, in the order in which they came: of any kind and channel, neither
 * sorted nor each instant once. A year of minutes is half a million readings; as objects they would cost more than
 * everything else that is done with them.
 */
import type { EpochMs } from './civil-time.ts'
import { emptyColumns, qualities, type ReadingColumns, sliceColumns } from './reading-series.ts'
import { sourceNumber } from './reading-sources.ts'
import type { Channel, Quality, Reading, ReadingKind } from './readings.ts'

/** A kind and channel: what the store keeps apart. */
export interface SeriesKey {
  readonly kind: ReadingKind
  readonly channel: Channel
}

/** The order in which kinds and channels are numbered. */
export const seriesKeys: readonly SeriesKey[] = [
  { kind: 'power', channel: 'import' },
  { kind: 'energy', channel: 'import' },
  { kind: 'register', channel: 'import' },
  { kind: 'power', channel: 'export' },
  { kind: 'energy', channel: 'export' },
  { kind: 'register', channel: 'export' },
]

/** The number of a kind and channel. */
export function seriesNumber({ kind, channel }: SeriesKey): number {
  return seriesKeys.findIndex((key) => key.kind === kind && key.channel === channel)
}

/** Readings in columns, with the kind and channel of each. */
export interface ReadingBatch extends ReadingColumns {
  /** Index into `seriesKeys`. */
  readonly series: Uint8Array
}

/** What became of one reading when it was written. */
export type WriteOutcome = 'accepted' | 'duplicate' | 'replaced'

/** The order in which outcomes are numbered. */
export const writeOutcomes: readonly WriteOutcome[] = ['accepted', 'duplicate', 'replaced']

/** Columns that grow. What was cut out of them is overwritten after `clear`. */
export class BatchBuilder {
  count = 0
  #capacity: number
  #columns: ReadingColumns
  #series: Uint8Array

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#columns = emptyColumns(capacity)
    this.#series = new Uint8Array(capacity)
  }

  /** Adds a reading; `value` is `null` where nothing was measured. Numbers are those of the lists that number them. */
  put(series: number, at: EpochMs, value: number | null, spanS: number, quality: number, source: number): void {
    if (this.count === this.#capacity) this.#grow()
    const entry = this.count++
    const columns = this.#columns
    this.#series[entry] = series
    columns.at[entry] = at
    columns.value[entry] = value ?? 0
    columns.present[entry] = value === null ? 0 : 1
    columns.spanS[entry] = spanS
    columns.quality[entry] = quality
    columns.source[entry] = source
  }

  /** Views of the entries `from`…`to`. */
  slice(from: number, to: number): ReadingBatch {
    return { ...sliceColumns(this.#columns, from, to), series: this.#series.subarray(from, to) }
  }

  clear(): void {
    this.count = 0
  }

  #grow(): void {
    const { at, value, present, spanS, quality, source } = this.#columns
    this.#capacity *= 2
    const grown = emptyColumns(this.#capacity)
    grown.at.set(at)
    grown.value.set(value)
    grown.present.set(present)
    grown.spanS.set(spanS)
    grown.quality.set(quality)
    grown.source.set(source)
    const series = new Uint8Array(this.#capacity)
    series.set(this.#series)
    this.#columns = grown
    this.#series = series
  }
}

/** Single readings as a batch, in their order. */
export function batchOf(readings: readonly Reading[]): ReadingBatch {
  const builder = new BatchBuilder(readings.length)
  for (const reading of readings) putReading(builder, reading)
  return builder.slice(0, readings.length)
}

/** Adds a single reading. */
export function putReading(builder: BatchBuilder, reading: Reading): void {
  const { at, value, spanS, quality, source } = reading
  builder.put(seriesNumber(reading), at, value, spanS, qualityNumber(quality), sourceNumber(source))
}

/** Some of the readings of a batch, by their positions. */
export function pickOf(batch: ReadingBatch, positions: Uint32Array): ReadingBatch {
  const pick = <T extends Float64Array | Uint8Array>(from: T, into: T): T => {
    for (let entry = 0; entry < positions.length; entry++) into[entry] = from[positions[entry] ?? 0] ?? 0
    return into
  }
  const picked = emptyColumns(positions.length)
  return {
    at: pick(batch.at, picked.at),
    value: pick(batch.value, picked.value),
    present: pick(batch.present, picked.present),
    spanS: pick(batch.spanS, picked.spanS),
    quality: pick(batch.quality, picked.quality),
    source: pick(batch.source, picked.source),
    series: pick(batch.series, new Uint8Array(positions.length)),
  }
}

/** The number of a quality. */
export function qualityNumber(quality: Quality): number {
  return qualities.indexOf(quality)
}
