/** Readings sorted into what the store keeps together: one account, channel, kind and local day. Pure. */
import { type CivilDay, dayInterval, type Interval, localDayOf, type TimeZone } from '../../energy/civil-time.ts'
import { batchOf, pickOf, type ReadingBatch, seriesKeys } from '../../energy/reading-batch.ts'
import { type ReadingColumns, sliceColumns } from '../../energy/reading-series.ts'
import type { Channel, Reading, ReadingKind } from '../../energy/readings.ts'

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
  return groupBatch(batchOf(readings), timeZone)
}

/** Where the readings of one key stand in a batch: half-open stretches, in their order. */
interface Stretches extends DayKey, Interval {
  readonly bounds: number[]
}

/** Groups a batch; a group that stands in one stretch is a view. @throws {RangeError} as `groupReadings` */
export function groupBatch(batch: ReadingBatch, timeZone: TimeZone): DayGroup[] {
  const groups = new Map<string, Stretches>()
  const latest: (Stretches | undefined)[] = seriesKeys.map(() => undefined)
  const { at, series } = batch
  for (let index = 0; index < at.length; index++) {
    const instant = at[index] ?? 0
    const number = series[index] ?? 0
    if (!Number.isSafeInteger(instant)) throw new RangeError(`not an instant in whole milliseconds: ${instant}`)
    let group = latest[number]
    if (group === undefined || instant < group.fromAt || instant >= group.toAt) {
      group = stretchesOf(groups, number, localDayOf(instant, timeZone), timeZone)
      latest[number] = group
    }
    const { bounds } = group
    if (bounds.at(-1) === index) bounds[bounds.length - 1] = index + 1
    else bounds.push(index, index + 1)
  }
  return [...groups.values()].map((group) => groupOf(group, batch))
}

function stretchesOf(groups: Map<string, Stretches>, number: number, day: CivilDay, timeZone: TimeZone): Stretches {
  return groups.getOrInsertComputed(`${number} ${day}`, () => {
    const { kind, channel } = seriesKeys[number] ?? { kind: 'power', channel: 'import' }
    return { kind, channel, day, ...dayInterval(day, timeZone), bounds: [] }
  })
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
    const positions = positionsIn([from, to])
    groups.push({ channel, kind, day, columns: sliceColumns(columns, from, to), positions })
    from = to
  }
  return groups
}

function groupOf({ kind, channel, day, bounds }: Stretches, batch: ReadingBatch): DayGroup {
  const [from = 0, to = 0] = bounds
  if (bounds.length === 2) {
    return { channel, kind, day, columns: sliceColumns(batch, from, to), positions: positionsIn(bounds) }
  }
  const positions = positionsIn(bounds)
  return { channel, kind, day, columns: pickOf(batch, positions), positions }
}

function positionsIn(bounds: readonly number[]): Uint32Array {
  let count = 0
  for (let pair = 0; pair < bounds.length; pair += 2) count += (bounds[pair + 1] ?? 0) - (bounds[pair] ?? 0)
  const positions = new Uint32Array(count)
  let entry = 0
  for (let pair = 0; pair < bounds.length; pair += 2) {
    for (let index = bounds[pair] ?? 0; index < (bounds[pair + 1] ?? 0); index++) positions[entry++] = index
  }
  return positions
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
