/**
 * Asks the configured sources in turn, each as often as it is worth, later after failures, never in the path of an answer.
 * When each was asked is stored: a restart asks none too soon, and of several servers one asks.
 */
import {
  addDays,
  type Clock,
  dayInterval,
  dayMs,
  type EpochMs,
  hourMs,
  italianTime,
  localDayOf,
  minuteMs,
} from '../energy/civil-time.ts'
import { type GridEvent, type GridZone, gridFigures, shareOfLoad } from '../energy/grid-hours.ts'
import {
  type GridAdapter,
  PoliteFetcher,
  type RejectedHour,
  SourceError,
  type SourceQuestion,
} from '../ingest/grid/index.ts'
import {
  claimGridFetch,
  type Database,
  type GridFetchKey,
  readGridHours,
  releaseGridFetch,
  saveGridFetch,
} from '../store/index.ts'
import { storeHours } from './grid-import.ts'
import { keepDoing } from './keep-doing.ts'

/** As far back a source is asked the first time, and at most after it was away. */
const firstReachMs = 14 * dayMs
/** As far back it is always asked: figures are corrected for a day or two. */
const reachMs = 2 * dayMs
/** No source is left alone for longer because it says so [ms]: a year is a slip. */
const askedMsMax = 7 * dayMs
/** A fetch that has not ended by then has died with its process [ms]. */
const claimMs = 15 * minuteMs
const backoffMs = 5 * minuteMs
const backoffMsMax = 6 * hourMs

export interface ScheduleContext {
  readonly db: Database
  /** The households' clock: what is asked for. */
  readonly clock: Clock
  /** The machine's clock: when it is asked. */
  readonly machineClock: Clock
  readonly adapters: readonly GridAdapter[]
  readonly zones: readonly GridZone[]
  /** Called when hours were stored. */
  readonly onHours: () => void
  /** Hears what an operator should know. */
  readonly onProblem: (problem: string) => void
  /** Waits between requests. */
  readonly pause: (durationMs: number, signal: AbortSignal) => Promise<void>
  readonly timeoutMs?: number
}

/** One source that can be asked again and again. */
interface Asked {
  readonly adapter: GridAdapter
  readonly fetcher: PoliteFetcher
}

/** The sources of a schedule; `askDue` asks those that are due, one after the other. */
export class GridSchedule {
  readonly #context: ScheduleContext
  readonly #sources: readonly Asked[]
  readonly #stopping = new AbortController()

  constructor(context: ScheduleContext) {
    const { machineClock: clock, pause, timeoutMs } = context
    this.#context = context
    this.#sources = context.adapters.map((adapter) => {
      const { spacingMs, banMs } = adapter
      const { signal } = this.#stopping
      const waits = { pause: (durationMs: number) => pause(durationMs, signal), spacingMs, banMs, signal }
      const limit = timeoutMs === undefined ? {} : { timeoutMs }
      return { adapter, fetcher: new PoliteFetcher({ clock, ...waits, ...limit }) }
    })
  }

  /** @returns how many fetches were made */
  async askDue(): Promise<number> {
    let made = 0
    for (const { adapter, fetcher } of this.#sources) {
      for (const zone of this.#context.zones.filter((one) => adapter.zones.includes(one))) {
        if (!this.#stopping.signal.aborted && (await this.#askOne(adapter, fetcher, zone))) made++
      }
    }
    return made
  }

  /** Breaks off what is under way; the next server asks it anew. */
  stop(): void {
    this.#stopping.abort()
  }

  async #askOne(adapter: GridAdapter, fetcher: PoliteFetcher, zone: GridZone): Promise<boolean> {
    const { db, machineClock, onProblem } = this.#context
    const key = { source: adapter.source, zone }
    const claim = await claimGridFetch(db, key, machineClock(), machineClock() + claimMs)
    if (claim === undefined) return false
    try {
      const { problem, failure, isAnswered } = await this.#fetchAndStore(adapter, fetcher, zone)
      if (failure !== undefined) return await this.#putOff(adapter, fetcher, key, failure, claim.failures, isAnswered)
      fetcher.keep()
      const now = machineClock()
      await saveGridFetch(db, key, { now, nextAt: now + adapter.everyMs, failed: false, isAnswered: true, problem })
      if (problem !== null) onProblem(`${adapter.source} ${zone}: ${problem}`)
      return true
    } catch (error) {
      return await this.#putOff(adapter, fetcher, key, error, claim.failures, false)
    }
  }

  /** Says why a source is asked again later. @param isAnswered whether another of its answers was stored */
  async #putOff(
    { everyMs }: GridAdapter,
    fetcher: PoliteFetcher,
    key: GridFetchKey,
    error: unknown,
    failuresBefore: number,
    isAnswered: boolean,
  ): Promise<boolean> {
    const { db, machineClock, onProblem } = this.#context
    fetcher.drop()
    if (this.#stopping.signal.aborted) {
      await releaseGridFetch(db, key)
      return false
    }
    const problem = error instanceof SourceError ? error.message : 'The answer could not be stored.'
    const now = machineClock()
    // What a source does answer must not come late for what it does not.
    const nextAt = now + pauseAfter(error, failuresBefore, isAnswered ? everyMs : backoffMsMax)
    await saveGridFetch(db, key, { now, nextAt, failed: true, isAnswered, problem })
    onProblem(`${key.source} ${key.zone}: ${problem}`)
    if (!(error instanceof SourceError)) throw error
    return true
  }

  /** Stores what is answered. @returns what was refused, in a sentence, and the failure of a request where one failed */
  async #fetchAndStore(adapter: GridAdapter, fetcher: PoliteFetcher, zone: GridZone) {
    const { db, clock, onHours } = this.#context
    const question = await questionOf(db, adapter, zone, clock())
    const { events, rejected, failure, isPartial } = await adapter.read(question, fetcher.ask)
    const byKind = Map.groupBy(events, ({ kind }) => kind)
    const refused: RejectedHour[] = [...rejected]
    let changed = 0
    for (const hours of byKind.values()) {
      const whole = isPartial ? await withFiguresBefore(db, hours) : hours
      const stored = await storeHours(db, inOrder(whole), question.now)
      refused.push(...stored.rejected)
      changed += stored.accepted + stored.replaced + stored.withdrawn
    }
    if (changed > 0) onHours()
    return { problem: sentenceOf(refused), failure, isAnswered: events.length > 0 }
  }
}

