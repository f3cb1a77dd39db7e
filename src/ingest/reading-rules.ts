/**
 * What a reading must be to enter the house: when it may lie, how large it may be, how long it stands. Whether a supply
 * lasts then is for whoever knows it.
 * Spans and instants are bounded as in the contract ("Readings"); 100 kW is more than any home is connected for, a register
 * has nine digits of kWh.
 */
import type { EpochMs } from '../energy/civil-time.ts'
import type { ReadingSource } from '../energy/reading-sources.ts'
import {
  type Channel,
  defaultEnergyIntervalS,
  defaultHoldS,
  defaultMaxGapS,
  powerWMax,
  type Quality,
  type Reading,
  spanSMax,
} from '../energy/readings.ts'
import type { ValueColumn } from './columns.ts'
import type { RowRejectionCode } from './row-rejections.ts'

/** Readings lie after this. */
export const earliestAt: EpochMs = Date.parse('2000-01-01T00:00:00Z')
const futureMaxMs = 86_400_000
const registerWhMax = 1e12
const intervalSMax = 3600

/** What the sender says about readings. */
export interface ReadingRules {
  /** The time of receipt: readings more than a day after it are rejected. */
  readonly now: EpochMs
  /** The door that the readings come through. */
  readonly source: ReadingSource
  /** The unit of values that a file gives none. */
  readonly unit?: ReadingUnit | undefined
  /** The entity to read, where a file has several. */
  readonly entity?: string | undefined
  /** What the values of a file are that does not say it. */
  readonly channel?: Channel | undefined
}

/** Units that a sender may name: of power, or of a register that only grows. */
export const readingUnits = ['W', 'kW', 'Wh', 'kWh'] as const
export type ReadingUnit = (typeof readingUnits)[number]

/** How long the values of a row stand, as far as the row says so [s]. */
export interface RowSpans {
  intervalS: number | undefined
  maxGapS: number | undefined
  /** Whether the row carries energy: `interval_s` is the energy's then, and else how long the power holds. */
  hasEnergy: boolean
}

/** Why a reading cannot lie at this instant, or `undefined` when it can. */
export function instantRejection(at: EpochMs, rules: ReadingRules): RowRejectionCode | undefined {
  if (at < earliestAt) return 'at_too_early'
  if (at > lastInstant(rules)) return 'at_in_future'
  return undefined
}

/** The last instant at which a reading can lie. */
export function lastInstant({ now }: ReadingRules): EpochMs {
  return now + futureMaxMs
}

/** The greatest value of a column. */
export function largestValue({ kind }: Pick<ValueColumn, 'kind'>, spanS: number): number {
  if (kind === 'power') return powerWMax
  return kind === 'energy' ? (powerWMax * spanS) / 3600 : registerWhMax
}

const absurd = { power: 'power_absurd', energy: 'energy_absurd', register: 'register_absurd' } as const

/** Why a number cannot be a value of this column, or `undefined` when it can. NaN means that it was no number. */
export function valueRejection(
  column: Pick<ValueColumn, 'kind'>,
  value: number,
  spanS: number,
): RowRejectionCode | undefined {
  if (Number.isNaN(value)) return 'value_not_a_number'
  if (value < 0) return 'value_negative'
  return value > largestValue(column, spanS) ? absurd[column.kind] : undefined
}

/** How long a value of this column stands [s], in the sense of `Reading.spanS`. */
export function spanOf(column: ValueColumn, spans: RowSpans): number {
  switch (column.kind) {
    case 'power':
      return (spans.hasEnergy ? undefined : spans.intervalS) ?? defaultHoldS
    case 'energy':
      return spans.intervalS ?? defaultEnergyIntervalS
    case 'register':
      return spans.maxGapS ?? defaultMaxGapS
  }
}

/** Whether a number can be an interval [s]. */
export function isInterval(seconds: unknown): seconds is number {
  return isWholeWithin(seconds, intervalSMax)
}

/** Whether a number can be the largest gap between two registers [s]. */
export function isMaxGap(seconds: unknown): seconds is number {
  return isWholeWithin(seconds, spanSMax)
}

/** A validated reading; −0 becomes 0. */
export function validReading(
  { kind, channel }: Pick<ValueColumn, 'kind' | 'channel'>,
  at: EpochMs,
  value: number | null,
  spanS: number,
  { source }: Pick<ReadingRules, 'source'>,
  quality: Quality = 'measured',
): Reading {
  return { kind, channel, at, value: value === 0 ? 0 : value, spanS, quality, source }
}

function isWholeWithin(seconds: unknown, secondsMax: number): seconds is number {
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 1 && seconds <= secondsMax
}
