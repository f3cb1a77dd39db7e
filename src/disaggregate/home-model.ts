/**
 * What a week of a home teaches about it: its floor, its refrigeration, the power of its kettle.
 *
 * A model for a day is made of the day and the six before, each summed up on its own, so that the day after (which sees
 * one day more into the past than it needs for itself) makes the very same model of the day before.
 */
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import type { Burst } from './bursts.ts'
import { dishwasherChains } from './cycles/dishwasher.ts'
import { findWashes } from './cycles/washing-machine.ts'
import { floorOfDayW, standbyOfDaysW } from './floor.ts'
import { findPulses, type Pulse } from './pulses.ts'
import { type Compressor, compressorsOf } from './refrigeration.ts'
import { type Shapes, shapesOf } from './scene.ts'

/** Days a model looks back, the day itself included. */
export const modelDays = 7
/** Smallest pulse worth pairing [W]. */
export const leastPulseW = 40

/** More compressors than this are not told apart. */
const mostCompressors = 2

/** One day, summed up. */
export interface DayProfile {
  readonly slotS: SlotS
  /** Measured share of the day, 0–1. */
  readonly measuredShare: number
  readonly floorW: number | undefined
  readonly pulses: readonly Pulse[]
  readonly shapes: Shapes | undefined
}

/** What the analysis of a day knows of the home. */
export interface HomeModel {
  readonly standbyW: number
  /** Days that had a say. */
  readonly days: number
  /** The compressors, the clearest first. */
  readonly compressors: readonly Compressor[]
  /** Power [W] of the short pulses the home makes most often in the kettle's range. */
  readonly kettleW: number | undefined
  readonly microwaveW: number | undefined
  /** Power [W] of the elements of dishwasher and washing machine. */
  readonly dishwasherW: number | undefined
  readonly washingW: number | undefined
}

/** Sums up one day. */
export function profileOf(day: DayCurve): DayProfile {
  let measuredSlots = 0
  for (const flag of day.measured) measuredSlots += flag
  const floorW = floorOfDayW(day)
  const pulses = day.slotS === 60 ? findPulses(day.powerW, day.measured, leastPulseW, floorW ?? 0) : []
  const shapes = day.slotS === 60 ? shapesOf(day.powerW, day.measured, floorW ?? 0) : undefined
  return { slotS: day.slotS, measuredShare: measuredSlots / Math.max(1, day.powerW.length), floorW, pulses, shapes }
}

/** The model that a few consecutive days make, the newest last. */
export function modelOf(profiles: readonly DayProfile[]): HomeModel {
  const pulses = profiles.flatMap((profile, day) =>
    profile.pulses.map((pulse) => ({ ...pulse, day, hour: pulse.start / 60 })),
  )
  const bursts = profiles.flatMap((profile) => profile.shapes?.bursts ?? [])
  const kettleW = commonPeakW(bursts, 1700, 3300)
  return {
    standbyW: standbyOfDaysW(profiles.map((profile) => profile.floorW)),
    days: profiles.filter((profile) => profile.measuredShare > 0.1).length,
    compressors: compressorsOf(pulses, mostCompressors),
    kettleW,
    microwaveW: microwavePeakW(bursts),
    dishwasherW: elementOfDishwasherW(profiles, kettleW),
    washingW: elementOfWashingMachineW(profiles, kettleW),
  }
}

/** The power of the washing machine's element [W]: that of most of the week's clear washes. */
function elementOfWashingMachineW(profiles: readonly DayProfile[], kettleW: number | undefined): number | undefined {
  const powers: number[] = []
  for (const { shapes } of profiles) {
    if (shapes === undefined) continue
    for (const wash of findWashes(shapes, [], { washingW: undefined, kettleW })) {
      if (wash.score > 1) powers.push(wash.cluster.heightW)
    }
  }
  return commonValue(powers, 0.1, 2)
}

/** The power of the dishwasher's element [W]: the one most of the week's clear programs share. */
function elementOfDishwasherW(profiles: readonly DayProfile[], kettleW: number | undefined): number | undefined {
  const powers: number[] = []
  for (const { shapes } of profiles) {
    if (shapes === undefined) continue
    for (const chain of dishwasherChains(shapes, [], { dishwasherW: undefined, washingW: undefined, kettleW })) {
      if (chain.score > 0.8 && chain.blocks.length > 1) powers.push(chain.heightW)
    }
  }
  return commonValue(powers, 0.08, 1)
}

/** Where the power of a microwave usually lies [W]: toasters and coffee machines crowd below. */
const usualMicrowaveW = 1350
const microwaveSpreadW = 200

/** The likeliest power of the microwave: frequent in the week, and where microwaves usually are. */
function microwavePeakW(bursts: readonly Burst[]): number | undefined {
  let best: number | undefined
  let bestWeight = 1.2
  const alone = bursts.filter((one) => one.sure && one.cycling <= 2 && one.peakW >= 900 && one.peakW < 1800)
  for (const { peakW } of alone) {
    const near = alone.filter((one) => Math.abs(one.peakW / peakW - 1) < 0.05).length
    const weight = near * Math.exp(-0.5 * ((peakW - usualMicrowaveW) / microwaveSpreadW) ** 2)
    if (weight > bestWeight) {
      bestWeight = weight
      best = peakW
    }
  }
  return best
}

/** The most frequent power among sure bursts that stand alone, in a range [W]; `undefined` below three of them. */
function commonPeakW(bursts: readonly Burst[], fromW: number, toW: number): number | undefined {
  const alone = bursts.filter((one) => one.sure && one.cycling <= 1 && one.peakW >= fromW && one.peakW < toW)
  return commonValue(
    alone.map((one) => one.peakW),
    0.08,
    3,
  )
}

/** The middle of the densest cluster of values that lie within a share of each other; `undefined` below `least`. */
function commonValue(values: readonly number[], share: number, least: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  let best: number | undefined
  let bestCount = least - 1
  for (let low = 0, high = 0; low < sorted.length; low++) {
    const top = (sorted[low] ?? 0) * (1 + share)
    while (high < sorted.length && (sorted[high] ?? 0) <= top) high += 1
    if (high - low > bestCount) {
      bestCount = high - low
      best = sorted[(low + high - 1) >> 1]
    }
  }
  return best
}
