/**
 * A load that switches on and off at one height for hours: the compressor of an air conditioner, a dehumidifier, a heater.
 *
 * Beside such a load networks doubt everything, the dishwasher in the night too: their window is full of what might be its heatings. So they are
 * shown the curve without it (docs/accuracy.md, "Beside loads that nobody declares"). A load counts as one where pulses of its own follow in a
 * row, each with a rise and a fall of one height. Once height and rhythm are known, so does a pulse of which one side alone has that height, because
 * something else switched with the other. Of a pulse that the window cuts, or that is still on, nothing is known. In minutes; quarter-hours show no pulses.
 */
import { quantileSorted } from 'simple-statistics'

/** A rise or a fall of the meter, complete within a slot or two. */
interface Edge {
  /** The first slot that differs from the one before. */
  readonly first: number
  /** The first slot that lies behind it as a whole. */
  readonly full: number
  /** Positive where it rises [W]. */
  readonly stepW: number
}

interface Pulse {
  readonly up: Edge
  readonly down: Edge
}

/** How high a load is, and how far from that an edge of it may be [W]. */
interface Height {
  readonly heightW: number
  readonly withinW: number
}

/** How long a load usually is on, and the longest that it rests [slots]. */
interface Rhythm {
  readonly onUsual: number
  readonly onLeast: number
  readonly onMost: number
  readonly restMost: number
}

/** Compressors of kitchens draw less, and no air conditioner of a home more [W]. */
const [heightLeastW, heightMostW] = [300, 6000]
/** What does not stand so far above a meter's noise (the median of its steps), or above what it rounds to (the least of them), may be that. */
const [leastNoises, leastRoundings] = [4, 3]
/** What a compressor draws drifts within a cycle and over a day: so far from its height an edge may be [share of it], and beside that [W]. */
const [withinShare, withinW] = [0.08, 20]
/** An edge falls within two slots only where each has a part of it [W]. */
const leastPartW = 30
/** What is shorter may be a kettle, a plate of a hob, an oven; what is longer, a program [slots]. */
const [onLeast, onMost] = [3, 45]
/** A load that rests shorter or longer than this is none that switches for hours [slots]. */
const [restLeast, restMost] = [3, 60]
/** So many pulses in a row show a load. */
const pulsesLeast = 6
/** Beyond eight of ten of its pulses, and rests, one may be so much shorter or longer. */
const [shortestOn, longestOn, longestRest] = [0.5, 1.5, 1.6]
/** Once it is known, so many in a row are its own, none of them further from the next than so many of its longest rests: a dishwasher heats twice. */
const [pulsesOfKnown, knownReach] = [3, 1.25]
/** A side that something else hides may be lower by so much more than an edge of the load alone. */
const hiddenWithin = 1.5
/** A side that is higher than so many times the load is something else's alone: a kettle's beside a dehumidifier. */
const hiddenMost = 2.5
/** Where others between are hidden, a pulse that is seen by both sides may be so many of its longest rests away. */
const plainReach = 3
/** The middle half of its pulses differ by no more than this factor, that of its rests by no more than that. */
const [steadyOn, steadyRest] = [2, 2.5]
/** Of how many heights it is asked whether they switch, the most frequent first, and how many loads are looked for. */
const heightsAsked = 5
const loadsMost = 3

/**
 * What the loads that switch for hours draw in a window of minutes [W, slot by slot], never more than the meter; `undefined` where there are none.
 * @param powerW mean power per minute
 * @param measured 1 where it was measured
 */
export function switchingLoadOf(powerW: Float32Array, measured: Float32Array): Float32Array | undefined {
  // Few windows have one: what its meter shows is asked of these alone.
  if (pulsesOfLoad(powerW, edgesOf(powerW, measured, heightLeastW)) === undefined) return undefined
  const leastW = leastHeightW(powerW, measured)
  const leftW = powerW.slice()
  let loads = 0
  for (; loads < loadsMost; loads++) {
    const pulses = pulsesOfLoad(leftW, edgesOf(leftW, measured, leastW))
    if (pulses === undefined) break
    for (const pulse of pulses) takeAway(leftW, pulse)
  }
  return loads === 0 ? undefined : powerW.map((watts, slot) => watts - (leftW[slot] ?? 0))
}

