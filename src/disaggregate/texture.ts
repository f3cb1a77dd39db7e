/**
 * Texture: how restless the load is from minute to minute.
 *
 * A drum that turns and turns back makes the power of a minute stray from its neighbours by ten watts and more for an
 * hour on end; a dishwasher's pump, a compressor or a lamp draw a straight line, and even a slow decline is straight.
 * So texture is half the second difference; bursts and big steps are left out, they are not texture.
 */
import type { Layers } from './layers.ts'

/** Deviation of a slot from the mean of its neighbours [W]; −1 where a burst or a big step makes it meaningless. */
export type Texture = Float32Array

/** A burst above this is left out, and so is a step between neighbours above `stepW` [W]. */
const burstW = 250
const stepW = 600
/** With fewer usable slots than this share, a stretch has no texture to speak of. */
const leastShare = 0.35
/** What stands for the texture of such a stretch [W]: neither calm nor restless. */
const unknownW = 3

/** The texture of a stretch. */
export function textureOf(layers: Layers): Texture {
  const { powerW } = layers
  const texture = new Float32Array(powerW.length).fill(-1)
  for (let slot = 1; slot + 1 < texture.length; slot++) {
    if ((layers.burstW[slot - 1] ?? 0) > burstW || (layers.burstW[slot] ?? 0) > burstW) continue
    if ((layers.burstW[slot + 1] ?? 0) > burstW) continue
    const here = powerW[slot] ?? 0
    const rise = here - (powerW[slot - 1] ?? 0)
    const next = (powerW[slot + 1] ?? 0) - here
    if (Math.abs(rise) <= stepW && Math.abs(next) <= stepW) texture[slot] = Math.abs(next - rise) / 2
  }
  return texture
}

/** The median texture from one slot up to another [W]. */
export function textureBetween(texture: Texture, from: number, to: number): number {
  const start = Math.max(0, from)
  const stop = Math.min(texture.length, to)
  if (stop <= start) return unknownW
  const usable = texture.slice(start, stop).sort()
  const skipped = firstAtLeastZero(usable)
  const count = usable.length - skipped
  if (count < leastShare * (to - from)) return unknownW
  return usable[skipped + ((count - 1) >> 1)] ?? unknownW
}

/** The quantile of some values from one slot up to another; 0 where the range is empty. */
export function quantileBetween(values: Float64Array, from: number, to: number, share: number): number {
  const start = Math.max(0, from)
  const stop = Math.min(values.length, to)
  if (stop <= start) return 0
  const sorted = values.slice(start, stop).sort()
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0
}

function firstAtLeastZero(sorted: Float32Array): number {
  let index = 0
  while (index < sorted.length && (sorted[index] ?? 0) < 0) index += 1
  return index
}
