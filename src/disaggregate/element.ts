/**
 * The search for a heating element of known power.
 *
 * Once a home's week has shown at what power its dishwasher heats, a heat can be recognised even where its edges are
 * hidden by a kettle or a hob: the load stays above its background by the element's power for minutes on end.
 */
import type { Heat } from './heats.ts'
import { type Layers, opened } from './layers.ts'

/** Longest heat of an element [slots of 60 s]; what lasts longer is background. */
const longestHeat = 50
/** A slot is on when it exceeds the background by this share of the element's power, partly on from `partShare`. */
const onShare = 0.86
const partShare = 0.12
/** Slots in which nothing else is on top lie this close to the element's power; so many of the heat must. */
const levelTolerance = 0.08
const levelSlotsShare = 0.45
/** Shortest heat worth a name [slots]. */
const shortestHeat = 3
/** Highest mean of a covered heat, as a multiple of the element's power: something of 6 kW hides nothing. */
const coveredMost = 2
/** Shortest heat that is taken for one although something else was on top of it all the time [slots]. */
const coveredHeat = 9

/** What exceeds the background of things that last an hour [W]. */
export function excessOf(layers: Layers): Float64Array {
  const backgroundW = opened(layers.steadyW, longestHeat)
  const excessW = new Float64Array(backgroundW.length)
  for (let slot = 0; slot < excessW.length; slot++) {
    excessW[slot] = (layers.powerW[slot] ?? 0) - (backgroundW[slot] ?? 0)
  }
  return excessW
}

/** The heats of an element of `heightW` [W], by start; not `solid` where something bigger hides its power. */
export function heatsOfElement(excessW: Float64Array, heightW: number): Heat[] {
  const heats: Heat[] = []
  let slot = 0
  while (slot < excessW.length) {
    if (!isOn(excessW, slot, heightW)) {
      slot += 1
      continue
    }
    const stop = endOfHeat(excessW, slot, heightW)
    const heat = heatBetween(excessW, slot, stop, heightW)
    if (heat !== undefined) heats.push(heat)
    slot = stop
  }
  return heats
}

function isOn(excessW: Float64Array, slot: number, heightW: number): boolean {
  return (excessW[slot] ?? 0) >= onShare * heightW
}

/** After the last slot that is on; a dip of a single slot between two that are on does not end a heat. */
function endOfHeat(excessW: Float64Array, start: number, heightW: number): number {
  let stop = start + 1
  while (stop < excessW.length) {
    if (isOn(excessW, stop, heightW)) stop += 1
    else if (stop - start >= 2 && isOn(excessW, stop + 1, heightW) && isOn(excessW, stop + 2, heightW)) stop += 2
    else break
  }
  return stop
}

function heatBetween(excessW: Float64Array, from: number, to: number, heightW: number): Heat | undefined {
  if (to - from < shortestHeat - 1) return undefined
  const levelW = levelBetween(excessW, from, to, heightW)
  if (levelW === undefined && !mayBeCovered(excessW, from, to, heightW)) return undefined
  const start = from > 0 && (excessW[from - 1] ?? 0) > partShare * heightW ? from - 1 : from
  const stop = to < excessW.length && (excessW[to] ?? 0) > partShare * heightW ? to + 1 : to
  let energy = 0
  for (let slot = start; slot < stop; slot++) energy += Math.min(Math.max(0, excessW[slot] ?? 0), heightW)
  if (energy < (shortestHeat - 0.5) * heightW) return undefined
  return { start, stop, heightW: levelW ?? heightW, energy, solid: levelW !== undefined }
}

/** The mean of the slots at the element's own power [W]; `undefined` where too few are: it is something bigger. */
function levelBetween(excessW: Float64Array, from: number, to: number, heightW: number): number | undefined {
  let sumW = 0
  let count = 0
  for (let slot = from; slot < to; slot++) {
    const hereW = excessW[slot] ?? 0
    if (Math.abs(hereW / heightW - 1) > levelTolerance) continue
    sumW += hereW
    count += 1
  }
  return count >= 2 && count >= levelSlotsShare * (to - from) ? sumW / count : undefined
}

function mayBeCovered(excessW: Float64Array, from: number, to: number, heightW: number): boolean {
  if (to - from < coveredHeat) return false
  let sumW = 0
  for (let slot = from; slot < to; slot++) sumW += excessW[slot] ?? 0
  return sumW < coveredMost * heightW * (to - from)
}
