/**
 * Appliances as chains of states (off, and one or two powers they work at), learnt from sub-meters.
 *
 * Working powers are clustered by `ckmeans` (H. Wang and M. Song, "Ckmeans.1d.dp", The R Journal 3(2), 2011): one cluster
 * where they lie close together, two where they do not (a dishwasher's pump and its element). Changes are counted from slot
 * to slot. An appliance that no sub-meter shows takes its power and its use from `energy/reference-appliances.ts`.
 */
import { ckmeans, mean, sampleVariance } from 'simple-statistics'
import type { ApplianceKey } from '../../energy/appliances.ts'
import type { SlotS } from '../../energy/load-curve.ts'
import { referenceAppliances } from '../../energy/reference-appliances.ts'

/** One appliance as a chain; state 0 is off. */
export interface ApplianceStates {
  /** Mean power per state [W], ascending from 0. */
  readonly powersW: readonly number[]
  /** Variance of the power per state [W²]. */
  readonly variancesW2: readonly number[]
  /** Probability of the next slot's state (column) after this slot's (row). */
  readonly changes: readonly (readonly number[])[]
}

/** What a sub-meter shows of an appliance: its power [W] while on, stretch by stretch, and the slots it was off. */
export interface WorkingTime {
  readonly stretchesW: readonly Float32Array[]
  readonly offSlots: number
}

/** Above this an appliance works [W]. */
const workingW = 20
/** Powers whose standard deviation is more than this share of their mean are two states. */
const oneStateShare = 0.35
/** Enough powers to cluster; more take time and change nothing. */
const mostPowers = 3000

/** The working time of a sub-metered column [W]; `mask` is 1 where it was measured. */
export function workingTimeOf(powerW: Float32Array, mask: Uint8Array): WorkingTime {
  const stretchesW: Float32Array[] = []
  let offSlots = 0
  let start = -1
  for (let slot = 0; slot <= powerW.length; slot++) {
    const works = mask[slot] === 1 && (powerW[slot] ?? 0) > workingW
    if (works && start < 0) start = slot
    if (!works && start >= 0) {
      stretchesW.push(powerW.slice(start, slot))
      start = -1
    }
    if (!works && mask[slot] === 1) offSlots += 1
  }
  return { stretchesW, offSlots }
}

/** The states that working times show together; `undefined` where the appliance never worked. */
export function learnStates(times: readonly WorkingTime[]): ApplianceStates | undefined {
  const stretches = times.flatMap(({ stretchesW }) => stretchesW)
  const powersW = thinned(stretches)
  if (powersW.length < 2) return undefined
  const isOne = Math.sqrt(sampleVariance(powersW)) < oneStateShare * mean(powersW) || new Set(powersW).size < 2
  const clusters = ckmeans(powersW, isOne ? 1 : 2)
  const means = clusters.map(mean)
  const offSlots = times.reduce((sum, time) => sum + time.offSlots, 0)
  return {
    powersW: [0, ...means],
    variancesW2: [0, ...clusters.map((cluster) => (cluster.length > 1 ? sampleVariance(cluster) : 0))],
    changes: changesOf(stretches, offSlots, means),
  }
}

/** The states of an appliance of which only the reference figures are known. */
export function referenceStates(appliance: ApplianceKey, slotS: SlotS): ApplianceStates {
  const { powerW, cycleWh, cyclesPerWeek, dayWh } = referenceAppliances[appliance]
  const runS = cycleWh === undefined ? 1200 : (cycleWh / powerW) * 3600
  const workingShare = Math.min(
    0.9,
    (cycleWh === undefined ? (dayWh ?? 0) / 24 : (cycleWh * (cyclesPerWeek ?? 0)) / 168) / powerW,
  )
  const stop = Math.min(0.9, slotS / runS)
  const start = Math.min(0.9, (stop * workingShare) / (1 - workingShare))
  return {
    powersW: [0, powerW],
    variancesW2: [0, (0.1 * powerW) ** 2],
    changes: [
      [1 - start, start],
      [stop, 1 - stop],
    ],
  }
}

function thinned(stretches: readonly Float32Array[]): number[] {
  const total = stretches.reduce((sum, { length }) => sum + length, 0)
  const step = Math.max(1, Math.ceil(total / mostPowers))
  const powersW: number[] = []
  let index = 0
  for (const stretch of stretches) for (const powerW of stretch) if (index++ % step === 0) powersW.push(powerW)
  return powersW
}

/** Shares of the changes counted, each row with one change more of every kind, so that none is impossible. */
function changesOf(stretches: readonly Float32Array[], offSlots: number, means: readonly number[]): number[][] {
  const counts = Array.from({ length: means.length + 1 }, () => new Array<number>(means.length + 1).fill(1))
  const add = (from: number, to: number, times = 1) => {
    const row = counts[from]
    if (row !== undefined) row[to] = (row[to] ?? 0) + times
  }
  for (const stretch of stretches) {
    let before = 0
    for (const powerW of stretch) {
      const state = 1 + nearest(means, powerW)
      add(before, state)
      before = state
    }
    add(before, 0)
  }
  add(0, 0, Math.max(0, offSlots - stretches.length))
  return counts.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0)
    return row.map((count) => count / sum)
  })
}

function nearest(means: readonly number[], powerW: number): number {
  let best = 0
  for (const [index, meanW] of means.entries())
    if (Math.abs(meanW - powerW) < Math.abs((means[best] ?? 0) - powerW)) best = index
  return best
}
