/**
 * A compressor's cycles: of all the ways in which it could have switched through a session, the likeliest.
 *
 * A network judges every minute for itself. Among other loads it breaks a cycle up, misses one, or sees one of two minutes.
 * A compressor does none of that: it runs and rests for about the same times, and when it switches, the meter shows the
 * step. So its two states are those of a hidden semi-Markov model, whose states last as long as the home's habits say and
 * show as belief; Viterbi's algorithm finds the likeliest sequence (S.-Z. Yu, "Hidden semi-Markov models", Artificial
 * Intelligence 174, 2010, section 3).
 */
import type { CompressorHabits, UsualLength } from './compressor-habits.ts'
import type { Stretch } from './familiar-program.ts'
import type { Outputs } from './runs-from-belief.ts'
import type { Session } from './session.ts'

/** The belief of a minute counts this much, in log odds: minutes next to each other say nearly the same. */
const beliefWeight = 0.25
/** No minute is surer than this. */
const surest = 0.97
/** The meter shows at least this share of a compressor's power while it runs; where it does not, log odds are this low. */
const [roomShare, noRoomOdds] = [0.8, -6]
/** A switch shows as a step of this many times the power, within a minute or two: log odds if so, and if it is smaller. */
const [leastStep, mostStep] = [0.5, 1.6]
const [stepOdds, noStepOdds] = [0.5, -1.5]
/** Lengths are told apart up to so many spreads above the median; what lasts longer is as unlikely as that. */
const longestSpreads = 3
/** Cycles in which a network believes less than this on average it saw not to be. */
const leastBelief = 0.15

/** The likeliest cycles of a session, by start, without those that a network saw not to be; they begin and end in measured slots. */
export function likeliestCycles(session: Session, outputs: Outputs, habits: CompressorHabits): Stretch[] {
  return likeliestRuns(evidenceOf(session, outputs), habits)
    .map((cycle) => measuredPart(session, cycle))
    .filter((cycle) => cycle.stop > cycle.start && meanBelief(session, outputs, cycle) >= leastBelief)
}

/**
 * What speaks for the states of a session, in log odds. A run from a to b has `leave[b] + enter[a]`: what is believed in
 * between, and the steps at its ends.
 */
interface Evidence {
  readonly slots: number
  readonly enter: Float64Array
  readonly leave: Float64Array
}

function evidenceOf(session: Session, { belief, powerW }: Outputs): Evidence {
  const slots = session.measured.lastIndexOf(1) + 1
  const [enter, leave] = [new Float64Array(slots + 1), new Float64Array(slots + 1)]
  let believed = 0
  for (let slot = 0; slot < slots; slot++) {
    enter[slot] = stepOddsOf(riseW(session, slot, 1), powerW[slot] ?? 0) - believed
    leave[slot] = stepOddsOf(riseW(session, slot, -1), powerW[slot - 1] ?? 0) + believed
    believed += runningOdds(session, slot, belief[slot] ?? 0, powerW[slot] ?? 0)
  }
  leave[slots] = believed
  return { slots, enter, leave }
}

function runningOdds({ powerW, measured }: Session, slot: number, belief: number, wouldDrawW: number): number {
  if (measured[slot] !== 1) return 0
  if ((powerW[slot] ?? 0) < roomShare * wouldDrawW) return noRoomOdds
  const kept = Math.min(surest, Math.max(1 - surest, belief))
  return beliefWeight * Math.log(kept / (1 - kept))
}

/** Of a step of the meter, `undefined` where it was not measured, at a switch that would make another. */
function stepOddsOf(stepW: number | undefined, wouldStepW: number): number {
  if (stepW === undefined) return 0
  if (stepW < leastStep * wouldStepW) return noStepOdds
  return stepW < mostStep * wouldStepW ? stepOdds : 0
}

/**
 * By how much the meter rises where a slot begins (falls, with sign −1), the most over one slot or two: a switch within a
 * slot cuts it [W]. `undefined` where a slot beside it is unmeasured.
 */
function riseW({ powerW, measured }: Session, slot: number, sign: 1 | -1): number | undefined {
  if (measured[slot] !== 1 || measured[slot - 1] !== 1) return undefined
  const beforeW = powerW[slot - 1] ?? 0
  const hereW = powerW[slot] ?? 0
  const earlierW = measured[slot - 2] === 1 ? (powerW[slot - 2] ?? 0) : beforeW
  const laterW = measured[slot + 1] === 1 ? (powerW[slot + 1] ?? 0) : hereW
  return Math.max(sign * (hereW - beforeW), sign * (laterW - beforeW), sign * (hereW - earlierW))
}

