/**
 * Refrigeration: what the compressors of a home look like.
 *
 * A compressor switches the same small power on and off, night and day, with much the same times on and off. Its pulses
 * are gathered over a week; the power at which the most pulses repeat, those of the quiet night counting more, is the
 * compressor's. A second cycle at another power is a second one. (Template from the home's own quiet hours, as in O. Parson
 * et al., "Non-intrusive load monitoring using prior models of general appliance types", AAAI 2012.)
 */
import type { Pulse } from './pulses.ts'

/** A pulse of the week, with the hour at which it began. */
export interface DatedPulse extends Pulse {
  /** Hours after the day's start. */
  readonly hour: number
  /** Days after the week's start. */
  readonly day: number
}

/** A compressor as the week shows it. Times in slots of 60 s. */
export interface Compressor {
  /** Power just after switching on, and just before switching off [W]. */
  readonly startW: number
  readonly endW: number
  readonly onSlots: number
  readonly offSlots: number
  /** Spread of the logarithm of either time. */
  readonly onSpread: number
  readonly offSpread: number
  /** Pulses it was learned from. */
  readonly support: number
}

/** The range of a household compressor [W] and of its time on [slots of 60 s]. */
const leastW = 35
const mostW = 260
const leastOnSlots = 5
const mostOnSlots = 100
/** Fewer pulses are no cycle. */
const leastSupport = 8
/** Powers this close are one compressor's. */
const sameShare = 0.2
/** The night hours, in which little else switches, and how much more their pulses count. */
const nightUntilHour = 6
const nightWeight = 3

/** The compressors of a week, the clearest first, at most `most`. */
export function compressorsOf(pulses: readonly DatedPulse[], most: number): Compressor[] {
  const compressors: Compressor[] = []
  let rest = pulses.filter(mayBeCompressor)
  while (compressors.length < most) {
    const heightW = densestHeightW(rest)
    if (heightW === undefined) break
    const same = rest.filter((one) => Math.abs(one.heightW / heightW - 1) <= sameShare)
    const compressor = compressorOf(same)
    if (compressor === undefined) break
    compressors.push(compressor)
    rest = rest.filter((one) => !same.includes(one))
  }
  return compressors
}

function mayBeCompressor(pulse: Pulse): boolean {
  if (pulse.heightW < leastW || pulse.heightW > mostW) return false
  return pulse.lengthSlots >= leastOnSlots && pulse.lengthSlots <= mostOnSlots
}

/** The power around which the most pulses lie [W], night pulses counting more. */
function densestHeightW(pulses: readonly DatedPulse[]): number | undefined {
  const sorted = [...pulses].sort((a, b) => a.heightW - b.heightW)
  let best: number | undefined
  let bestWeight = leastSupport - 1
  let weight = 0
  for (let low = 0, high = 0; low < sorted.length; low++) {
    const topW = (sorted[low]?.heightW ?? 0) * (1 + sameShare)
    while (high < sorted.length && (sorted[high]?.heightW ?? 0) <= topW) weight += weightOf(sorted[high++])
    if (weight > bestWeight) {
      bestWeight = weight
      best = sorted[(low + high - 1) >> 1]?.heightW
    }
    weight -= weightOf(sorted[low])
  }
  return best
}

function weightOf(pulse: DatedPulse | undefined): number {
  if (pulse === undefined) return 0
  return pulse.hour < nightUntilHour ? nightWeight : 1
}

function compressorOf(same: readonly DatedPulse[]): Compressor | undefined {
  if (same.length < leastSupport) return undefined
  const night = same.filter((one) => one.hour < nightUntilHour)
  const clear = night.length >= leastSupport ? night : same
  const on = clear.map((one) => one.lengthSlots)
  const off = restsBetween(clear)
  if (off.length < leastSupport / 2) return undefined
  return {
    startW: median(clear.map((one) => one.riseW)),
    endW: median(clear.map((one) => one.fallW)),
    onSlots: median(on),
    offSlots: median(off),
    onSpread: logSpread(on),
    offSpread: logSpread(off),
    support: same.length,
  }
}

/** The times between pulses that follow each other on one day, without those that skip a pulse. */
function restsBetween(pulses: readonly DatedPulse[]): number[] {
  const rests: number[] = []
  for (let index = 1; index < pulses.length; index++) {
    const before = pulses[index - 1]
    const here = pulses[index]
    if (before === undefined || here === undefined || before.day !== here.day) continue
    const rest = here.start - before.stop
    if (rest >= 3 && rest <= 150) rests.push(rest)
  }
  const usual = median(rests)
  return rests.filter((rest) => rest <= 1.8 * usual)
}

/** Half the width of the middle two thirds of the logarithms, at least 0.15. */
function logSpread(values: readonly number[]): number {
  const sorted = values.map(Math.log).sort((a, b) => a - b)
  const low = sorted[Math.floor(sorted.length / 6)] ?? 0
  const high = sorted[Math.ceil((sorted.length * 5) / 6) - 1] ?? 0
  return Math.max(0.15, (high - low) / 2)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 0
}