/** The least height that a meter shows for what it is [W]. */
function leastHeightW(powerW: Float32Array, measured: Float32Array): number {
  const steps: number[] = []
  for (let slot = 1; slot < powerW.length; slot++)
    if (measured[slot] === 1 && measured[slot - 1] === 1)
      steps.push(Math.abs((powerW[slot] ?? 0) - (powerW[slot - 1] ?? 0)))
  const sizesW = Float64Array.from(steps).sort()
  const noiseW = leastNoises * (sizesW[sizesW.length >> 1] ?? 0)
  const roundingW = leastRoundings * (sizesW.find((sizeW) => sizeW > 0) ?? 0)
  return Math.max(heightLeastW, noiseW, roundingW)
}

function edgesOf(powerW: Float32Array, measured: Float32Array, leastW: number): Edge[] {
  const stepAt = (slot: number) =>
    measured[slot] === 1 && measured[slot - 1] === 1 ? (powerW[slot] ?? 0) - (powerW[slot - 1] ?? 0) : 0
  const edges: Edge[] = []
  const note = (edge: Edge) => {
    if (Math.abs(edge.stepW) > leastW) edges.push(edge)
  }
  let nextW = stepAt(1)
  for (let slot = 1; slot < powerW.length; slot++) {
    const stepW = nextW
    nextW = slot + 1 < powerW.length ? stepAt(slot + 1) : 0
    note({ first: slot, full: slot, stepW })
    const isOne = stepW * nextW > 0 && Math.min(Math.abs(stepW), Math.abs(nextW)) >= leastPartW
    if (isOne) note({ first: slot, full: slot + 1, stepW: stepW + nextW })
  }
  return edges
}

/** All pulses of the most frequent height that switches for hours, in order of time. */
function pulsesOfLoad(powerW: Float32Array, edges: readonly Edge[]): readonly Pulse[] | undefined {
  for (const height of frequentHeights(edges)) {
    const plain = pulsesBetween(nearestOf(edges.filter(isOf(height)), height), onLeast, onMost)
    const shown = inRows(plain, restMost).filter(isSteady).flat()
    if (shown.length === 0) continue
    const rhythm = rhythmOf(shown)
    const likes = plain.filter(({ up, down }) => isWithin(down.first - up.first, rhythm))
    const known = inRows(likes, knownReach * rhythm.restMost).filter((row) => row.length >= pulsesOfKnown)
    const pulses = inOrder([...shown, ...known.flat().filter((pulse) => !shown.includes(pulse))])
    return withHidden(pulses, powerW, edges, height, rhythm)
  }
  return undefined
}

/** The heights that rise and fall most often, those that stand for another left out. */
function frequentHeights(edges: readonly Edge[]): Height[] {
  const sorted = (sign: 1 | -1) =>
    edges
      .map(({ stepW }) => sign * stepW)
      .filter((stepW) => stepW > 0 && stepW < heightMostW)
      .sort((one, other) => one - other)
  const [risesW, fallsW] = [sorted(1), sorted(-1)]
  const heights = risesW.map((heightW) => ({ heightW, withinW: withinShare * heightW + withinW }))
  const [rises, falls] = [countsNear(risesW, heights), countsNear(fallsW, heights)]
  const counted = heights.map((height, at) => ({ ...height, count: Math.min(rises[at] ?? 0, falls[at] ?? 0) }))
  const frequent = counted.filter(({ count }) => count >= pulsesLeast).sort((one, other) => other.count - one.count)
  const kept: Height[] = []
  for (const height of frequent) {
    if (kept.length === heightsAsked) break
    if (kept.every(({ heightW }) => Math.abs(heightW - height.heightW) >= 2 * height.withinW)) kept.push(height)
  }
  return kept
}

