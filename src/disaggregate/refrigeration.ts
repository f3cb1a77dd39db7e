/**
 * Refrigeration: the compressor's duty cycle.
 *
 * A compressor switches the same small power on and off all day long with much the same times on and off. Its pulses
 * are learned from the week (power, time on, time off); then it is tracked through the day, also where bigger loads
 * hide its edges, by the likeliest sequence of on and off times.
 */
import { give, type Ledger } from './ledger.ts'
import type { Pulse } from './pulses.ts'

/** A compressor as the week shows it. */
export interface Refrigeration {
  /** Power while on [W]. */
  readonly heightW: number
  /** Usual times on and off [slots of 60 s]. */
  readonly onSlots: number
  readonly offSlots: number
  /** Pulses it was learned from. */
  readonly support: number
}

/** The range of a household compressor [W] and of its time on [slots of 60 s]. */
const leastW = 40
const mostW = 260
const leastOnSlots = 5
const mostOnSlots = 90

/** Learns the compressor from a week's pulses; `undefined` where none cycles. */
export function refrigerationOf(pulses: readonly Pulse[]): Refrigeration | undefined {
  const fit = pulses
    .filter((one) => one.heightW >= leastW && one.heightW <= mostW)
    .filter((one) => one.lengthSlots >= leastOnSlots && one.lengthSlots <= mostOnSlots)
  const heights = fit.map((one) => one.heightW).sort((a, b) => a - b)
  let low = 0
  let best = { low: 0, high: 0 }
  for (let high = 0; high < heights.length; high++) {
    while ((heights[low] ?? 0) * 1.25 < (heights[high] ?? 0)) low += 1
    if (high - low > best.high - best.low) best = { low, high }
  }
  const support = best.high - best.low
  if (support < 8) return undefined
  const heightW = heights[(best.low + best.high) >> 1] ?? 0
  const same = fit.filter((one) => Math.abs(one.heightW - heightW) < 0.15 * heightW)
  const onSlots = median(same.map((one) => one.lengthSlots))
  const gaps: number[] = []
  for (let index = 1; index < same.length; index++) {
    const gap = (same[index]?.start ?? 0) - (same[index - 1]?.stop ?? 0)
    if (gap >= leastOnSlots && gap <= 2 * mostOnSlots) gaps.push(gap)
  }
  return { heightW, onSlots, offSlots: gaps.length > 0 ? median(gaps) : onSlots, support }
}

/** Gives the compressor its pulses of the session. */
export function trackRefrigeration(ledger: Ledger, pulses: readonly Pulse[], known: Refrigeration): Set<Pulse> {
  const used = new Set<Pulse>()
  for (const pulse of pulses) {
    if (Math.abs(pulse.heightW - known.heightW) > 0.25 * known.heightW) continue
    if (pulse.lengthSlots < 0.3 * known.onSlots || pulse.lengthSlots > 3 * known.onSlots) continue
    used.add(pulse)
    for (let slot = pulse.start; slot < pulse.stop; slot++) give(ledger, 'fridge', slot, known.heightW)
  }
  return used
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 0
}