function inOrder(hours: readonly GridEvent[]): GridEvent[] {
  return hours.toSorted((one, other) => one.startAt - other.startAt)
}

/** Hours of one zone and kind, with the figures that the same source gave of them before where they have none. */
async function withFiguresBefore(db: Database, hours: readonly GridEvent[]): Promise<readonly GridEvent[]> {
  const [first] = hours
  if (first === undefined) return hours
  const starts = hours.map(({ startAt }) => startAt)
  const stored = await readGridHours(db, first.zone, Math.min(...starts), Math.max(...starts) + 1, first.kind)
  const before = new Map(stored.filter(({ source }) => source === first.source).map((hour) => [hour.startAt, hour]))
  return hours.map((hour) => {
    const held = before.get(hour.startAt)
    if (held === undefined) return hour
    const figures = gridFigures.map((name) => [name, hour[name] ?? held[name]])
    const whole: GridEvent = { ...hour, ...Object.fromEntries(figures) }
    const { renewableShare, generationMw, loadMw } = whole
    const isAsBefore = renewableShare === held.renewableShare && generationMw === held.generationMw
    if (isAsBefore || renewableShare === null || generationMw === null || loadMw === null) return whole
    return { ...whole, renewableShareOfLoad: shareOfLoad(renewableShare * generationMw, loadMw) }
  })
}

async function questionOf(db: Database, adapter: GridAdapter, zone: GridZone, now: EpochMs): Promise<SourceQuestion> {
  const held = await readGridHours(db, zone, now - firstReachMs, now, 'actual')
  const newest = held.findLast(({ source }) => source === adapter.source)
  const newestAt = Math.min(newest?.startAt ?? Number.NEGATIVE_INFINITY, now - reachMs)
  const fromAt = Math.floor(Math.max(newestAt, now - firstReachMs) / hourMs) * hourMs
  return { zone, now, fromAt, toAt: dayInterval(addDays(localDayOf(now, italianTime), 1), italianTime).toAt }
}

/** Twice as long after each failure in a row, up to `mostMs`; at least what the source asks for; long where the key is refused. */
function pauseAfter(error: unknown, failuresBefore: number, mostMs: number): number {
  if (error instanceof SourceError && error.code === 'unauthorized') return mostMs
  const askedMs = error instanceof SourceError ? (error.retryAfterMs ?? 0) : 0
  return Math.max(Math.min(backoffMs * 2 ** failuresBefore, mostMs), Math.min(askedMs, askedMsMax))
}

function sentenceOf(refused: readonly RejectedHour[]): string | null {
  if (refused.length === 0) return null
  const counts = [...Map.groupBy(refused, ({ code }) => code)].map(([code, all]) => `${code} ${all.length}`)
  return `${refused.length} hours refused: ${counts.sort().join(', ')}`
}

/** How often it is looked whether a source is due [ms]. */
const lookEveryMs = 15_000

/** Asks what is due at once and then again and again. @returns stops it, after what is under way */
export function startGridSchedule(schedule: GridSchedule, onError: (error: unknown) => void): () => Promise<void> {
  const stop = keepDoing({ work: () => schedule.askDue(), everyMs: lookEveryMs, onError })
  return async () => {
    schedule.stop()
    await stop()
  }
}
