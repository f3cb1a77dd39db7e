/**
 * Layers: the load curve taken apart by how long things last.
 *
 * A morphological opening (the running minimum, then the running maximum, of M. van Herk, Pattern Recognition Letters
 * 13(7), 1992) removes everything shorter than its window and leaves the rest with its edges where they are. What it
 * leaves is the steady layer (heating, compressors, lamps); what it takes away is the burst layer (kettles, microwaves,
 * the on-times of a hob or an iron). Neither disturbs the search for the other.
 */

/** The layers of a stretch of minute slots [W]. */
export interface Layers {
  /** The curve, gaps of a few slots bridged by the lower of their two sides. */
  readonly powerW: Float64Array
  readonly measured: Uint8Array
  /** What lasts at least `burstSlots`. */
  readonly steadyW: Float64Array
  /** What does not: `powerW − steadyW`, at least 0. */
  readonly burstW: Float64Array
}

/** Everything shorter is a burst [slots of 60 s]: a full kettle takes five to seven minutes. */
export const burstSlots = 8
/** Gaps up to this long are bridged for the search; energy is never given to them [slots]. */
const bridgedSlots = 4

/** Takes a stretch apart. */
export function layersOf(powerW: Float64Array, measured: Uint8Array): Layers {
  const bridged = bridgeGaps(powerW, measured)
  const steadyW = opened(withoutDips(bridged.powerW), burstSlots)
  const burstW = new Float64Array(steadyW.length)
  for (let slot = 0; slot < burstW.length; slot++) {
    burstW[slot] = Math.max(0, (bridged.powerW[slot] ?? 0) - (steadyW[slot] ?? 0))
  }
  return { ...bridged, steadyW, burstW }
}

/** Dips up to this long and this deep (as a share of the load) do not end what is on [slots]. */
const dipSlots = 2
const dipShare = 0.4

/** The curve with short shallow dips filled: a thermostat's flicker does not end a heating. */
function withoutDips(powerW: Float64Array): Float64Array {
  const filledW = slidingExtreme(slidingExtreme(powerW, dipSlots + 1, 1), dipSlots + 1, -1)
  for (let slot = 0; slot < filledW.length; slot++) {
    const hereW = powerW[slot] ?? 0
    const fullW = filledW[slot] ?? 0
    if (fullW - hereW > dipShare * fullW) filledW[slot] = hereW
  }
  return filledW
}

/** Morphological opening with a flat window of `width` slots. Outside the stretch the load is taken to go on. */
export function opened(valuesW: Float64Array, width: number): Float64Array {
  return slidingExtreme(slidingExtreme(valuesW, width, -1), width, 1)
}

/** The least value within `reach` slots on either side of each slot. */
export function leastAround(valuesW: Float64Array, reach: number): Float64Array {
  const before = slidingExtreme(
    valuesW.map((valueW) => -valueW),
    reach + 1,
    1,
  )
  const after = slidingExtreme(valuesW, reach + 1, -1)
  return after.map((leastW, slot) => Math.min(leastW, -(before[slot] ?? 0)))
}

/**
 * The running minimum (`sign` −1) over a slot and the `width − 1` after it, or the running maximum (`sign` 1) over a
 * slot and the `width − 1` before it; so the two in turn leave edges in place. Windows are clipped at the ends.
 */
function slidingExtreme(valuesW: Float64Array, width: number, sign: 1 | -1): Float64Array {
  const count = valuesW.length
  const result = new Float64Array(count)
  const queue = new Int32Array(count)
  let head = 0
  let tail = 0
  for (let step = 0; step < count; step++) {
    const slot = sign === 1 ? step : count - 1 - step
    const valueW = valuesW[slot] ?? 0
    while (tail > head && sign * (valuesW[queue[tail - 1] ?? 0] ?? 0) <= sign * valueW) tail -= 1
    queue[tail++] = slot
    if (Math.abs((queue[head] ?? 0) - slot) >= width) head += 1
    result[slot] = valuesW[queue[head] ?? 0] ?? 0
  }
  return result
}

function bridgeGaps(powerW: Float64Array, measured: Uint8Array): { powerW: Float64Array; measured: Uint8Array } {
  const bridgedW = powerW.slice()
  const mask = measured.slice()
  let slot = 0
  while (slot < mask.length) {
    if (mask[slot] === 1) {
      slot += 1
      continue
    }
    let stop = slot
    while (stop < mask.length && measured[stop] !== 1) stop += 1
    if (slot > 0 && stop < mask.length && stop - slot <= bridgedSlots) {
      bridgedW.fill(Math.min(powerW[slot - 1] ?? 0, powerW[stop] ?? 0), slot, stop)
      mask.fill(1, slot, stop)
    }
    slot = stop
  }
  return { powerW: bridgedW, measured: mask }
}
