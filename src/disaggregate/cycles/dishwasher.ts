/**
 * The dishwasher: an element of about 2 kW that heats twice or three times with a quiet hour around it.
 *
 * A program fills and pumps (some 70 W), heats for 5–25 minutes, washes, heats again for the rinse or to dry, sometimes a third time; the pauses
 * last 8–75 minutes and show the steady pump. A chain of heat blocks of one power with such pauses is a dishwasher;
 * a thermostat's short cycles in between make it an oven, a restless load after the heat makes it a washing machine.
 */
import { heatsOfElement } from '../element.ts'
import { blocksOf, type Claim, type HeatBlock, isClaimed, sumEnergy } from '../heats.ts'
import { give, noteRun } from '../ledger.ts'
import type { Scene, Shapes } from '../scene.ts'
import { takeHeats } from '../taking.ts'
import { loadAroundW, washScore } from './washing-machine.ts'

/** Heat blocks that look like one program. */
export interface DishwasherChain {
  readonly blocks: readonly HeatBlock[]
  readonly start: number
  readonly stop: number
  readonly heightW: number
  /** How much it looks like a dishwasher: log-odds, above 0 more likely than not. */
  readonly score: number
}

/** What is known of the home's heating powers [W]. */
export interface HeatingHome {
  readonly dishwasherW: number | undefined
  readonly washingW: number | undefined
  readonly kettleW: number | undefined
}

/** What the pump draws between the heatings, at most [W]. */
const pumpW = 90
const shortestPause = 7
const longestPause = 75
const longestProgram = 150
const sameElementShare = 0.08

/** The programs of a stretch, the likeliest first, none sharing a heat with another. */
export function dishwasherChains(shapes: Shapes, taken: readonly Claim[], home: HeatingHome): DishwasherChain[] {
  const free = candidateBlocks(shapes, taken, home)
  const candidates: DishwasherChain[] = []
  for (let first = 0; first < free.length; first++) candidates.push(...chainsFrom(shapes, free, first, home))
  candidates.sort((a, b) => b.score - a.score || a.start - b.start)
  const used = new Set<HeatBlock>()
  const chosen: DishwasherChain[] = []
  for (const chain of candidates) {
    if (chain.score <= 0 || chain.blocks.some((block) => used.has(block))) continue
    if (chosen.some((other) => chain.start < other.stop && other.start < chain.stop)) continue
    for (const block of chain.blocks) used.add(block)
    chosen.push(chain)
  }
  return chosen
}

/** The blocks that may belong to a program; where the home's element is known, its heats instead of what they cover. */
function candidateBlocks(shapes: Shapes, taken: readonly Claim[], home: HeatingHome): HeatBlock[] {
  const known = home.dishwasherW === undefined ? [] : heatsOfElement(shapes.excessW, home.dishwasherW)
  const others = shapes.heats.filter((heat) => known.every((one) => heat.stop <= one.start || heat.start >= one.stop))
  const free = [...known, ...others].filter((heat) => !isClaimed(heat, taken)).sort((x, y) => x.start - y.start)
  return blocksOf(free).filter((block) => mayHeat(block) && !isKettleLike(block, home.kettleW))
}

/** At the kettle's power, and no longer than a kettle. */
function isKettleLike(block: HeatBlock, kettleW: number | undefined): boolean {
  return kettleW !== undefined && block.heightW > 0.9 * kettleW && block.energy < 7 * kettleW
}

function closeness(heightW: number, expectedW: number | undefined): number {
  if (expectedW === undefined) return 0
  return 0.8 - Math.min(1.2, (Math.abs(heightW / expectedW - 1) / 0.05) ** 2)
}

function mayHeat(block: HeatBlock): boolean {
  return block.heightW >= 1400 && block.heightW <= 3000 && block.energy >= 2500 && block.stop - block.start <= 45
}

/** The chain that begins with a block, in each of its lengths. */
function chainsFrom(shapes: Shapes, blocks: readonly HeatBlock[], first: number, home: HeatingHome): DishwasherChain[] {
  const head = blocks[first]
  if (head === undefined) return []
  const members = [head]
  const chains = [chainOf(shapes, members, home)]
  for (let next = first + 1; next < blocks.length && members.length < 4; next++) {
    const block = blocks[next]
    const last = members.at(-1)
    if (block === undefined || last === undefined) break
    const pause = block.start - last.stop
    if (pause > longestPause || block.stop - head.start > longestProgram) break
    if (pause < shortestPause || Math.abs(block.heightW / head.heightW - 1) > sameElementShare) continue
    members.push(block)
    chains.push(chainOf(shapes, members, home))
  }
  return chains
}

