/**
 * The microwave: bursts of 0.9–1.7 kW at one power, for minutes or, when it defrosts, on and off within them.
 */
import type { Burst } from '../bursts.ts'
import type { Scene } from '../scene.ts'
import { takeBurst } from '../taking.ts'

/** Gives the microwave its bursts. */
export function findMicrowaves(scene: Scene): void {
  const microwaveW = scene.model.microwaveW
  if (microwaveW === undefined) return
  for (const burst of scene.bursts) {
    if (scene.taken.has(burst) || !isMicrowave(burst, microwaveW)) continue
    takeBurst(scene, 'microwave', burst, 1.15 * microwaveW)
  }
}

function isMicrowave(burst: Burst, microwaveW: number): boolean {
  const ratio = burst.peakW / microwaveW
  if (burst.cycling > 2) return false
  return burst.sure ? Math.abs(ratio - 1) < 0.2 : ratio < 1.1 && ratio > 0.6
}
