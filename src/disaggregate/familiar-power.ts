/**
 * A device draws the same power every time: what some days say of all the short pulses of one height says something of each.
 *
 * A network sees a day and a half, and a short pulse has little shape. So every pulse it half believes in is looked
 * at beside the pulses of about the same height in the days before: where most of them look like a kettle, this one
 * is more likely one too, and a lone look-alike at another height less. And a kettle has one height: where another
 * height is believed in more often, this one is less likely a kettle, however much its like look like one; where it
 * stands beside another load, its height above either side may be its own. And where a kind of device mostly draws so
 * much, a pulse far below or above is less likely one of them. All are added as log odds, with weights chosen on
 * recorded and mixed homes (docs/accuracy.md).
 */
import type { Program, Stretch } from './familiar-program.ts'
import type { Session } from './session.ts'

/** A pulse or a run that a network half believes in. */
export interface Sighting extends Stretch {
  /** The highest belief in it, 0–1. */
  readonly belief: number
  /** What it stands above the lower of its two sides [W]. */
  readonly heightW: number
  /** The same above the higher one: what it draws where it began or ended beside another load [W]. */
  readonly leastHeightW: number
  /** Of a run that is believed in, of an appliance that has programs. */
  readonly program?: Program
  /** Of a compressor's calm cycle that is believed in, what it draws [W]. */
  readonly calmPowerW?: number
}

/** Powers of one device lie within about this share of each other: one standard deviation. */
const sameShare = 0.05
/** What is believed of a height that was never seen, and how many sightings that counts like. */
const unseenBelief = 0.25
const unseenWeight = 1
/** How much the pulse itself says, how much its like, and how much it says that another height is the usual one. */
const ownWeight = 0.6
const likeWeight = 0.9
const usualWeight = 0.6
/** Belief in the usual height and in this one are compared with so many sightings added to either. */
const doubtWeight = 1
/** Another height says no more against a pulse than this [log odds]. */
const unusualMost = 3
/** How much it says that a height is this many times below or above what devices of the kind mostly draw (natural logarithm of the ratio). */
const outsideWeight = 2
/** A pulse of so many slots shows the device's height; a shorter one is cut by the slots, and its device draws as much or more. */
const clearSlots = 3
/** So many such pulses, each weighed as it is believed, show what the device draws. */
const leastClearWeight = 2
/** What stands above its higher side by less than this share of what it does above the lower one is no step of a device. */
const leastEitherShare = 0.25

/** What is known of an appliance before anything is seen of it. */
export interface Known {
  /** How many of it the home has: of several, another height says nothing against this one. */
  readonly devices: number
  /** The least and the most that devices of the kind mostly draw [W]. */
  readonly usualW?: readonly [least: number, most: number] | undefined
  /** Whether it draws one power as long as it runs. */
  readonly isConstant?: true | undefined
}

/** What some days say of heights, in steps of 1 %: weights of the sightings about there. */
export interface Heights {
  readonly seen: Float64Array
  /** Each sighting weighs what it was believed. */
  readonly believed: Float64Array
  /** The same of pulses that show their height alone: here, and the most of here and above. */
  readonly clear: Float64Array
  readonly clearFromHere: Float64Array
}

const stepShare = 0.01
const heightMostW = 30_000
const steps = stepOf(heightMostW) + 1
/** A sighting's weights around its height: normal, up to four deviations away. */
const reach = Math.round((4 * sameShare) / stepShare)
const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, place) =>
  Math.exp(-0.5 * (((place - reach) * stepShare) / sameShare) ** 2),
)

function stepOf(heightW: number): number {
  return Math.round(Math.log(Math.min(heightMostW, Math.max(1, heightW))) / stepShare)
}

/** Sums up the sightings of some days. */
export function heightsOf(sightings: readonly Sighting[]): Heights {
  const [seen, believed, clear] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)]
  for (const { start, stop, belief, heightW } of sightings) {
    const middle = stepOf(heightW)
    for (let step = Math.max(0, middle - reach); step < Math.min(steps, middle + reach + 1); step++) {
      const weight = weights[step - middle + reach] ?? 0
      seen[step] = (seen[step] ?? 0) + weight
      believed[step] = (believed[step] ?? 0) + weight * belief
      if (stop - start >= clearSlots) clear[step] = (clear[step] ?? 0) + weight * belief
    }
  }
  const clearFromHere = clear.slice()
  for (let step = steps - 2; step >= 0; step--)
    clearFromHere[step] = Math.max(clear[step] ?? 0, clearFromHere[step + 1] ?? 0)
  return { seen, believed, clear, clearFromHere }
}

/**
 * The belief in a sighting, 0–1, in the light of all those of some days; it is one of them itself. What is constant
 * steps by its height on one side at least: of what it stands above either, the more familiar counts.
 */
