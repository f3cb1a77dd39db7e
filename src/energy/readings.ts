/**
 * The one validated shape in which every reading enters the house, whatever door it came through.
 *
 * A power reading is the power [W] at an instant; it holds until the next one, at most `holdS`. An energy reading
 * belongs to the interval that starts at `at` and lasts `intervalS`. A register only grows and is read at an instant.
 * `value: null` is an explicit "not measured": it ends the hold of the power reading before it.
 */
import type { EpochMs } from './civil-time.ts'
import { energyWhOf } from './load-curve.ts'
import type { ReadingSource } from './reading-sources.ts'

/** What a reading's number is. */
export type ReadingKind = 'power' | 'energy' | 'register'

/** Drawn from the grid, or injected into it. Both are ≥ 0; phases are added as further values. */
export type Channel = 'import' | 'export'

/** How far a number can be trusted; `estimated` never replaces `measured` or `corrected`. */
export type Quality = 'measured' | 'estimated' | 'corrected'

/** One validated reading. */
export interface Reading {
  readonly kind: ReadingKind
  readonly channel: Channel
  readonly at: EpochMs
  /** W, Wh of the interval, or Wh of the register, by `kind`; `null` = explicitly not measured. */
  readonly value: number | null
  /** Power: how long the value holds at most [s]. Energy: the length of its interval [s]. Register: the largest gap bridged [s]. */
  readonly spanS: number
  readonly quality: Quality
  /** The door it came through; no part of what makes two readings the same. */
  readonly source: ReadingSource
}

/** No home draws more [W]. */
export const powerWMax = 100_000
/** How long an instant power reading holds when its device says nothing else [s]. */
export const defaultHoldS = 300
/** The interval of an energy reading that names none [s]. */
export const defaultEnergyIntervalS = 900
/** The longest time between two register readings over which energy is spread [s]. */
export const defaultMaxGapS = 3600
/** Between two register readings no home draws more [Wh]. */
export const registerStepWhMax = energyWhOf(powerWMax, defaultMaxGapS)

/** Whether a difference of two register readings is what was drawn between them [Wh]; not a reset's, not another meter's. */
export function isRegisterStep(differenceWh: number): boolean {
  return differenceWh >= 0 && differenceWh <= registerStepWhMax
}

/** Two register readings further apart than this make slots of 900 s [s]. */
export const fineRegisterGapS = 60