/** One of the two states, on the way through the session. */
interface State {
  /** Log odds of a whole length, and the best of those at least so long, by slots; the last entry stands for all longer ones. */
  readonly lasting: Float64Array
  readonly lastingOrMore: Float64Array
  /** The best sequence that enters this state at a slot, and the best in which it ends there and where that entered it. */
  readonly entered: Float64Array
  readonly left: Float64Array
  readonly from: Int32Array
  /** Where the best sequence entered that has been in the state for longer than lengths are told apart; −1 for none. */
  enteredLongAgo: number
}

function stateOf(slots: number, { medianSlots, spread }: UsualLength): State {
  const longest = Math.ceil(medianSlots * Math.exp(longestSpreads * spread))
  const lasting = new Float64Array(longest + 1).fill(Number.NEGATIVE_INFINITY)
  for (let length = 1; length <= longest; length++) {
    // The log-normal density of the length as a multiple of the median; what is left out of it makes cycles a little likelier.
    const logarithm = Math.log(length / medianSlots)
    lasting[length] = -(logarithm ** 2) / (2 * spread ** 2) - Math.log(spread) - logarithm
  }
  const lastingOrMore = lasting.slice()
  for (let length = longest - 1; length > 0; length--)
    lastingOrMore[length] = Math.max(lastingOrMore[length] ?? 0, lastingOrMore[length + 1] ?? 0)
  const [entered, left] = [new Float64Array(slots + 1), new Float64Array(slots + 1)]
  return { lasting, lastingOrMore, entered, left, from: new Int32Array(slots + 1), enteredLongAgo: -1 }
}

/**
 * Finds where the best sequence entered a state that ends at a slot. What began before the session or goes on after it is
 * cut. Plain loops: this is where the time goes.
 */
function leaveAt(state: State, slot: number, isEnd: boolean): void {
  const { lasting, lastingOrMore, entered } = state
  const longest = lasting.length - 1
  const latest = slot - longest
  let from = 0
  let best = Number.NEGATIVE_INFINITY
  if (latest >= 0) {
    if (state.enteredLongAgo < 0 || (entered[latest] ?? 0) > (entered[state.enteredLongAgo] ?? 0))
      state.enteredLongAgo = latest
    from = state.enteredLongAgo
    best = (entered[from] ?? 0) + (lasting[longest] ?? 0)
  } else best = (entered[0] ?? 0) + (lastingOrMore[slot] ?? 0)
  const odds = isEnd ? lastingOrMore : lasting
  for (let at = Math.max(1, latest + 1); at < slot; at++) {
    const score = (entered[at] ?? 0) + (odds[slot - at] ?? 0)
    if (score > best) {
      best = score
      from = at
    }
  }
  state.left[slot] = best
  state.from[slot] = from
}

/** The stretches of running in the likeliest sequence of states. */
function likeliestRuns({ slots, enter, leave }: Evidence, habits: CompressorHabits): Stretch[] {
  const [running, resting] = [stateOf(slots, habits.running), stateOf(slots, habits.resting)]
  running.entered[0] = enter[0] ?? 0
  for (let slot = 1; slot <= slots; slot++) {
    leaveAt(running, slot, slot === slots)
    leaveAt(resting, slot, slot === slots)
    running.left[slot] = (running.left[slot] ?? 0) + (leave[slot] ?? 0)
    running.entered[slot] = (resting.left[slot] ?? 0) + (enter[slot] ?? 0)
    resting.entered[slot] = running.left[slot] ?? 0
  }
  const runs: Stretch[] = []
  let isRunning = (running.left[slots] ?? 0) > (resting.left[slots] ?? 0)
  for (let stop = slots; stop > 0; isRunning = !isRunning) {
    const start = (isRunning ? running : resting).from[stop] ?? 0
    if (isRunning) runs.push({ start, stop })
    stop = start
  }
  return runs.reverse()
}

/** A stretch without its unmeasured ends. */
function measuredPart({ measured }: Session, { start, stop }: Stretch): Stretch {
  let [first, end] = [start, stop]
  while (first < end && measured[first] !== 1) first += 1
  while (end > first && measured[end - 1] !== 1) end -= 1
  return { start: first, stop: end }
}

/** The mean belief in what is measured of a stretch that begins in a measured slot. */
function meanBelief({ measured }: Session, { belief }: Outputs, { start, stop }: Stretch): number {
  let [sum, count] = [0, 0]
  for (let slot = start; slot < stop; slot++) {
    if (measured[slot] !== 1) continue
    sum += belief[slot] ?? 0
    count += 1
  }
  return sum / count
}
