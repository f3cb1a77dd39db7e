/**
 * Pulses: a step up and the step down that belongs to it, the trace of something that was on for a while.
 *
 * A rise is paired with a fall of about the same size, shortest pulses first, as long as the meter never dips below
 * what the pulse itself would draw. So a kettle on top of a heating dishwasher is told apart from it, and two pulses
 * may overlap without being nested.
 */
import { type Edge, findEdges } from './edges.ts'

/** Something that was on: a rectangle on the load curve. */
export interface Pulse {
  /** First slot, perhaps only partly on. */
  readonly start: number
  /** After the last slot that is at least partly on. */
  readonly stop: number
  /** Power while on [W]; too low where `sure` is false. */
  readonly heightW: number
  /** Size of the step up and of the step down [W]. */
  readonly riseW: number
  readonly fallW: number
  /** Time on [slots], with fractions. */
  readonly lengthSlots: number
  /** Share of the first and of the last slot in which it was on, 0–1. */
  readonly firstShare: number
  readonly lastShare: number
  /** Whether at least one slot was wholly on, so that the height is the true one. */
  readonly sure: boolean
  /** What the meter showed just before the pulse [W]. */
  readonly beforeW: number
}

/** Longest pulses of each round of pairing [slots]. */
const rounds = [8, 45, 200, 900] as const
/** A fall belongs to a rise when it differs by less than this share of it, or by less than `toleranceW`. */
const toleranceShare = 0.12
const toleranceW = 45
/** While a pulse is on, the meter less the floor stays above this share of the pulse's height. */
const dipShare = 0.72

/**
 * All pulses of at least `minW` [W] in a load curve, by start.
 *
 * @param floorW what the home always draws [W]
 */
export function findPulses(powerW: Float64Array, measured: Uint8Array, minW: number, floorW: number): Pulse[] {
  const edges = findEdges(powerW, measured, minW)
  const rises = edges.filter((edge) => edge.deltaW > 0)
  const falls = edges.filter((edge) => edge.deltaW < 0)
  const pulses: Pulse[] = []
  for (const maxSlots of rounds) pairRound(powerW, rises, falls, maxSlots, floorW, pulses)
  return pulses.sort((a, b) => a.start - b.start || a.stop - b.stop)
}

/** One round: each rise takes the nearest match among the falls that follow within `maxSlots`. Used edges are removed. */
function pairRound(
  powerW: Float64Array,
  rises: Edge[],
  falls: Edge[],
  maxSlots: number,
  floorW: number,
  pulses: Pulse[],
): void {
  let firstFall = 0
  for (let index = rises.length - 1; index >= 0; index--) {
    const rise = rises[index]
    if (rise === undefined) continue
    firstFall = indexAfter(falls, rise.slot)
    const match = bestFall(powerW, rise, falls, firstFall, maxSlots, floorW)
    const fall = falls[match]
    if (fall === undefined) continue
    pulses.push(pulseOf(powerW, rise, fall))
    rises.splice(index, 1)
    falls.splice(match, 1)
  }
}

function indexAfter(edges: readonly Edge[], slot: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((edges[middle]?.slot ?? 0) > slot) high = middle
    else low = middle + 1
  }
  return low
}

function bestFall(
  powerW: Float64Array,
  rise: Edge,
  falls: readonly Edge[],
  from: number,
  maxSlots: number,
  floorW: number,
): number {
  const tolerance = Math.max(toleranceW, toleranceShare * rise.deltaW)
  const leastW = floorW + dipShare * rise.deltaW
  let best = -1
  let bestCost = Number.POSITIVE_INFINITY
  let checked = rise.slot + rise.span
  for (let index = from; index < falls.length; index++) {
    const fall = falls[index]
    if (fall === undefined || fall.slot - rise.slot > maxSlots) break
    while (checked < fall.slot && (powerW[checked] ?? 0) >= leastW) checked += 1
    if (checked < fall.slot) break
    const error = Math.abs(fall.deltaW + rise.deltaW)
    const cost = error / tolerance + (fall.slot - rise.slot) / (3 * maxSlots)
    if (error <= tolerance && cost < bestCost) {
      bestCost = cost
      best = index
    }
  }
  return best
}

function pulseOf(powerW: Float64Array, rise: Edge, fall: Edge): Pulse {
  const heightW = (rise.deltaW - fall.deltaW) / 2
  const stop = fall.slot + fall.span - 1
  const firstShare = rise.span === 2 ? rise.firstShare : 1
  const lastShare = fall.span === 2 ? 1 - fall.firstShare : 1
  const slots = stop - rise.slot
  const whole = slots - (rise.span - 1) - (fall.span - 1)
  const lengthSlots =
    slots === 1 ? 1 : Math.max(0.1, whole + (rise.span === 2 ? firstShare : 0) + (fall.span === 2 ? lastShare : 0))
  return {
    start: rise.slot,
    stop,
    heightW,
    riseW: rise.deltaW,
    fallW: -fall.deltaW,
    lengthSlots,
    firstShare,
    lastShare,
    sure: whole >= 2 || (whole === 1 && slots >= 2),
    beforeW: powerW[rise.slot - 1] ?? 0,
  }
}
