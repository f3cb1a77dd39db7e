/**
 * A scene: one session as the searches for appliances see it, and what of it is already taken.
 */
import { type Burst, findBursts } from './bursts.ts'
import { excessOf } from './element.ts'
import { blocksOf, type Claim, clustersOf, type Heat, type HeatBlock, type HeatCluster, heatsOf } from './heats.ts'
import type { HomeModel } from './home-model.ts'
import { type Layers, layersOf } from './layers.ts'
import type { Ledger } from './ledger.ts'
import { findPulses, type Pulse } from './pulses.ts'
import { type Texture, textureOf } from './texture.ts'

/** What can be seen in a stretch of minute slots. */
export interface Shapes {
  readonly layers: Layers
  readonly texture: Texture
  /** What exceeds the hour-long background [W]. */
  readonly excessW: Float64Array
  /** Pulses of the steady layer. */
  readonly pulses: readonly Pulse[]
  readonly bursts: readonly Burst[]
  readonly heats: readonly Heat[]
  readonly blocks: readonly HeatBlock[]
  readonly clusters: readonly HeatCluster[]
}

/** A session with the home's model, its account, and the heats and bursts that have found their appliance. */
export interface Scene extends Shapes {
  readonly model: HomeModel
  readonly ledger: Ledger
  readonly taken: Set<Burst>
  readonly claims: Claim[]
}

/** Smallest pulse of the steady layer worth pairing [W]. */
const leastPulseW = 250
/** Smallest burst worth a look [W]. */
const leastBurstW = 250

/** Finds the shapes of a stretch. */
export function shapesOf(powerW: Float64Array, measured: Uint8Array, floorW: number): Shapes {
  const layers = layersOf(powerW, measured)
  const pulses = findPulses(layers.steadyW, layers.measured, leastPulseW, floorW)
  const bursts = findBursts(layers, leastBurstW)
  const heats = heatsOf(pulses, bursts)
  return {
    layers,
    texture: textureOf(layers),
    excessW: excessOf(layers),
    pulses,
    bursts,
    heats,
    blocks: blocksOf(heats),
    clusters: clustersOf(heats),
  }
}
