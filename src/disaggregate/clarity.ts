/**
 * How clearly a day's curve can show an appliance, 0–1: a ceiling hides what draws more, steps and noise what draws as little,
 * a roof's own sun what it covers, gaps what ran in them, readings far apart what is over before the next. Recordings have none of
 * these, or little: so the figures that confidence rests on hold for a clear curve, and are lowered by this.
 */
import { median } from 'simple-statistics'
import { readingsApartS } from './coarse-minutes.ts'
import type { Head } from './heads.ts'
import { stepOf } from './meter-steps.ts'
import type { ToldDay } from './session.ts'

/** The load that a ceiling must let through for an appliance to be told [W]: a compressor's, a heating's; as on the plates of common ones. */
const mainLoadW: Readonly<Record<Head, number>> = {
  fridge: 100,
  freezer: 100,
  washingMachine: 2000,
  dishwasher: 2000,
  tumbleDryer: 2000,
  oven: 2000,
  microwave: 1300,
  kettle: 2000,
  airConditioner: 800,
  shower: 8000,
  boiler: 1500,
  electricVehicle: 3500,
}

/**
 * The blur [W] in which about half of an appliance's usual F1 is left: a wash is known by its drum, a kettle by its height. Of recorded homes
 * with noise, steps and pulses added (docs/accuracy.md, "Through other meters"), where dishwasher, kettle and shower kept more than half in all
 * that was tried, and a fridge more beside noise than beside steps. Of what no recording checks, as of what is known by the like; a freezer,
 * the weaker of two compressors, is lost first.
 */
const halfHiddenByW: Readonly<Record<Head, number>> = {
  fridge: 75,
  freezer: 22,
  washingMachine: 75,
  dishwasher: 300,
  tumbleDryer: 300,
  oven: 300,
  microwave: 140,
  kettle: 600,
  airConditioner: 75,
  shower: 2400,
  boiler: 300,
  electricVehicle: 600,
}
/** Standby is off by a third of noise's standard deviation (docs/accuracy.md, "Standby"): by half of home-1's 87 W in so much [W]. */
const standbyHalfHiddenByW = 115
/** A little blur takes nothing. */
const blurFree = 1.05
/** A step hides as much as noise of this share of it (docs/accuracy.md, "Through other meters"), whatever makes the meter's steps. */
const blurOfStep = { 60: 0.5, 900: 0.2 } as const

/** What is left of a figure where a ceiling hides the load, and where all do. */
const leastFactor = 0.25
const leastClarity = 0.1
/** No meter ends below this [W]. */
const ceilingLeastW = 500
/**
 * A load that stays the same meets the day's most once; a ceiling is met again and again, from well below, and nothing stays just under it. So near
 * to the most it is met where energy of quarter-hours scales their minutes.
 */
const ceilingVisitsLeast = 5
const ceilingWithin = 0.01
const wellBelow = 0.8
const ceilingShareLeast = 0.5
/** Differences of so many steps in the median are noise; fewer are the steps themselves. */
const noiseLeastSteps = 2
/** A home that draws nothing for so long does so behind a roof's sun; a register of pulses has minutes between them [s]. */
const hiddenLeastS = 1800
/** What was not measured for longer may have been anything [s]. */
const hiddenGapMostS = 300
/** A home may rest for hours, for no longer than this without a change [s]. */
const constantLeastS = 21_600

/**
 * What is left of a figure where power is sent on large changes (docs/accuracy.md, "Power sent on large changes"); of what was not tried there, as of
 * the like.
 */
const sparseShares: Readonly<Record<Head, number>> = {
  fridge: 0.5,
  freezer: 0.3,
  washingMachine: 0.55,
  dishwasher: 0.95,
  tumbleDryer: 0.9,
  oven: 0.9,
  microwave: 0.8,
  kettle: 0.95,
  airConditioner: 0.5,
  shower: 0.95,
  boiler: 0.9,
  electricVehicle: 0.9,
}

/** Readings so far apart show all that networks of quarter-hours know [s]. */
const clearS = 900
/** Readings so far apart show nothing that is used in runs, and standby half as well [s]. */
export const slowestS = 3600

/** What stands in the way of telling appliances apart in a day. */
export interface Haze {
  /** The power that the meter does not show more than [W]; `undefined` where there is none such. */
  readonly ceilingW: number | undefined
  /**
   * What hides loads: the median difference between two minutes in a row [W], or, where the meter has steps, a share of one. In
   * quarter-hours differences are no noise, and steps alone count.
   */
  readonly blurW: number
  /** The share of the measured slots in which nothing was drawn from the grid for long: no home stands still. */
  readonly hiddenShare: number
  /** The share of the time from the first to the last measured slot that was not measured. */
  readonly gapShare: number
  /** Whether it is one power throughout, for hours: a meter that stands still. */
  readonly isConstant: boolean
  /** How far apart the readings are that the slots repeat [s]: a slot, or up to an hour. */
  readonly readingsApartS: number
  /** Whether its minutes are of power that was sent on large changes (`sparse-power.ts`). */
  readonly isSparse: boolean
}

