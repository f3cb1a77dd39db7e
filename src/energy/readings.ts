/**
 * The one validated shape in which every reading enters the house, whatever door it came through.
 *
 * A power reading is the power [W] at an instant; it holds until the next one, at most `holdS`. An energy reading
 * belongs to the interval that starts at `at` and lasts `intervalS`. A register only grows and is read at an instant.
 * `value: null` is an explicit "not measured": it ends the hold of the power reading before it.
 */
import { dayMs, type EpochMs } from './civil-time.ts'
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
/** The longest `spanS` of a reading [s]: systems that write a register once an hour are a minute or two late at times. */
export const spanSMax = 3900
/** How far a reading reaches at most, in whole slots of 900 s [ms]. */
export const readingReachMs = Math.ceil(spanSMax / 900) * 900_000
/** How far before a stretch a fall of the register is looked for from which it comes back there [ms]. */
export const registerLookBackMs = dayMs
/** Readings of this long before a stretch can matter to it [ms]. */
export const neededBeforeMs = readingReachMs + registerLookBackMs
/** So much the coarsest counters count at once, however soon they are read again [Wh]. */
export const coarseStepWh = 10_000

/** Tells, of the steps of one register in order of time, which are what was drawn; not a reset's, not another meter's. */
export class RegisterSteps {
  /** Where the register fell and has not come back to the count before: that count, and the least since [Wh]. */
  #fallen: { readonly highWh: number; readonly lowWh: number } | undefined

  /**
   * Whether the next step is energy. One that makes good all of a fall, and goes beyond it by no more than the fall, is none: what fell
   * was a faulty reading, and the old count goes on. A register that was reset passes its old count little by little, by steps that
   * are energy; the step after a count that was read a little too low is energy as well. One beyond what a home draws in `gapS`, and
   * beyond what a coarse counter counts at once, is another meter's.
   */
  isEnergy(fromWh: number, toWh: number, gapS: number): boolean {
    const { highWh, lowWh } = this.#fallen ?? { highWh: fromWh, lowWh: fromWh }
    if (toWh < fromWh) {
      this.#fallen = { highWh: Math.max(highWh, fromWh), lowWh: Math.min(lowWh, toWh) }
      return false
    }
    const fallWh = highWh - lowWh
    const isReturn = this.#fallen !== undefined && toWh - fromWh >= fallWh && toWh - highWh <= fallWh
    if (toWh >= highWh) this.#fallen = undefined
    return !isReturn && toWh - fromWh <= Math.max(coarseStepWh, energyWhOf(powerWMax, gapS))
  }
}

/** Two register readings further apart than this make slots of 900 s [s]. */
export const fineRegisterGapS = 60
