/**
 * What becomes of readings that arrive over readings that are there: one after the other, in the order given, each
 * accepted (new), a duplicate (says nothing new, or an estimate where something measured stands) or a replacement.
 */
import { emptyColumns, qualities, type ReadingColumns, sliceColumns } from '../../energy/reading-series.ts'
import { concatColumns, copyEntry } from '../codec/reading-columns.ts'

/** Numbers of `writeOutcomes`. */
export const accepted = 0
export const duplicate = 1
export const replaced = 2

export interface Applied {
  /** Index into `writeOutcomes` per arriving reading. */
  readonly outcomes: Uint8Array
  /** What stands where something changed: ascending, one instant once. */
  readonly changed: ReadingColumns
  /** Per entry of `changed`: 1 where the instant was there before. */
  readonly known: Uint8Array
}

const estimated = qualities.indexOf('estimated')

/** Applies `arriving` (any order, repetitions allowed) to `stored` (ascending, one instant once). */
export function applyReadings(stored: ReadingColumns, arriving: ReadingColumns): Applied {
  if (isAllNew(stored, arriving)) {
    const count = arriving.at.length
    return { outcomes: new Uint8Array(count), changed: arriving, known: new Uint8Array(count) }
  }
  return applyOneByOne(stored, arriving)
}

/** The common case of a meter that reports in order. */
function isAllNew(stored: ReadingColumns, arriving: ReadingColumns): boolean {
  let before = stored.at.at(-1) ?? Number.NEGATIVE_INFINITY
  return arriving.at.every((instant) => {
    const later = instant > before
    before = instant
    return later
  })
}

function applyOneByOne(stored: ReadingColumns, arriving: ReadingColumns): Applied {
  // Entries of `stored` come first in `all`, then the arriving ones: an index says which reading stands at an instant.
  const all = concatColumns([stored, arriving])
  const standing = new Map<number, number>()
  for (let index = 0; index < stored.at.length; index++) standing.set(stored.at[index] ?? 0, index)
  const outcomes = new Uint8Array(arriving.at.length)
  const winners = new Map<number, number>()
  const before = new Map<number, number | undefined>()
  for (let index = 0; index < arriving.at.length; index++) {
    const instant = arriving.at[index] ?? 0
    const entry = stored.at.length + index
    const present = standing.get(instant)
    const outcome = outcomeOf(all, present, entry)
    outcomes[index] = outcome
    if (outcome === duplicate) continue
    if (!before.has(instant)) before.set(instant, present)
    standing.set(instant, entry)
    winners.set(instant, entry)
  }
  return { outcomes, ...changesOf(all, winners, before) }
}

function outcomeOf(all: ReadingColumns, present: number | undefined, arriving: number): number {
  if (present === undefined) return accepted
  const weaker = all.quality[arriving] === estimated && all.quality[present] !== estimated
  return weaker || isSame(all, present, arriving) ? duplicate : replaced
}

function isSame(all: ReadingColumns, one: number, other: number): boolean {
  return (
    all.present[one] === all.present[other] &&
    all.value[one] === all.value[other] &&
    all.spanS[one] === all.spanS[other] &&
    all.quality[one] === all.quality[other]
  )
}

/** The winners by time; one that ends up as the store has it already is no change. */
function changesOf(
  all: ReadingColumns,
  winners: ReadonlyMap<number, number>,
  before: ReadonlyMap<number, number | undefined>,
): Pick<Applied, 'changed' | 'known'> {
  const changed = emptyColumns(winners.size)
  const known = new Uint8Array(winners.size)
  let count = 0
  for (const [instant, entry] of [...winners].sort(([one], [other]) => one - other)) {
    const stored = before.get(instant)
    if (stored !== undefined && isSame(all, stored, entry)) continue
    known[count] = stored === undefined ? 0 : 1
    copyEntry(all, entry, changed, count++)
  }
  return { changed: sliceColumns(changed, 0, count), known: known.subarray(0, count) }
}