/** How many of the steps lie near each height; both in order of size. */
function countsNear(stepsW: readonly number[], heights: readonly Height[]): number[] {
  let [from, to] = [0, 0]
  return heights.map((height) => {
    while (from < stepsW.length && (stepsW[from] ?? 0) < height.heightW - height.withinW) from += 1
    while (to < stepsW.length && (stepsW[to] ?? 0) <= height.heightW + height.withinW) to += 1
    return to - from
  })
}

function isOf({ heightW, withinW }: Height): (edge: Edge) => boolean {
  return ({ stepW }) => Math.abs(Math.abs(stepW) - heightW) <= withinW
}

/** Of edges that share a step the one nearest to a height, in order of time. */
function nearestOf(edges: readonly Edge[], { heightW }: Height): Edge[] {
  const offW = ({ stepW }: Edge) => Math.abs(Math.abs(stepW) - heightW)
  const taken = new Set<number>()
  const kept: Edge[] = []
  for (const edge of edges.toSorted((one, other) => offW(one) - offW(other) || one.first - other.first)) {
    if (taken.has(edge.first) || taken.has(edge.full)) continue
    taken.add(edge.first).add(edge.full)
    kept.push(edge)
  }
  return kept.sort((one, other) => one.first - other.first)
}

/** A rise and the fall that follows on it, after so many slots. */
function pulsesBetween(edges: readonly Edge[], least: number, most: number): Pulse[] {
  return edges.flatMap((up, at) => {
    const down = edges[at + 1]
    if (down === undefined || up.stepW < 0 || down.stepW > 0) return []
    const on = down.first - up.first
    return on >= least && on <= most ? [{ up, down }] : []
  })
}

/** Pulses in rows, in each of which none rests for longer. */
function inRows(pulses: readonly Pulse[], withinRest: number): Pulse[][] {
  const rows: Pulse[][] = []
  for (const pulse of pulses) {
    const row = rows.at(-1)
    const last = row?.at(-1)
    if (row !== undefined && last !== undefined && pulse.up.first - last.down.first <= withinRest) row.push(pulse)
    else rows.push([pulse])
  }
  return rows
}

function isSteady(row: readonly Pulse[]): boolean {
  if (row.length < pulsesLeast) return false
  const [on, rest] = [onTimes(row), restTimes(row)]
  const differs = (times: readonly number[]) => quantileSorted(times, 0.75) / quantileSorted(times, 0.25)
  return differs(on) <= steadyOn && quantileSorted(rest, 0.25) >= restLeast && differs(rest) <= steadyRest
}

/** In order of length. */
function onTimes(pulses: readonly Pulse[]): number[] {
  return pulses.map(({ up, down }) => down.first - up.first).sort((one, other) => one - other)
}

/** Between pulses in a row, in order of length. */
function restTimes(pulses: readonly Pulse[]): number[] {
  const rests = pulses.slice(1).map(({ up }, at) => up.first - (pulses[at]?.down.first ?? 0))
  return rests.filter((rest) => rest <= restMost).sort((one, other) => one - other)
}

function rhythmOf(pulses: readonly Pulse[]): Rhythm {
  const [on, rest] = [onTimes(pulses), restTimes(pulses)]
  return {
    onUsual: quantileSorted(on, 0.5),
    onLeast: Math.max(2, shortestOn * quantileSorted(on, 0.1)),
    onMost: longestOn * quantileSorted(on, 0.9),
    restMost: longestRest * quantileSorted(rest, 0.9),
  }
}

function isWithin(on: number, rhythm: Rhythm): boolean {
  return on >= rhythm.onLeast && on <= rhythm.onMost
}

/**
 * Adds the pulses near these of which one side is as high as the load: where the other is higher, something else switched with it. The meter
 * shows the load all the time between.
 */
