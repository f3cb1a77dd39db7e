/** A file of minutes, or of quarter-hours, (`utc,aggregate_w,…`) as the load curves of its local days, for commands that need no database. */
import { constants, createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { median } from 'simple-statistics'
import {
  addDays,
  type CivilDay,
  dayInterval,
  daysFrom,
  type EpochMs,
  localDayOf,
  minuteMs,
  type TimeZone,
} from '../energy/civil-time.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { type MinuteRow, readMinutes } from '../ingest/index.ts'
import { CommandRefusal } from './terminal.ts'

/** Days handed to the disaggregator at once: enough to share their context, few enough to show progress. */
export const stretchDays = 56
const quarterMs = 15 * minuteMs
/** Rows are a slot apart, give or take what a clock or a meter jitters, where they are further apart than this share of it. */
const leastApartShare = 0.75
/** A file whose rows are as far apart as another kind's in a greater share is of both kinds. */
const mixedShareMost = 0.1

export interface MinutesFile {
  /** One for each slot, at its beginning, where its rows are as far apart as was asked for. */
  readonly rows: readonly MinuteRow[]
  /** How far apart its rows are: minutes, or quarter-hours where these were asked for too. */
  readonly slotS: SlotS
  /** Every local day from the first to the last row; none where its rows are not so far apart. */
  readonly days: readonly DayCurve[]
  /** Where its rows are otherwise apart than was asked for, in the middle of the cases: how far, in words. */
  readonly otherSpacing: string | null
  /** Rows that say again what an earlier one says. */
  readonly repeatedRows: number
  /** Slots in which two rows lie that are a slot apart, give or take a jitter: they have the mean of both. */
  readonly sharedSlots: number
  /** Slots from the first to the last row without a power, be it that a row lacks or that it is empty. */
  readonly missing: number
  /** Names of the further columns, where they were asked for. */
  readonly further: readonly string[]
  /** Cells that are no power and count as missing, by column. */
  readonly unreadable: ReadonlyMap<string, number>
}

/** A file without the columns of minutes: another kind of file, not a broken one. */
export class OtherKindOfFile extends CommandRefusal {}

/** What is wanted of a file of minutes. */
interface MinutesWanted {
  /** Its further columns too. */
  readonly further?: boolean
  /** It may be one of quarter-hours. */
  readonly quarters?: boolean
}

/**
 * Reads a file of minutes.
 * @throws {OtherKindOfFile} where it lacks their columns
 * @throws {CommandRefusal} naming the line that cannot be read, or the two that differ about a slot, and the system's error where the
 * file cannot
 */
export async function readMinutesFile(
  path: string,
  timeZone: TimeZone,
  options: MinutesWanted = {},
): Promise<MinutesFile> {
  await access(path, constants.R_OK)
  const rows: MinuteRow[] = []
  const source = createReadStream(path) as AsyncIterable<Buffer>
  const read = await readMinutes(source, (row) => rows.push(row), options)
  if ('refusal' in read) {
    const isOther = read.refusal === 'utc_missing' || read.refusal === 'aggregate_missing'
    const Refusal = isOther ? OtherKindOfFile : CommandRefusal
    const place = read.line === 0 ? path : `${path}, line ${read.line}`
    throw new Refusal(`${place}: ${read.detail} (${read.refusal}).`)
  }
  if (rows.length === 0) throw new CommandRefusal(`${path} has a header and no rows.`)
  const { slotS, otherSpacing } = spacingOf(rows, options)
  const slotMs = slotS * 1000
  const { once, repeatedRows, sharedSlots } =
    otherSpacing === null ? onceEach(rows, slotMs, path) : { once: rows, repeatedRows: 0, sharedSlots: 0 }
  const { firstAt, lastAt } = extentOf(once)
  const measured = once.filter(({ aggregateW }) => aggregateW !== null).length
  return {
    rows: once,
    slotS,
    days: otherSpacing === null ? daysOf(once, slotS, timeZone) : [],
    otherSpacing,
    repeatedRows,
    sharedSlots,
    missing: Math.floor(lastAt / slotMs) - Math.floor(firstAt / slotMs) + 1 - measured,
    further: read.further,
    unreadable: read.unreadable,
  }
}

/** Where a row stands: which day, which slot. */
export interface SlotPlace {
  readonly day: DayCurve
  readonly slot: number
}

/** Finds the places of instants in days; instants that come in order are found at once. */
export function placeFinder(days: readonly DayCurve[]): (at: EpochMs) => SlotPlace {
  let index = 0
  return (at) => {
    const isBefore = (day: DayCurve | undefined) => day !== undefined && at < day.startAt
    const isAfter = (day: DayCurve | undefined) => day !== undefined && at >= endOf(day)
    while (isBefore(days[index])) index--
    while (isAfter(days[index])) index++
    const day = days[index]
    if (day === undefined) throw new RangeError(`no day holds ${at}`)
    return { day, slot: Math.floor((at - day.startAt) / (day.slotS * 1000)) }
  }
}

function endOf({ startAt, powerW, slotS }: DayCurve): EpochMs {
  return startAt + powerW.length * slotS * 1000
}

interface OnceEach extends Pick<MinutesFile, 'repeatedRows' | 'sharedSlots'> {
  readonly once: readonly MinuteRow[]
}

/** A row for each slot. @throws {CommandRefusal} naming two rows that differ about a slot */
function onceEach(rows: readonly MinuteRow[], slotMs: number, path: string): OnceEach {
  const placed = placingOf(rows, slotMs)
  const rowOf = new Map<number, MinuteRow>()
  const besideIt = new Map<number, MinuteRow>()
  for (const row of rows) {
    const slot = placed(row.at / slotMs)
    const earlier = rowOf.get(slot)
    if (earlier === undefined) {
      rowOf.set(slot, row)
      continue
    }
    const ofSlot = [earlier, besideIt.get(slot) ?? earlier]
    if (ofSlot.some((one) => saysTheSame(one, row))) continue
    const near = ofSlot.find(({ at }) => Math.abs(row.at - at) <= leastApartShare * slotMs)
    if (near === undefined) besideIt.set(slot, row)
    else {
      const what = slotMs === minuteMs ? 'minute' : 'quarter-hour'
      throw new CommandRefusal(
        `${path}, lines ${near.line} and ${row.line}: the ${what} of ${row.utc} stands twice, and the rows differ.`,
      )
    }
  }
  const once = Array.from(rowOf, ([slot, row]) => rowAt(slot * slotMs, row, besideIt.get(slot)))
  return { once, repeatedRows: rows.length - once.length - besideIt.size, sharedSlots: besideIt.size }
}

/** Which slot a row is of: the one that it lies in, or, where rows jitter about the beginnings of slots, the nearest. */
function placingOf(rows: readonly MinuteRow[], slotMs: number): (slots: number) => number {
  const slotsBy = (placed: (slots: number) => number) => new Set(rows.map(({ at }) => placed(at / slotMs))).size
  const floored = slotsBy(Math.floor)
  return floored < rows.length && slotsBy(Math.round) > floored ? Math.round : Math.floor
}

/** The row of a slot that begins at `at`: the mean of the two that lie in it, where it has two. */
function rowAt(at: EpochMs, row: MinuteRow, other: MinuteRow | undefined): MinuteRow {
  if (other === undefined) return row.at === at ? row : { ...row, at }
  const furtherW = row.furtherW.map((powerW, field) => meanOf(powerW, other.furtherW[field] ?? null))
  return { ...row, at, aggregateW: meanOf(row.aggregateW, other.aggregateW), furtherW }
}

/** The mean of what was measured of two. */
function meanOf(oneW: number | null, otherW: number | null): number | null {
  return oneW === null || otherW === null ? (oneW ?? otherW) : (oneW + otherW) / 2
}

function saysTheSame(one: MinuteRow, other: MinuteRow): boolean {
  const isSame = one.at === other.at && one.aggregateW === other.aggregateW
  return isSame && one.furtherW.every((powerW, field) => powerW === other.furtherW[field])
}

function daysOf(rows: readonly MinuteRow[], slotS: SlotS, timeZone: TimeZone): DayCurve[] {
  const { firstAt, lastAt } = extentOf(rows)
  const [first, last] = [localDayOf(firstAt, timeZone), localDayOf(lastAt, timeZone)]
  const days = daysFrom(first, addDays(last, 1)).map((day) => emptyDay(day, slotS, timeZone))
  const placeOf = placeFinder(days)
  for (const { at, aggregateW } of rows) {
    if (aggregateW === null) continue
    const { day, slot } = placeOf(at)
    day.powerW[slot] = aggregateW
    day.measured[slot] = 1
  }
  return days
}

function extentOf(rows: readonly MinuteRow[]): { firstAt: EpochMs; lastAt: EpochMs } {
  let firstAt = Number.POSITIVE_INFINITY
  let lastAt = Number.NEGATIVE_INFINITY
  for (const { at } of rows) {
    firstAt = Math.min(firstAt, at)
    lastAt = Math.max(lastAt, at)
  }
  return { firstAt, lastAt }
}

function spacingOf(
  rows: readonly MinuteRow[],
  { quarters = false }: MinutesWanted,
): Pick<MinutesFile, 'slotS' | 'otherSpacing'> {
  const instants = Float64Array.from(rows, ({ at }) => at).sort()
  const stepsMs = Array.from(instants.subarray(1), (at, row) => at - (instants[row] ?? 0)).filter((step) => step > 0)
  if (stepsMs.length === 0) return { slotS: 60, otherSpacing: null }
  const apartMs = median(stepsMs)
  const isMinute = (stepMs: number) => stepMs > leastApartShare * minuteMs && stepMs < 1.5 * minuteMs
  const isQuarter = (stepMs: number) => Math.abs(stepMs - quarterMs) <= minuteMs
  const slotS: SlotS = quarters && isQuarter(apartMs) ? 900 : 60
  const otherShare = stepsMs.filter(slotS === 900 ? isMinute : isQuarter).length / stepsMs.length
  const refusal = (
    what: string,
    needed = quarters ? 'one a minute or a quarter-hour is needed' : 'one a minute is needed',
  ) => ({
    slotS,
    otherSpacing: `${what}; ${needed}`,
  })
  if (slotS === 60 && !isMinute(apartMs)) return refusal(`${apartMs / 1000} s apart`)
  if (quarters && otherShare > mixedShareMost)
    return refusal('a minute apart in some parts and a quarter-hour in others', 'each kind needs a file of its own')
  const pastMs = slotS === 900 ? median(rows.map(({ at }) => at % quarterMs)) : 0
  if (pastMs > minuteMs) return refusal(`${pastMs / 1000} s past the quarters of an hour`, 'they must begin with these')
  return { slotS, otherSpacing: null }
}

function emptyDay(day: CivilDay, slotS: SlotS, timeZone: TimeZone): DayCurve {
  const { fromAt, toAt } = dayInterval(day, timeZone)
  const slots = (toAt - fromAt) / (slotS * 1000)
  return { day, startAt: fromAt, slotS, powerW: new Float64Array(slots), measured: new Uint8Array(slots) }
}