export function familiarBelief(sighting: Sighting, heights: Heights, known: Known): number {
  const { heightW, leastHeightW } = sighting
  const isEither = known.isConstant === true && leastHeightW > leastEitherShare * heightW
  const possibleW = isEither ? [heightW, leastHeightW] : [heightW]
  return Math.max(...possibleW.map((oneW) => beliefAt(oneW, sighting, heights, known)))
}

function beliefAt(
  heightW: number,
  { start, stop, belief }: Sighting,
  heights: Heights,
  { devices, usualW }: Known,
): number {
  const step = stepOf(heightW)
  const like =
    (unseenWeight * unseenBelief + (heights.believed[step] ?? 0)) / (unseenWeight + (heights.seen[step] ?? 0))
  const here = (stop - start >= clearSlots ? heights.clear[step] : heights.clearFromHere[step]) ?? 0
  const usual = (heights.clearFromHere[0] ?? 0) + doubtWeight
  const unusual = devices > 1 ? 0 : Math.log(usual / (here + doubtWeight))
  return shareOf(
    ownWeight * logOdds(belief) +
      likeWeight * logOdds(like) -
      usualWeight * Math.min(unusualMost, unusual) -
      outsideWeight * (usualW === undefined ? 0 : outsideOf(heightW, usualW)),
  )
}

/** What a device of one power draws, as the pulses show it that last [W]; undefined where there are too few of them. */
export function clearHeightW(sightings: readonly Sighting[]): number | undefined {
  const { clear, clearFromHere } = heightsOf(sightings)
  const most = clearFromHere[0] ?? 0
  return most < leastClearWeight ? undefined : Math.exp(stepShare * clear.indexOf(most))
}

/** Whether a stretch stands clearly above a height [W] on both sides: then its device draws more than that. */
export function standsAbove(session: Session, { start, stop }: Stretch, heightW: number): boolean {
  return risesOf(session, start, stop).leastHeightW > (1 + 4 * sameShare) * heightW
}

/** How far a height is below the least or above the most, as the natural logarithm of the ratio; 0 between the two. */
function outsideOf(heightW: number, [leastW, mostW]: readonly [number, number]): number {
  return Math.max(0, Math.log(leastW / Math.max(1, heightW)), Math.log(heightW / mostW))
}

/**
 * How far a stretch of slots stands above either side: above the lowest slot at that end and just outside it [W]. A side of which
 * nothing is measured outside is no higher side: its own slot is the stretch's.
 */
export function risesOf(session: Session, start: number, stop: number): Pick<Sighting, 'heightW' | 'leastHeightW'> {
  const sides = [
    {
      outsideW: leastBetweenW(session, start - surroundingSlots, start),
      endW: leastBetweenW(session, start, start + 1),
    },
    { outsideW: leastBetweenW(session, stop, stop + surroundingSlots), endW: leastBetweenW(session, stop - 1, stop) },
  ]
  // The first and the last slot are cut; of a longer pulse the third-highest slot stands clear of what began meanwhile.
  const typicalW =
    highestW(session.powerW, start, stop)[Math.max(0, Math.min(2, Math.floor((stop - start) / 2) - 1))] ?? 0
  const lowerW = Math.min(...sides.map(({ outsideW, endW }) => Math.min(outsideW, endW)))
  const seen = sides.filter(({ outsideW }) => Number.isFinite(outsideW))
  const higherW = Math.max(lowerW, ...seen.map(({ outsideW, endW }) => Math.min(outsideW, endW)))
  return { heightW: Math.max(0, typicalW - lowerW), leastHeightW: Math.max(0, typicalW - higherW) }
}

/** The three highest powers of some slots [W], the highest first. */
function highestW(powerW: Float64Array, start: number, stop: number): [number, number, number] {
  let [first, second, third] = [0, 0, 0]
  for (let slot = start; slot < stop; slot++) {
    const hereW = powerW[slot] ?? 0
    if (hereW > first) [first, second, third] = [hereW, first, second]
    else if (hereW > second) [second, third] = [hereW, second]
    else if (hereW > third) third = hereW
  }
  return [first, second, third]
}

/** The lowest measured slot just outside a stretch [W]; 0 where none is measured. */
export function leastOutsideW(session: Session, start: number, stop: number): number {
  const leastW = Math.min(
    leastBetweenW(session, start - surroundingSlots, start),
    leastBetweenW(session, stop, stop + surroundingSlots),
  )
  return Number.isFinite(leastW) ? leastW : 0
}

function leastBetweenW({ powerW, measured }: Session, from: number, to: number): number {
  let leastW = Number.POSITIVE_INFINITY
  for (let slot = Math.max(0, from); slot < Math.min(powerW.length, to); slot++)
    if (measured[slot] === 1) leastW = Math.min(leastW, powerW[slot] ?? 0)
  return leastW
}

const surroundingSlots = 2

function logOdds(share: number): number {
  const kept = Math.min(0.99, Math.max(0.01, share))
  return Math.log(kept / (1 - kept))
}

function shareOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds))
}
