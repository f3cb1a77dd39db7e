/**
 * Keeps every stale day analysed: claims stretches of days from the store, has worker threads analyse them, saves the
 * result, until nothing is stale; then waits for a wake-up or a second's pause. Several servers may run it on one store:
 * a claim belongs to one of them, is given back when that one stops, and runs out when it dies.
 */
import { setTimeout } from 'node:timers/promises'
import { analysisContext } from '../energy/analysis.ts'
import { addDays, type Clock, dayInterval, daysFrom, type EpochMs } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import { neededBeforeMs, readingReachMs } from '../energy/readings.ts'
import {
  type ClaimedStretch,
  claimStaleDays,
  closedAtOf,
  type Database,
  heldDays,
  readPackedReadings,
  releaseClaim,
  returnClaims,
  saveAnalysis,
} from '../store/index.ts'
import type { WorkerPool } from './workers/pool.ts'

/** Days claimed at once for one home: enough to share their context, few enough to stay short. */
const stretchDaysMax = 35
/** Stretches under way for each thread: it computes one while another is read or saved. */
const stretchesPerThread = 2
/** How long a claim lasts [s]; a stretch takes a second or two. */
const claimForS = 120
/** When a day that could not be analysed is tried again [ms]: whatever else is due comes first. */
const retryAfterMs = 60_000
/** How long the analysis stands back for the doors at once, and between two rounds at most [ms]. */
const yieldMs = 200
const yieldMsMax = 20_000
/** How often the store is asked when nobody wakes the loop [ms]: other servers receive readings too. */
const idleMs = 1000

export interface AnalysisLoop {
  /** Says that days may have become stale. */
  wake(): void
  /** Finishes the stretches under way, gives the others back and stops. */
  stop(): Promise<void>
}

interface AnalysisContext {
  readonly db: Database
  readonly pool: WorkerPool
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  /** Whether the doors have more to do than they can: what comes in goes first, answers a little later. */
  readonly isPressed?: () => boolean
}

/** Starts the loop; `onError` hears of days that failed (they are tried again later). */
export function startAnalysisLoop(context: AnalysisContext): AnalysisLoop {
  const stopping = new AbortController()
  const alarm = new Alarm()
  const running = run(context, alarm, stopping.signal)
  return {
    wake: () => alarm.ring(),
    stop: () => {
      stopping.abort()
      alarm.ring()
      return running
    },
  }
}

/** How the analysis of everything due can be followed and stopped. */
export interface EverythingOptions {
  /** Stops it: what is under way is finished, the other days that it has claimed are given back. */
  readonly signal?: AbortSignal
  /** Hears how many days another process keeps, each time when it begins to wait for them. */
  readonly onHeld?: (days: number) => void
}

/**
 * Analyses all that is due by now, and waits for what other processes have claimed of it: they analyse it, or their claims
 * run out and it is analysed here. What fails, or becomes due meanwhile, is left to a server.
 * @returns the number of days analysed here
 */
export async function analyseEverything(
  context: AnalysisContext,
  onProgress: (days: number) => void = () => {},
  { signal = new AbortController().signal, onHeld = () => {} }: EverythingOptions = {},
): Promise<number> {
  const dueBy = context.clock()
  let analysed = 0
  let isWaiting = false
  while (!signal.aborted) {
    const { claimed, days } = await analyseOnce(context, signal, dueBy)
    analysed += days
    if (days > 0) onProgress(days)
    if (claimed > 0) {
      isWaiting = false
      continue
    }
    const held = await heldDays(context.db, dueBy, context.clock())
    if (held === 0) break
    if (!isWaiting) onHeld(held)
    isWaiting = true
    await setTimeout(idleMs, undefined, { signal }).catch(() => undefined)
  }
  return analysed
}

async function run(context: AnalysisContext, alarm: Alarm, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (let waitedMs = 0; context.isPressed?.() && waitedMs < yieldMsMax && !signal.aborted; waitedMs += yieldMs)
      await setTimeout(yieldMs)
    const { claimed } = await analyseOnce(context, signal).catch((error: unknown) => {
      context.onError(error)
      return { claimed: 0 }
    })
    if (claimed === 0 && !signal.aborted) await alarm.rings(idleMs)
  }
}

