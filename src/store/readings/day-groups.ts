/** Readings sorted into what the store keeps together: one account, channel, kind and local day. Pure. */
import { type CivilDay, dayInterval, localDayOf, type TimeZone } from '../../energy/civil-time.ts'
import { qualities, type ReadingColumns } from '../../energy/reading-series.ts'
import { sourceNumber } from '../../energy/reading-sources.ts'
import type { Channel, Reading, ReadingKind } from '../../energy/readings.ts'
import { emptyColumns, sliceColumns } from '../codec/reading-columns.ts'

/** What a packed day is found by, within an account. */
export interface DayKey {
  readonly channel: Channel
  readonly kind: ReadingKind
  readonly day: CivilDay
}

/** Readings of one key in the order they were given: neither sorted nor free of repetitions. */
export interface DayGroup extends DayKey {
  readonly columns: ReadingColumns
  /** Where each reading stood in what was given. */
  readonly positions: Uint32Array
}

/** Groups single readings. @throws {RangeError} at an instant that is no whole millisecond: a bug of the caller. */
export function groupReadings(readings: readonly Reading[], timeZone: TimeZone): DayGroup[] {
  const positions = new Map<string, number[]>()
  let last: number[] = []
  let lastKey = ''
  for (const [index, { channel, kind, at }] of readings.entries()) {
    if (!Number.isSafeInteger(at)) throw new RangeError(`not an instant in whole milliseconds: ${at}`)
    const key = `${channel} ${kind} ${localDayOf(at, timeZone)}`
    if (key !== lastKey) {
      lastKey = key
      last = positions.getOrInsertComputed(key, () => [])
    }
    last.push(index)
  }
  return [...positions].map(([key, indexes]) => groupOf(key, indexes, readings))
}

/** Cuts ascending columns of one kind and channel into days. @throws {RangeError} where they do not ascend. */
export function groupColumns(
  columns: ReadingColumns,
  { channel, kind }: Pick<DayKey, 'channel' | 'kind'>,
  timeZone: TimeZone,
): DayGroup[] {
  refuseDisorder(columns.at)
  const groups: DayGroup[] = []
  let from = 0
  while (from < columns.at.length) {
    const day = localDayOf(columns.at[from] ?? 0, timeZone)
    const { toAt } = dayInterval(day, timeZone)
    let to = from
    while (to < columns.at.length && (columns.at[to] ?? 0) < toAt) to++
    const positions = Uint32Array.from({ length: to - from }, (_, index) => from + index)
    groups.push({ channel, kind, day, columns: sliceColumns(columns, from, to), positions })
    from = to
  }
  return groups
}

function groupOf(key: string, indexes: readonly number[], readings: readonly Reading[]): DayGroup {
  const columns = emptyColumns(indexes.length)
  for (const [entry, index] of indexes.entries()) {
    const reading = readings[index]
    if (reading !== undefined) putReading(columns, entry, reading)
  }
  const [channel, kind, day] = key.split(' ') as [Channel, ReadingKind, CivilDay]
  return { channel, kind, day, columns, positions: Uint32Array.from(indexes) }
}

function putReading(columns: ReadingColumns, entry: number, { at, value, spanS, quality, source }: Reading): void {
  columns.at[entry] = at
  columns.value[entry] = value ?? 0
  columns.present[entry] = value === null ? 0 : 1
  columns.spanS[entry] = spanS
  columns.quality[entry] = qualities.indexOf(quality)
  columns.source[entry] = sourceNumber(source)
}

function refuseDisorder(at: Float64Array): void {
  let before = Number.NEGATIVE_INFINITY
  for (const instant of at) {
    if (!(instant > before) || !Number.isSafeInteger(instant)) {
      throw new RangeError(`columns take ascending instants in whole milliseconds, not ${instant} after ${before}`)
    }
    before = instant
  }
}
