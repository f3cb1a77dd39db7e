/**
 * Following a compressor through a session, also where bigger loads hide its edges.
 *
 * A hidden semi-Markov model with two states, on and off: how long each lasts is known from the week, and each slot's
 * step of the meter speaks for a switch on, a switch off, or neither; a big step of something else says nothing. The
 * likeliest sequence is found by dynamic programming over the slots at which a switch is conceivable.
 * (Explicit durations as in M. J. Johnson and A. S. Willsky, JMLR 14, 2013, for the same purpose.)
 */
import { give, type Ledger } from './ledger.ts'
import type { Compressor } from './refrigeration.ts'

/** Chance that a step has nothing to do with the compressor, and the range of such steps [W]. */
const strayChance = 0.15
const strayRangeW = 3000
/** Noise of the meter's minute means, at least [W], and as a share of the compressor's power. */
const noiseW = 7
const noiseShare = 0.14
/** A switch is conceivable where its log-odds exceed this; elsewhere only now and then, lest the chain breaks. */
const conceivable = -2.5
const lifelineSlots = 12
/** While it is on the meter shows at least this share of its power above the floor. */
const leastOnShare = 0.72
/** Cost of a slot that shows less. */
const impossibleCost = 4

/** Which slots the compressor is on: 1 = on. */
export function followCompressor(
  powerW: Float64Array,
  measured: Uint8Array,
  floorW: number,
  compressor: Compressor,
): Uint8Array {
  const up = switchOdds(powerW, measured, compressor.startW)
  const down = switchOdds(powerW, measured, -compressor.endW)
  const shortfall = shortfallSums(powerW, measured, floorW + leastOnShare * compressor.endW)
  return likeliestSequence(up, down, shortfall, compressor)
}

/** Log-odds of a switch by `stepW` [W] at each slot, against none. */
function switchOdds(powerW: Float64Array, measured: Uint8Array, stepW: number): Float64Array {
  const odds = new Float64Array(powerW.length)
  const sigmaW = Math.max(noiseW, noiseShare * Math.abs(stepW))
  for (let slot = 1; slot < odds.length; slot++) {
    if (measured[slot] !== 1 || measured[slot - 1] !== 1) continue
    const before = powerW[slot - 1] ?? 0
    const here = powerW[slot] ?? 0
    const sharp = oddsOfStep(here - before, stepW, sigmaW)
    const after = slot + 1 < odds.length && measured[slot + 1] === 1 ? (powerW[slot + 1] ?? 0) : here
    const shared = (after - here) * stepW > 0 ? oddsOfStep(after - before, stepW, sigmaW) : sharp
    odds[slot] = Math.max(sharp, shared)
  }
  return odds
}

function oddsOfStep(deltaW: number, stepW: number, sigmaW: number): number {
  const stray = strayChance / strayRangeW
  const scale = (1 - strayChance) / (sigmaW * 2.5066)
  const switched = scale * Math.exp(-0.5 * ((deltaW - stepW) / sigmaW) ** 2) + stray
  const stayed = scale * Math.exp(-0.5 * (deltaW / sigmaW) ** 2) + stray
  return Math.log(switched / stayed)
}

/** Running sums of the slots that show less than the compressor alone would draw. */
function shortfallSums(powerW: Float64Array, measured: Uint8Array, leastW: number): Float64Array {
  const sums = new Float64Array(powerW.length + 1)
  for (let slot = 0; slot < powerW.length; slot++) {
    const short = measured[slot] === 1 && (powerW[slot] ?? 0) < leastW
    sums[slot + 1] = (sums[slot] ?? 0) + (short ? 1 : 0)
  }
  return sums
}

/** Slots at which a switch up or down may be, with both ends of the session. */
function candidateSlots(up: Float64Array, down: Float64Array): Int32Array {
  const slots: number[] = [0]
  for (let slot = 1; slot < up.length; slot++) {
    const odds = Math.max(up[slot] ?? 0, down[slot] ?? 0)
    if (odds > conceivable || slot % lifelineSlots === 0) slots.push(slot)
  }
  slots.push(up.length)
  return Int32Array.from(slots)
}

