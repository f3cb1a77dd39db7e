/** Single readings into the columns that the house works with, and out of them. */
import type { EpochMs } from '../../src/energy/civil-time.ts'
import {
  batchOf,
  type ReadingBatch,
  seriesKeys,
  type WriteOutcome,
  writeOutcomes,
} from '../../src/energy/reading-batch.ts'
import { qualities, type ReadingColumns, type ReadingSeries } from '../../src/energy/reading-series.ts'
import { sourceNumber, sourceOf } from '../../src/energy/reading-sources.ts'
import type { Reading } from '../../src/energy/readings.ts'
import { type Account, type Database, writeBatch } from '../../src/store/index.ts'

/** Writes readings of any kinds, channels and days, in any order; what became of each, in the order given. */
export async function writeReadings(
  db: Database,
  account: Account,
  readings: readonly Reading[],
  { now }: { readonly now: EpochMs },
): Promise<WriteOutcome[]> {
  const outcomes = await writeBatch(db, account, batchOf(readings), { now })
  return Array.from(outcomes, (outcome) => writeOutcomes[outcome] ?? 'accepted')
}

/** The readings of a batch one by one, in their order. */
export function readingsOfBatch(batch: ReadingBatch): Reading[] {
  return Array.from(batch.series, (series, index) => ({
    ...(seriesKeys[series] ?? { kind: 'power', channel: 'import' }),
    at: batch.at[index] ?? 0,
    value: batch.present[index] === 1 ? (batch.value[index] ?? 0) : null,
    spanS: batch.spanS[index] ?? 0,
    quality: qualities[batch.quality[index] ?? 0] ?? 'measured',
    source: sourceOf(batch.source[index] ?? 0),
  }))
}

/** The readings in columns; sorted, and the last of several with one kind and instant wins. Channels are not told apart. */
export function seriesOf(readings: readonly Reading[]): ReadingSeries {
  return {
    power: columnsOf(readings.filter(({ kind }) => kind === 'power')),
    energy: columnsOf(readings.filter(({ kind }) => kind === 'energy')),
    register: columnsOf(readings.filter(({ kind }) => kind === 'register')),
  }
}

function columnsOf(readings: readonly Reading[]): ReadingColumns {
  const sorted = [...new Map(readings.map((reading) => [reading.at, reading])).values()].sort((a, b) => a.at - b.at)
  return {
    at: Float64Array.from(sorted, ({ at }) => at),
    value: Float64Array.from(sorted, ({ value }) => value ?? 0),
    present: Uint8Array.from(sorted, ({ value }) => (value === null ? 0 : 1)),
    spanS: Float64Array.from(sorted, ({ spanS }) => spanS),
    quality: Uint8Array.from(sorted, ({ quality }) => qualities.indexOf(quality)),
    source: Uint8Array.from(sorted, ({ source }) => sourceNumber(source)),
  }
}