function chainOf(shapes: Shapes, members: readonly HeatBlock[], home: HeatingHome): DishwasherChain {
  const blocks = [...members]
  const start = blocks[0]?.start ?? 0
  const stop = blocks.at(-1)?.stop ?? 0
  const heightW =
    sumEnergy(blocks.flatMap((block) => block.heats)) /
    Math.max(
      1,
      blocks.reduce((sum, block) => sum + block.energy / block.heightW, 0),
    )
  return { blocks, start, stop, heightW, score: scoreOf(shapes, blocks, start, stop, heightW, home) }
}

function scoreOf(
  shapes: Shapes,
  blocks: readonly HeatBlock[],
  start: number,
  stop: number,
  heightW: number,
  home: HeatingHome,
): number {
  const energyWh = blocks.reduce((sum, block) => sum + block.energy, 0) / 60
  const covered = blocks.filter((block) => !block.heats.some((heat) => heat.solid)).length
  const inner = blocks.some((block) => block.heats.filter((heat) => heat.solid && heat.energy > 4000).length > 1)
    ? 1.3
    : 0
  const phases = inner + ([-1.5, 1.6, 3, 3][blocks.length - 1] ?? -2) - (covered === blocks.length ? 9 : 0.7 * covered)
  const size = -1.2 * Math.max(0, Math.abs(Math.log(energyWh / 900)) - 0.6) ** 2 * 4
  const strange = strangersBetween(shapes, blocks, start, stop, heightW)
  const known = closeness(heightW, home.dishwasherW)
  return phases + size - 0.5 * strange + known - restlessness(shapes, blocks, home) - unevenness(blocks)
}

/**
 * Heats of the same power that are not part of the program. Small ones are a thermostat at work; a big one shortly
 * before or after belongs to the program and should not have been left out.
 */
function strangersBetween(
  shapes: Shapes,
  blocks: readonly HeatBlock[],
  start: number,
  stop: number,
  heightW: number,
): number {
  let small = 0
  let big = 0
  for (const heat of shapes.heats) {
    if (heat.start < start - 80 || heat.start > stop + 80) continue
    if (blocks.some((block) => heat.start < block.stop && heat.stop > block.start)) continue
    const ratio = heat.heightW / heightW
    if (heat.solid && Math.abs(ratio - 1) < sameElementShare && heat.energy > 5 * heightW) big += 1
    else if (heat.start > start - 15 && heat.start < stop + 15 && ratio > 0.5 && ratio < 1.15) small += 1
  }
  return 2 * big + Math.max(0, small - 1)
}

/** Positive where what follows a heating is as restless as a turning drum. */
function restlessness(shapes: Shapes, blocks: readonly HeatBlock[], home: HeatingHome): number {
  let most = 0
  for (const block of blocks) most = Math.max(most, washScore(shapes, block, home))
  return most
}

/** Positive where one block dwarfs the others: a kettle beside a wash is no second heating. */
function unevenness(blocks: readonly HeatBlock[]): number {
  if (blocks.length < 2) return 0
  const energies = blocks.map((block) => block.energy)
  const ratio = Math.min(...energies) / Math.max(...energies)
  return ratio < 0.2 ? 1 : 0
}

/** Gives the dishwasher its programs of at least so many heat blocks. */
export function findDishwashers(scene: Scene, leastBlocks: number): void {
  for (const chain of dishwasherChains(scene, scene.claims, scene.model)) {
    if (chain.blocks.length < leastBlocks) continue
    const aroundW = loadAroundW(scene, chain.start, chain.stop)
    takeHeats(
      scene,
      'dishwasher',
      chain.blocks.flatMap((block) => block.heats),
    )
    for (let slot = chain.start; slot < chain.stop; slot++) {
      if (chain.blocks.some((block) => slot >= block.start && slot < block.stop)) continue
      const excessW = (scene.layers.steadyW[slot] ?? 0) - aroundW
      give(scene.ledger, 'dishwasher', slot, Math.min(pumpW, Math.max(0, excessW)))
    }
    noteRun(scene.ledger, 'dishwasher', chain.start, chain.stop)
  }
}