/**
 * The best chain of on and off stretches between candidate slots. `onScore[i]` is the best score of all that lies
 * before candidate `i` when a stretch of being on ends there, `offScore[i]` when one of being off does.
 */
function likeliestSequence(
  up: Float64Array,
  down: Float64Array,
  shortfall: Float64Array,
  compressor: Compressor,
): Uint8Array {
  const slots = candidateSlots(up, down)
  const count = slots.length
  const onTimes = timeScores(compressor.onSlots, compressor.onSpread)
  const offTimes = timeScores(compressor.offSlots, compressor.offSpread)
  const onScore = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const offScore = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const onFrom = new Int32Array(count).fill(-1)
  const offFrom = new Int32Array(count).fill(-1)
  onScore[0] = 0
  offScore[0] = 0
  for (let end = 1; end < count; end++) {
    const to = slots[end] ?? 0
    const last = end === count - 1
    for (let begin = end - 1; begin >= 0; begin--) {
      const from = slots[begin] ?? 0
      const time = to - from
      if (time >= onTimes.length && time >= offTimes.length) break
      const edge = begin === 0 || last
      const on = edgeScore(onTimes, time, edge) - impossibleCost * ((shortfall[to] ?? 0) - (shortfall[from] ?? 0))
      const onTotal = (offScore[begin] ?? 0) + (begin === 0 ? 0 : (up[from] ?? 0)) + on
      if (onTotal > (onScore[end] ?? 0)) {
        onScore[end] = onTotal
        onFrom[end] = begin
      }
      const offTotal = (onScore[begin] ?? 0) + (begin === 0 ? 0 : (down[from] ?? 0)) + edgeScore(offTimes, time, edge)
      if (offTotal > (offScore[end] ?? 0)) {
        offScore[end] = offTotal
        offFrom[end] = begin
      }
    }
  }
  return traceBack(slots, onFrom, offFrom, (onScore[count - 1] ?? 0) > (offScore[count - 1] ?? 0))
}

function traceBack(slots: Int32Array, onFrom: Int32Array, offFrom: Int32Array, endsOn: boolean): Uint8Array {
  const on = new Uint8Array(slots[slots.length - 1] ?? 0)
  let isOn = endsOn
  let end = slots.length - 1
  while (end > 0) {
    const begin = (isOn ? onFrom[end] : offFrom[end]) ?? -1
    if (begin < 0) break
    if (isOn) on.fill(1, slots[begin] ?? 0, slots[end] ?? 0)
    isOn = !isOn
    end = begin
  }
  return on
}

/** Log-likelihood of a stretch's length; at the session's ends a stretch may be a part of a longer one. */
function edgeScore(times: Float64Array, time: number, edge: boolean): number {
  if (time >= times.length) return Number.NEGATIVE_INFINITY
  return edge ? -3 : (times[time] ?? 0)
}

/** Log-likelihood of each length up to four times the usual one: log-normal, with a little for anything. */
function timeScores(usual: number, spread: number): Float64Array {
  const scores = new Float64Array(Math.min(400, Math.ceil(usual * 4) + 2)).fill(Number.NEGATIVE_INFINITY)
  for (let time = 2; time < scores.length; time++) {
    const normal = Math.exp(-0.5 * (Math.log(time / usual) / spread) ** 2) / (spread * 2.5066 * time)
    scores[time] = Math.log(0.93 * normal + 0.07 / scores.length)
  }
  return scores
}

/** Gives an appliance the slots in which its compressor is on; power falls from the start to the end of a run. */
export function giveCompressor(
  ledger: Ledger,
  appliance: 'fridge' | 'freezer',
  on: Uint8Array,
  compressor: Compressor,
): void {
  let slot = 0
  while (slot < on.length) {
    if (on[slot] !== 1) {
      slot += 1
      continue
    }
    let stop = slot
    while (stop < on.length && on[stop] === 1) stop += 1
    for (let one = slot; one < stop; one++) {
      const share = (one - slot) / Math.max(1, stop - slot)
      give(ledger, appliance, one, compressor.startW + share * (compressor.endW - compressor.startW))
    }
    slot = stop
  }
}
