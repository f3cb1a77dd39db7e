/**
 * The step of a meter [W]: the least change that a day's curve shows, because the meter rounds, counts pulses, or is silent of what changes less.
 *
 * Where it rounds or counts, changes are multiples of the step; not all of them: of a brief peak a minute shows a part. In minutes, changes in one
 * direction in slots in a row are one: what switches within a minute, or is read some seconds past it, takes two. Where the energy of quarter-hours
 * scales their minutes, or a meter is silent below a threshold, nothing has multiples. There power stands still most of the time, and few changes
 * within a quarter-hour are smaller than the step.
 */
import { quantileSorted } from 'simple-statistics'
import type { DayCurve } from '../energy/load-curve.ts'
import { minutesPerQuarter } from '../energy/quarter-hours.ts'

/** What differs by less than this stands still: means of one power differ in their last digits [W]. */
const changeLeastW = 0.01
/** A meter shows its step in so many changes, of so many sizes. */
const [changesLeast, sizesLeast] = [20, 3]
/** So many of them are multiples of it, each within so much of a step: by chance a tenth is. */
const [multiplesLeast, multipleWithin] = [0.9, 0.05]
/** What is scaled or silent shows so many sizes, each so much above the one before: loads that each switch at about one height are fewer. */
const [scaledSizesLeast, sizesApart] = [5, 1.1]
/** Of one load are so many, from a size below to two above. */
const oneHeightShare = 0.7
/** So few of its changes are smaller than the step. */
const smallerShare = 0.05
/** So few where the meter is silent of compressors [W]: there power also changes where a reading holds no longer. */
const [silentLeastW, smallerShareOfSilent] = [100, 0.2]

/** How the power of a day changes. */
export interface Changes {
  /** Sizes of changes, those of one edge as one [W]. */
  readonly edgesW: readonly number[]
  /** Of edges that lie within a quarter-hour [W]: at a bound power may take the level of another quarter-hour's energy. */
  readonly withinW: readonly number[]
  /** Whether power stands still from one slot to the next for most of the time. */
  readonly isStill: boolean
}

/** The step of the meter of a day [W]; 0 where it shows none. */
export function stepOf(day: DayCurve): number {
  const { edgesW, withinW, isStill } = changesOf(day)
  const commonW = commonStepOf(edgesW)
  return commonW === 0 && isStill && day.slotS === 60 ? leastShownOf(withinW) : commonW
}

/** The changes of a day. */
export function changesOf({ powerW, measured, slotS }: DayCurve): Changes {
  const edgesW: number[] = []
  const withinW: number[] = []
  let [slots, stillSlots] = [0, 0]
  let [edgeW, isWithin] = [0, true]
  const close = () => {
    if (edgeW !== 0) edgesW.push(Math.abs(edgeW))
    if (edgeW !== 0 && isWithin) withinW.push(Math.abs(edgeW))
    edgeW = 0
    isWithin = true
  }
  for (let slot = 1; slot < powerW.length; slot++) {
    const isKnown = measured[slot] === 1 && measured[slot - 1] === 1
    const differenceW = isKnown ? (powerW[slot] ?? 0) - (powerW[slot - 1] ?? 0) : 0
    const changeW = Math.abs(differenceW) < changeLeastW ? 0 : differenceW
    if (isKnown) slots += 1
    if (isKnown && changeW === 0) stillSlots += 1
    if (slotS !== 60 || changeW * edgeW <= 0) close()
    edgeW += changeW
    if (changeW !== 0 && slot % minutesPerQuarter === 0) isWithin = false
  }
  close()
  return { edgesW, withinW, isStill: stillSlots * 2 > slots }
}

/** The largest of some changes that most of them are multiples of [W]; 0 where there is none, or too few to tell. */
function commonStepOf(changesW: readonly number[]): number {
  if (changesW.length < changesLeast) return 0
  const sortedW = Float64Array.from(changesW).sort()
  const mayFail = Math.floor((1 - multiplesLeast) * changesW.length)
  // Of a larger step more changes than may fail would be parts.
  const mostW = (sortedW[mayFail] ?? 0) / (1 - multipleWithin)
  for (let at = sortedW.findLastIndex((changeW) => changeW <= mostW); at >= 0; at--) {
    const stepW = sortedW[at] ?? 0
    if (stepW !== sortedW[at + 1] && isCommon(stepW, sortedW, mayFail)) return stepW
  }
  return 0
}

function isCommon(stepW: number, changesW: Float64Array, mayFail: number): boolean {
  const sizes = new Set<number>()
  let failed = 0
  for (const changeW of changesW) {
    const times = Math.round(changeW / stepW)
    const isMultiple = times > 0 && Math.abs(changeW / stepW - times) <= multipleWithin
    if (!isMultiple && ++failed > mayFail) return false
    if (isMultiple && sizes.size < sizesLeast) sizes.add(times)
  }
  return sizes.size >= sizesLeast
}

/** What few changes are smaller than [W]; 0 where there are too few to tell, or where it is what a load of one height switches. */
function leastShownOf(changesW: readonly number[]): number {
  const sortedW = changesW.toSorted((one, other) => one - other)
  if (sortedW.length < changesLeast || sizesOf(sortedW) < scaledSizesLeast) return 0
  const silentW = quantileSorted(sortedW, smallerShareOfSilent)
  const leastW = silentW > silentLeastW ? silentW : quantileSorted(sortedW, smallerShare)
  const alike = sortedW.filter((changeW) => changeW >= leastW / sizesApart && changeW < leastW * sizesApart ** 2)
  return alike.length > oneHeightShare * sortedW.length ? 0 : leastW
}

/** How many sizes there are that are clearly apart. @param sortedW sizes [W], ascending */
function sizesOf(sortedW: readonly number[]): number {
  let [sizes, lastW] = [0, 0]
  for (const changeW of sortedW) {
    if (changeW < sizesApart * lastW) continue
    sizes += 1
    lastW = changeW
  }
  return sizes
}
