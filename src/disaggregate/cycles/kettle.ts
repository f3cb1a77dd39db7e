/**
 * The kettle: one burst of 1.7–3.2 kW for one to six minutes, always at the same power.
 *
 * The power is learned from the home's own week. A burst that reaches it is a kettle; a shorter one that never filled a
 * minute is one when it stands alone, for a thermostat's bursts come in company.
 */
import type { Burst } from '../bursts.ts'
import { give, noteRun } from '../ledger.ts'
import type { Scene } from '../scene.ts'

/** A burst is at the kettle's power from this share of it on; beyond `mostShare` it is something else. */
const fullShare = 0.83
const mostShare = 1.75
/** Least share of the power that a burst which never filled a minute must show. */
const partShare = 0.5

/** Gives the kettle its bursts. */
export function findKettles(scene: Scene): void {
  const kettleW = scene.model.kettleW
  if (kettleW === undefined) return
  for (const burst of scene.bursts) {
    if (scene.taken.has(burst) || !isKettle(burst, kettleW)) continue
    scene.taken.add(burst)
    giveKettle(scene, burst, kettleW)
  }
}

function isKettle(burst: Burst, kettleW: number): boolean {
  const ratio = burst.peakW / kettleW
  if (ratio >= fullShare && ratio <= mostShare) return burst.energy > 0.5 * kettleW && burst.cycling < 6
  if (ratio >= fullShare || burst.cycling > 1) return false
  return !burst.sure && ratio > partShare
}

/** The kettle's part of a burst: its power where it was wholly on, the rise and the fall beside it. */
function giveKettle(scene: Scene, burst: Burst, kettleW: number): void {
  const { burstW } = scene.layers
  let start = burst.stop
  let stop = burst.start
  for (let slot = burst.start; slot < burst.stop; slot++) {
    const hereW = burstW[slot] ?? 0
    const partW = Math.min(hereW, 1.05 * kettleW)
    if (partW < 0.04 * kettleW) continue
    give(scene.ledger, 'kettle', slot, partW)
    start = Math.min(start, slot)
    stop = Math.max(stop, slot + 1)
  }
  if (start < stop) noteRun(scene.ledger, 'kettle', start, stop)
}