/** What stands in the way in a day. */
export function hazeOf(day: ToldDay): Haze {
  const [first, last] = [day.measured.indexOf(1), day.measured.lastIndexOf(1)]
  const { powersW, changesW } = movesOf(day)
  const known = day.knownShare?.reduce((sum, share) => sum + share, 0) ?? powersW.length
  const isSparse = day.slotS === 60 && day.hasSparsePower === true
  const isMoving = changesW.some((changeW) => changeW > 0)
  return {
    ceilingW: ceilingOf(powersW),
    blurW: isSparse ? 0 : blurOf(day, changesW),
    hiddenShare: hiddenSlots(day) / Math.max(1, powersW.length),
    gapShare: first < 0 ? 0 : 1 - known / (last + 1 - first),
    isConstant: changesW.length * day.slotS >= constantLeastS && !isMoving,
    readingsApartS: day.readingsApartS ?? (day.slotS === 900 ? readingsApartS(day) : day.slotS),
    isSparse,
  }
}

function blurOf(day: ToldDay, changesW: number[]): number {
  const { slotS } = day
  const stepW = stepOf(day)
  const medianW = slotS === 60 && changesW.length > 0 ? median(changesW) : 0
  return medianW > noiseLeastSteps * stepW ? medianW : stepW * blurOfStep[slotS]
}

/** The share of its usual figure that an appliance is told with; `undefined` stands for standby, which no ceiling hides. */
export function clarityOf(haze: Haze, head: Head | undefined): number {
  const whole = (1 - haze.hiddenShare) * (1 - haze.gapShare / 2) * (haze.isConstant ? 0.5 : 1)
  const within = Math.min(1, (slowestS / haze.readingsApartS - 1) / (slowestS / clearS - 1))
  const among = amongBlur(haze.blurW, head === undefined ? standbyHalfHiddenByW : halfHiddenByW[head])
  if (head === undefined) return Math.max(leastClarity, (whole * among * (1 + within)) / 2)
  const beneath =
    haze.ceilingW === undefined ? 1 : Math.min(1, Math.max(leastFactor, 1.5 - mainLoadW[head] / haze.ceilingW))
  return Math.max(leastClarity, whole * within * beneath * among * (haze.isSparse ? sparseShares[head] : 1))
}

function amongBlur(blurW: number, halfHiddenW: number): number {
  return Math.min(1, blurFree / (1 + (blurW / halfHiddenW) ** 2))
}

/** The measured powers [W], and the differences [W] between slots in a row. */
function movesOf({ powerW, measured }: ToldDay): { powersW: number[]; changesW: number[] } {
  const powersW: number[] = []
  const changesW: number[] = []
  for (let slot = 0; slot < powerW.length; slot++) {
    if (measured[slot] !== 1) continue
    const hereW = powerW[slot] ?? 0
    powersW.push(hereW)
    if (slot > 0 && measured[slot - 1] === 1) changesW.push(Math.abs(hereW - (powerW[slot - 1] ?? 0)))
  }
  return { powersW, changesW }
}

/** Measured slots of nothing, in stretches of them that are long. */
function hiddenSlots({ powerW, measured, slotS }: ToldDay): number {
  let hidden = 0
  let [count, start, lastSeen] = [0, 0, -1]
  const close = (stop: number) => {
    if (count > 0 && (stop - start) * slotS >= hiddenLeastS) hidden += count
    count = 0
  }
  for (let slot = 0; slot < powerW.length; slot++) {
    if (measured[slot] !== 1) continue
    const isLost = (slot - lastSeen - 1) * slotS > hiddenGapMostS
    if (powerW[slot] !== 0 || isLost) close(lastSeen + 1)
    if (powerW[slot] === 0) {
      if (count === 0) start = slot
      count += 1
    }
    lastSeen = slot
  }
  close(lastSeen + 1)
  return hidden
}

function ceilingOf(powersW: readonly number[]): number | undefined {
  const mostW = powersW.reduce((most, powerW) => Math.max(most, powerW), 0)
  if (mostW < ceilingLeastW) return undefined
  let [visits, high, highest] = [0, 0, 0]
  let isBelow = true
  for (const powerW of powersW) {
    const isHighest = powerW >= (1 - ceilingWithin) * mostW
    if (isHighest && isBelow) visits += 1
    if (isHighest) highest += 1
    if (powerW > wellBelow * mostW) high += 1
    if (isHighest) isBelow = false
    else if (powerW < wellBelow * mostW) isBelow = true
  }
  return visits >= ceilingVisitsLeast && highest >= ceilingShareLeast * high ? mostW : undefined
}
