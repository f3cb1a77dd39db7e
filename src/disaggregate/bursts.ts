/**
 * Bursts: short things on top of the steady load, one after the other.
 *
 * A burst is a stretch of the burst layer above a threshold. Its energy is right however it fell into the minutes; its
 * power is only known when at least one slot was wholly on.
 */
import type { Layers } from './layers.ts'

/** A short piece of load. */
export interface Burst {
  readonly start: number
  /** After the last slot. */
  readonly stop: number
  /** Highest power above the steady load [W]. */
  readonly peakW: number
  /** Energy above the steady load [W × slots]. */
  readonly energy: number
  /** Whether a slot inside was wholly on: `peakW` is the appliance's power. */
  readonly sure: boolean
  /** Bursts of about the same power around it, the sign of a thermostat. */
  cycling: number
}

/** A burst ends where the burst layer falls below this share of its peak, or below the least power. */
const valleyShare = 0.2
/** Bursts of about the same power within this distance count as cycling [slots]. */
const cyclingReach = 16

/** All bursts that peak at `minW` [W] or more, by start. */
export function findBursts(layers: Layers, minW: number): Burst[] {
  const { burstW } = layers
  const bursts: Burst[] = []
  let slot = 0
  while (slot < burstW.length) {
    if ((burstW[slot] ?? 0) < minW) {
      slot += 1
      continue
    }
    const burst = burstAround(burstW, slot)
    bursts.push(burst)
    slot = Math.max(slot + 1, burst.stop)
  }
  countCycling(bursts)
  return bursts
}

/** The burst that a slot belongs to, from the valley before it to the valley after. */
function burstAround(burstW: Float64Array, slot: number): Burst {
  let peakW = burstW[slot] ?? 0
  let stop = slot + 1
  while (stop < burstW.length && (burstW[stop] ?? 0) > valleyShare * peakW) {
    peakW = Math.max(peakW, burstW[stop] ?? 0)
    stop += 1
  }
  let start = slot
  while (start > 0 && (burstW[start - 1] ?? 0) > 0.03 * peakW && (burstW[start - 1] ?? 0) < (burstW[start] ?? 0))
    start -= 1
  if (stop < burstW.length && (burstW[stop] ?? 0) > 0.03 * peakW && (burstW[stop] ?? 0) < (burstW[stop - 1] ?? 0))
    stop += 1
  let energy = 0
  for (let one = start; one < stop; one++) energy += burstW[one] ?? 0
  return {
    start,
    stop,
    peakW,
    energy,
    sure: stop - start >= 3 && energy > 1.75 * peakW,
    cycling: 0,
  }
}

function countCycling(bursts: readonly Burst[]): void {
  for (let index = 0; index < bursts.length; index++) {
    const one = bursts[index]
    if (one === undefined) continue
    for (let other = index + 1; other < bursts.length; other++) {
      const next = bursts[other]
      if (next === undefined || next.start - one.stop > cyclingReach) break
      const ratio = next.peakW / one.peakW
      if (ratio < 0.6 || ratio > 1.67) continue
      one.cycling += 1
      next.cycling += 1
    }
  }
}
