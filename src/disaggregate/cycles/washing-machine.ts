/**
 * The washing machine: one heating of about 2 kW, then a drum that turns for an hour.
 *
 * What tells it from everything else that heats is what follows: the minute means stay restless (`texture.ts`) for half
 * an hour and more, through all the pauses in which a dishwasher's pump would draw a straight line.
 */
import { type Claim, type HeatBlock, type HeatCluster, isClaimed } from '../heats.ts'
import { give, noteRun } from '../ledger.ts'
import type { Scene, Shapes } from '../scene.ts'
import { takeHeats } from '../taking.ts'
import { quantileBetween, textureBetween } from '../texture.ts'

/** A heating that looks like a wash. */
export interface Wash {
  readonly cluster: HeatCluster
  readonly start: number
  readonly stop: number
  /** Log-odds. */
  readonly score: number
}

/** What is known of the home's heating powers [W]. */
export interface WashingHome {
  readonly washingW: number | undefined
  readonly kettleW: number | undefined
}

/** Longest prelude before the heating, and longest drum time after it [slots of 60 s]. */
const prelude = 16
const drumTime = 110

/** The washes of a stretch, the likeliest first. */
export function findWashes(shapes: Shapes, taken: readonly Claim[], home: WashingHome): Wash[] {
  const washes: Wash[] = []
  for (const cluster of shapes.clusters) {
    if (cluster.heats.every((heat) => isClaimed(heat, taken)) || !mayWash(cluster)) continue
    const score = washScore(shapes, cluster, home)
    if (score > 0) washes.push({ cluster, start: startOf(shapes, cluster), stop: stopOf(shapes, cluster), score })
  }
  washes.sort((a, b) => b.score - a.score || a.start - b.start)
  const chosen: Wash[] = []
  for (const wash of washes) {
    if (chosen.every((other) => wash.cluster.start > other.stop || wash.stop < other.cluster.start)) chosen.push(wash)
  }
  return chosen
}

function mayWash(cluster: HeatCluster): boolean {
  const on = cluster.energy / cluster.heightW
  return cluster.heightW >= 1250 && cluster.heightW <= 3100 && on >= 2.2 && on <= 45
}

/** How much the time around a heating looks like a wash: log-odds. */
export function washScore(shapes: Shapes, block: HeatBlock | HeatCluster, home: WashingHome): number {
  const { texture } = shapes
  const after = block.stop + 2
  const before = textureBetween(texture, block.start - 50, block.start - 20)
  const drum = textureBetween(texture, after, after + 35)
  const least = Math.min(
    textureBetween(texture, after, after + 12),
    textureBetween(texture, after + 12, after + 26),
    textureBetween(texture, after + 26, after + 40),
  )
  const sustained = least > Math.max(4, 1.3 * before) ? 1.1 : 0
  const size = 1.2 * Math.abs(Math.log(block.energy / 60 / 300))
  const kettle = home.kettleW !== undefined && block.heightW > 0.88 * home.kettleW && block.energy < 7 * home.kettleW
  const known = closeness(block.heightW, home.washingW)
  const rests = 1.5 * Math.log(drum + 2) - 0.25 * Math.log(before + 2)
  return -3.4 + rests + sustained + 0.4 * levelRise(shapes, block) - size - (kettle ? 2.5 : 0) + known
}

/** How much higher the load is after the heating than before the prelude [hundreds of W], between −2 and 3. */
function levelRise(shapes: Shapes, block: HeatBlock | HeatCluster): number {
  const { steadyW } = shapes.layers
  const afterW = quantileBetween(steadyW, block.stop + 2, block.stop + 37, 0.3)
  const beforeW = quantileBetween(steadyW, block.start - 50, block.start - 22, 0.3)
  return Math.max(-2, Math.min(3, (afterW - beforeW) / 100))
}

function closeness(heightW: number, expectedW: number | undefined): number {
  if (expectedW === undefined) return 0
  return 0.8 - Math.min(1.6, (Math.abs(heightW / expectedW - 1) / 0.08) ** 2)
}

/** A motor and a pump draw no more than this; short spins more [W]. */
const motorW = 150
const spinW = 500

/** What the drum draws in a slot outside the heating: what exceeds the load around the wash [W]. */
export function drumPowerW(shapes: Shapes, slot: number, aroundW: number): number {
  const steadyW = (shapes.layers.steadyW[slot] ?? 0) - aroundW
  return Math.min(motorW, Math.max(0, steadyW)) + Math.min(spinW, shapes.layers.burstW[slot] ?? 0)
}

/** The load before a run and after it, whichever is lower [W]. */
export function loadAroundW(shapes: Shapes, start: number, stop: number): number {
  const { steadyW } = shapes.layers
  const beforeW = quantileBetween(steadyW, start - 25, start - 3, 0.3)
  const afterW = quantileBetween(steadyW, stop + 3, stop + 25, 0.3)
  return Math.min(beforeW, afterW)
}

/** Where the prelude begins: the first restless slots shortly before the heating. */
function startOf(shapes: Shapes, cluster: HeatCluster): number {
  for (let slot = Math.max(1, cluster.start - prelude); slot < cluster.start; slot++) {
    if (textureBetween(shapes.texture, slot, Math.min(slot + 5, cluster.start)) > 4) return slot
  }
  return cluster.start
}

/** Where the drum stops: the end of the last restless stretch before a calm one of a quarter of an hour. */
function stopOf(shapes: Shapes, cluster: HeatCluster): number {
  let stop = cluster.stop
  const last = Math.min(cluster.stop + drumTime, shapes.texture.length)
  for (let slot = cluster.stop; slot < last; slot += 4) {
    if (textureBetween(shapes.texture, slot, slot + 8) > 4) stop = slot + 6
    else if (slot - stop > 12) break
  }
  return Math.min(stop, shapes.texture.length)
}

/** Gives the washing machine its washes. */
export function takeWashes(scene: Scene): void {
  for (const wash of findWashes(scene, scene.claims, scene.model)) {
    const aroundW = loadAroundW(scene, wash.start, wash.stop)
    takeHeats(scene, 'washingMachine', wash.cluster.heats)
    for (let slot = wash.start; slot < wash.stop; slot++) {
      if (slot >= wash.cluster.start && slot < wash.cluster.stop) continue
      give(scene.ledger, 'washingMachine', slot, drumPowerW(scene, slot, aroundW))
    }
    noteRun(scene.ledger, 'washingMachine', wash.start, wash.stop)
  }
}
