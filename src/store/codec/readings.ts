/**
 * One day of readings of one kind and channel, in few bytes: about one byte a minute reading.
 *
 * Payload of version 2: count; instants; presence; spans, qualities and sources as runs; the values that are present
 * (`numbers.ts`). Version 1 had no sources. Columns go in ascending, one instant once, and come out exactly as they went in.
 */

import type { EpochMs } from '../../energy/civil-time.ts'
import { noReadings, type ReadingColumns, type ReadingSeries } from '../../energy/reading-series.ts'
import type { ReadingKind } from '../../energy/readings.ts'
import { ByteReader, ByteWriter, CodecError } from './bytes.ts'
import { open, seal } from './envelope.ts'
import {
  readDoubles,
  readFlags,
  readInstants,
  readRuns,
  writeDoubles,
  writeFlags,
  writeInstants,
  writeRuns,
} from './numbers.ts'
import { columnsBetween, concatColumns, overlayColumns, readingKinds } from './reading-columns.ts'

const version = 2
const versionWithoutSources = 1
/** One reading a millisecond of the longest day; a damaged count must not exhaust the memory. */
const countMax = 90_000_000

export function packReadings(columns: ReadingColumns): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(64 + columns.at.length * 3)
  writer.unsigned(columns.at.length)
  writeInstants(writer, columns.at)
  writeFlags(writer, columns.present)
  writeRuns(writer, columns.spanS)
  writeRuns(writer, columns.quality)
  writeRuns(writer, columns.source)
  writeDoubles(writer, presentValues(columns))
  return seal(version, writer.written())
}

/** @throws {CodecError} where the bytes are damaged or of another version. */
export function unpackReadings(packed: Uint8Array): ReadingColumns {
  const hasSources = packed[0] !== versionWithoutSources
  const reader = new ByteReader(open(packed, hasSources ? version : versionWithoutSources))
  const count = reader.unsigned()
  if (count > countMax) throw new CodecError(`packed count out of range: ${count}`)
  const at = readInstants(reader, count)
  const present = readFlags(reader, count)
  const spanS = readRuns(reader, new Float64Array(count))
  const quality = readRuns(reader, new Uint8Array(count))
  const source = hasSources ? readRuns(reader, new Uint8Array(count)) : new Uint8Array(count)
  return { at, value: readValues(reader, present), present, spanS, quality, source }
}

function presentValues({ value, present }: ReadingColumns): Float64Array {
  return present.includes(0) ? value.filter((_, index) => present[index] === 1) : value
}

function readValues(reader: ByteReader, present: Uint8Array): Float64Array {
  const count = present.reduce((sum, flag) => sum + flag, 0)
  const values = readDoubles(reader, count)
  if (count === present.length) return values
  const spread = new Float64Array(present.length)
  let next = 0
  for (let index = 0; index < present.length; index++) if (present[index] === 1) spread[index] = values[next++] ?? 0
  return spread
}

/** Readings of one account and channel between two instants, as they lie in the store; may go to a worker thread. */
export interface PackedReadings {
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
  /** By time within a kind; where `over`, the readings stand over earlier ones of the same instants. */
  readonly parts: readonly { readonly kind: ReadingKind; readonly packed: Uint8Array; readonly over: boolean }[]
}

/** The readings themselves. */
export function unpackSeries({ fromAt, toAt, parts }: PackedReadings): ReadingSeries {
  const series: Record<ReadingKind, ReadingColumns> = { power: noReadings, energy: noReadings, register: noReadings }
  for (const kind of readingKinds) {
    const ofKind = parts.filter((part) => part.kind === kind)
    const columnsOf = (over: boolean) =>
      concatColumns(ofKind.filter((part) => part.over === over).map(({ packed }) => unpackReadings(packed)))
    series[kind] = columnsBetween(overlayColumns(columnsOf(false), columnsOf(true)), fromAt, toAt)
  }
  return series
}