function withHidden(
  shown: readonly Pulse[],
  powerW: Float32Array,
  edges: readonly Edge[],
  height: Height,
  rhythm: Rhythm,
): readonly Pulse[] {
  const [leastW, mostW] = [height.heightW - hiddenWithin * height.withinW, hiddenMost * height.heightW]
  const isPlain = isOf(height)
  const high = edges.filter(({ stepW }) => Math.abs(stepW) >= leastW && Math.abs(stepW) <= mostW)
  let pulses: readonly Pulse[] = shown
  for (;;) {
    const free = nearestOf(
      high.filter((edge) => pulses.every((pulse) => edge.first < pulse.up.first || edge.first > pulse.down.full)),
      height,
    )
    const [ups, downs] = [free.filter(({ stepW }) => stepW > 0), free.filter(({ stepW }) => stepW < 0)]
    const likely = [
      ...ups.filter(isPlain).flatMap((up) =>
        likeliest(
          downs.map((down) => ({ up, down })),
          rhythm,
        ),
      ),
      ...downs.filter(isPlain).flatMap((down) =>
        likeliest(
          ups.map((up) => ({ up, down })),
          rhythm,
        ),
      ),
    ]
    const added: Pulse[] = []
    for (const pulse of likely) {
      const { up, down } = pulse
      const beside = [...pulses, ...added]
      const reach = rhythm.restMost * (isPlain(up) && isPlain(down) ? plainReach : 1)
      const isNear = beside.some((one) => isNext(one, pulse, reach))
      const isShown = powerW.subarray(up.full, down.first).every((watts) => watts >= leastW)
      if (isNear && isShown && !beside.some((one) => overlaps(one, pulse))) added.push(capped(pulse, height))
    }
    if (added.length === 0) return pulses
    pulses = inOrder([...pulses, ...added])
  }
}

/** Of pulses the one that is on for about as long as usual, if any is. */
function likeliest(pulses: readonly Pulse[], rhythm: Rhythm): Pulse[] {
  const off = ({ up, down }: Pulse) => Math.abs(down.first - up.first - rhythm.onUsual)
  const within = pulses.filter(({ up, down }) => isWithin(down.first - up.first, rhythm))
  return within.toSorted((one, other) => off(one) - off(other)).slice(0, 1)
}

function isNext(one: Pulse, other: Pulse, withinRest: number): boolean {
  const rest = Math.max(other.up.first - one.down.first, one.up.first - other.down.first)
  return rest > 0 && rest <= withinRest
}

function overlaps(one: Pulse, other: Pulse): boolean {
  return other.up.first <= one.down.full && other.down.full >= one.up.first
}

/** No side higher than the load may be: the rest of it is something else's. */
function capped({ up, down }: Pulse, { heightW, withinW }: Height): Pulse {
  const mostW = heightW + withinW
  return { up: { ...up, stepW: Math.min(up.stepW, mostW) }, down: { ...down, stepW: Math.max(down.stepW, -mostW) } }
}

function inOrder(pulses: readonly Pulse[]): Pulse[] {
  return pulses.toSorted((one, other) => one.up.first - other.up.first)
}

/** Takes a pulse out of a curve: the mean of its two sides, in a slot of which it covers a part that part. */
function takeAway(powerW: Float32Array, { up, down }: Pulse): void {
  const heightW = (up.stepW - down.stepW) / 2
  const at = (slot: number) => powerW[slot] ?? 0
  const partOf = (stepW: number, wholeW: number) => Math.min(1, Math.max(0, stepW / wholeW))
  const first = up.full > up.first ? partOf(at(up.first) - at(up.first - 1), up.stepW) : 0
  const last = down.full > down.first ? partOf(at(down.first) - at(down.full), -down.stepW) : 0
  const take = (slot: number, share: number) => {
    powerW[slot] = Math.max(0, at(slot) - share * heightW)
  }
  if (first > 0) take(up.first, first)
  for (let slot = up.full; slot < down.first; slot++) take(slot, 1)
  if (last > 0) take(down.first, last)
}
