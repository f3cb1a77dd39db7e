/**
 * Factorial hidden Markov model: each device a chain of its own, the meter the sum of their powers and noise; the likeliest
 * course of all chains together is found exactly, by Viterbi on the combinations.
 *
 * Z. Ghahramani and M. I. Jordan, "Factorial hidden Markov models", Machine Learning 29, 1997 (doi:10.1023/A:1007425814087);
 * on homes: J. Z. Kolter and T. Jaakkola, AISTATS 2012. Chains change independently, so that the best predecessor is sought
 * device by device: a slot costs combinations × states, not combinations².
 */
import type { Disaggregator } from '../engine.ts'
import { type Baseline, disaggregatorOf } from './baseline.ts'
import { type Device, type KnownStates, type ProductStates, stateOf } from './product-states.ts'

/** What the rest of a home does to its meter [W], as a standard deviation. */
const restW = 100

const baseline: Baseline = {
  model: 'factorial-hmm-1',
  statesMax: 512,
  prepare: (product) => {
    const home = chainsOf(product)
    return (day, standbyW) => likeliest(home, day.powerW, day.measured, standbyW)
  },
}

/** The factorial hidden Markov model with what sub-meters of other homes taught. */
export function factorialHmm(known: KnownStates): Disaggregator {
  return disaggregatorOf(baseline, known)
}

/** A device with the logarithms of its changes. */
interface Chain {
  readonly device: Device
  readonly logs: readonly (readonly number[])[]
}

/** A home's combinations as the search needs them. */
interface Chains {
  readonly count: number
  readonly powersW: Float64Array
  /** Variance of the meter around each combination's power [W²]. */
  readonly noiseW2: Float64Array
  readonly chains: readonly Chain[]
}

function chainsOf({ devices, count, powersW, variancesW2 }: ProductStates): Chains {
  const chains = devices.map((device) => ({ device, logs: device.states.changes.map((row) => row.map(Math.log)) }))
  return { count, powersW, noiseW2: variancesW2.map((varianceW2) => varianceW2 + restW ** 2), chains }
}

/** The two halves of a step: how likely each combination is at best, and from which it comes. */
interface Front {
  readonly scores: Float64Array
  readonly origins: Uint16Array
}

function frontOf(count: number): Front {
  return { scores: new Float64Array(count), origins: new Uint16Array(count) }
}

function likeliest(home: Chains, powerW: Float64Array, measured: Uint8Array, standbyW: number): Uint16Array {
  const { count, chains, powersW, noiseW2 } = home
  const origins = new Uint16Array(count * powerW.length)
  let front = frontOf(count)
  let spare = frontOf(count)
  for (let slot = 0; slot < powerW.length; slot++) {
    for (let combination = 0; combination < count; combination++) front.origins[combination] = combination
    for (const chain of chains) {
      step(chain, front, spare)
      ;[front, spare] = [spare, front]
    }
    if (measured[slot] === 1) weigh(front.scores, (powerW[slot] ?? 0) - standbyW, powersW, noiseW2)
    origins.set(front.origins, slot * count)
  }
  return backFrom(front.scores, origins, count, powerW.length)
}

/** Lets one device change its state: for every combination, the best of those that differ in this device alone. */
function step({ device, logs }: Chain, from: Front, to: Front): void {
  const { stride } = device
  const size = logs.length
  for (let combination = 0; combination < from.scores.length; combination++) {
    const state = stateOf(device, combination)
    const first = combination - state * stride
    let best = Number.NEGATIVE_INFINITY
    let origin = 0
    for (let before = 0; before < size; before++) {
      const score = (from.scores[first + before * stride] ?? 0) + (logs[before]?.[state] ?? Number.NEGATIVE_INFINITY)
      if (score <= best) continue
      best = score
      origin = from.origins[first + before * stride] ?? 0
    }
    to.scores[combination] = best
    to.origins[combination] = origin
  }
}

/** Adds the log likelihood of a slot's power: normal around each combination's. */
function weigh(scores: Float64Array, targetW: number, powersW: Float64Array, noiseW2: Float64Array): void {
  for (let combination = 0; combination < scores.length; combination++) {
    const varianceW2 = noiseW2[combination] ?? 1
    const errorW = targetW - (powersW[combination] ?? 0)
    scores[combination] = (scores[combination] ?? 0) - 0.5 * (errorW ** 2 / varianceW2 + Math.log(varianceW2))
  }
}

function backFrom(scores: Float64Array, origins: Uint16Array, count: number, slots: number): Uint16Array {
  const path = new Uint16Array(slots)
  let combination = scores.indexOf(Math.max(...scores))
  for (let slot = slots - 1; slot >= 0; slot--) {
    path[slot] = combination
    combination = origins[slot * count + combination] ?? 0
  }
  return path
}