/**
 * Claims days for all workers and analyses their stretches side by side; what has not begun when `signal` comes is given back.
 * @returns how many stretches were claimed, and the days analysed
 */
async function analyseOnce(
  context: AnalysisContext,
  signal: AbortSignal,
  by?: EpochMs,
): Promise<{ claimed: number; days: number }> {
  const now = context.clock()
  const claim = {
    now,
    dueBy: by ?? now,
    maxDays: stretchDaysMax * context.pool.threads,
    maxStretchDays: stretchDaysMax,
    claimForS,
  }
  const stretches = await claimStaleDays(context.db, claim)
  const waiting = stretches.values()
  let days = 0
  const analyseInTurn = async () => {
    for (const stretch of waiting) {
      if (signal.aborted) return
      const saved = await analyseStretch(context, stretch, now)
      days += saved ?? 0
    }
  }
  // Whoever waits for the end waits for the last of them, also where one fails.
  const ends = await Promise.allSettled(
    Array.from({ length: stretchesPerThread * context.pool.threads }, analyseInTurn),
  )
  const claimId = stretches[0]?.claimId
  if (signal.aborted && claimId !== undefined) await returnClaims(context.db, claimId)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return { claimed: stretches.length, days }
}

/**
 * Analyses a stretch and says how many of its days were saved: none where the claim ran out meanwhile, `undefined` where it failed.
 *
 * Of a stretch that fails, every day is tried alone, so that one damaged day keeps no other from its answers. A day that
 * fails alone is due again in a while.
 */
async function analyseStretch(
  context: AnalysisContext,
  stretch: ClaimedStretch,
  now: EpochMs,
): Promise<number | undefined> {
  try {
    const days = await context.pool.analyse(await taskOf(context.db, stretch, now))
    return await saveAnalysis(context.db, stretch, days, now)
  } catch (error) {
    if (stretch.days.length > 1) return await analyseOneByOne(context, stretch, now, error)
    context.onError(failureOf(stretch, error))
    await releaseClaim(context.db, stretch, context.clock() + retryAfterMs)
    return undefined
  }
}

async function analyseOneByOne(
  context: AnalysisContext,
  stretch: ClaimedStretch,
  now: EpochMs,
  error: unknown,
): Promise<number> {
  const saved: (number | undefined)[] = []
  for (const day of stretch.days) saved.push(await analyseStretch(context, { ...stretch, days: [day] }, now))
  if (!saved.includes(undefined)) context.onError(failureOf(stretch, error)) // no day alone has told of it
  return saved.reduce<number>((sum, days) => sum + (days ?? 0), 0)
}

function failureOf({ account, days }: ClaimedStretch, error: unknown): Error {
  const which = days.length === 1 ? days[0] : `The stretch from ${days[0]} to ${days.at(-1)}, at once,`
  return new Error(
    `${which} of account ${account.id} was not analysed: ${error instanceof Error ? error.message : error}`,
  )
}

/** The days of a stretch with the context they are analysed in, and the readings that reach into any of them. */
async function taskOf(db: Database, { account, days }: ClaimedStretch, now: EpochMs) {
  const { timeZone } = account
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) throw new Error('A claimed stretch has no days.')
  const fromOn = addDays(first, -analysisContext.daysBefore)
  const fromAt = dayInterval(fromOn, timeZone).fromAt - neededBeforeMs
  // The next day whole: the length of its slots says how the night before it is cut.
  const toAt = dayInterval(addDays(last, 1), timeZone).toAt + readingReachMs
  return {
    household: householdOf(account.onboarding),
    timeZone,
    days: daysFrom(fromOn, addDays(last, 2)),
    from: analysisContext.daysBefore,
    to: analysisContext.daysBefore + days.length,
    readings: await readPackedReadings(db, account, { fromAt, toAt, channel: 'import' }),
    closedAt: closedAtOf(account),
    now,
  }
}

/** Something to wait for that can ring early; a ring while nobody waits is remembered. */
class Alarm {
  #rung = false
  #waiting: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#waiting?.()
  }

  async rings(withinMs: number): Promise<void> {
    if (!this.#rung) await this.#ringOrTimeout(withinMs)
    this.#rung = false
  }

  #ringOrTimeout(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = globalThis.setTimeout(resolve, withinMs)
      this.#waiting = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
