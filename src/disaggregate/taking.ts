/**
 * Taking: how an appliance is given the heats and bursts it was recognised by.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { Burst } from './bursts.ts'
import type { Heat } from './heats.ts'
import { give, noteRun } from './ledger.ts'
import type { Scene } from './scene.ts'

/** Gives an appliance some heats, and claims them so that no other appliance is found in them. */
export function takeHeats(scene: Scene, appliance: ApplianceKey, heats: readonly Heat[]): void {
  for (const heat of heats) {
    scene.claims.push(heat)
    for (const burst of scene.bursts) if (isSame(scene, burst, heat)) scene.taken.add(burst)
    for (let slot = heat.start; slot < heat.stop; slot++)
      give(scene.ledger, appliance, slot, heatPowerW(scene, heat, slot))
  }
}

/** Gives an appliance a burst, up to `powerW` [W], and notes it as a run. */
export function takeBurst(scene: Scene, appliance: ApplianceKey, burst: Burst, powerW: number): void {
  scene.taken.add(burst)
  for (let slot = burst.start; slot < burst.stop; slot++) {
    give(scene.ledger, appliance, slot, Math.min(scene.layers.burstW[slot] ?? 0, powerW))
  }
  noteRun(scene.ledger, appliance, burst.start, burst.stop)
}

/** What a heat draws in a slot [W]: its power, or what exceeds the background where that is less. */
function heatPowerW(scene: Scene, heat: Heat, slot: number): number {
  const excessW = scene.excessW[slot] ?? 0
  return heat.stop - heat.start > 45 ? heat.heightW : Math.min(heat.heightW, Math.max(0, excessW))
}

/** Whether a burst is (most of) a heat, and not something that happened on top of it. */
function isSame(scene: Scene, burst: Burst, heat: Heat): boolean {
  const common = Math.min(burst.stop, heat.stop) - Math.max(burst.start, heat.start)
  if (common * 2 <= burst.stop - burst.start || burst.peakW > 1.2 * heat.heightW) return false
  const middle = (burst.start + burst.stop) >> 1
  const belowW = (scene.excessW[middle] ?? 0) - (scene.layers.burstW[middle] ?? 0)
  return belowW < 0.5 * heat.heightW && burst.peakW > 0.3 * heat.heightW
}
