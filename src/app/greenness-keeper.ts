/**
 * Keeps what can be said of the grid at hand, so that an answer waits for no source and computes nothing: issues it anew
 * for each zone when stored hours change, when the hour does, and at midnight. What is issued is stored: a server that
 * starts again says it until it has issued anew.
 */
import { type Clock, dayMs, type EpochMs, hourMs, italianTime, localDayOf } from '../energy/civil-time.ts'
import type { GridHour, GridZone } from '../energy/grid-hours.ts'
import { gridZones } from '../energy/grid-zones.ts'
import { bestByHour, defaultZone, type GreennessAnswers } from '../insight/greenness.ts'
import {
  type Database,
  type GridSpan,
  gridIssues,
  gridSpans,
  gridVersion,
  readGridHours,
  saveGridIssue,
} from '../store/index.ts'
import { type PackedGridHours, packGridHours } from './greenness-issue.ts'
import type { WorkerPool } from './workers/pool.ts'

/** How often it is asked whether something changed [ms]. */
const lookEveryMs = 30_000
/** Stored hours are read in pieces, so that answers are not held up [ms]. */
const pieceMs = 62 * dayMs
/** An issue that is older is not said again after a start [ms]. */
const keptMs = dayMs
/** As much of the past is learned from [ms]. */
const pastMs = 10 * 366 * dayMs

interface KeeperContext {
  readonly db: Database
  readonly pool: Pick<WorkerPool, 'issueGreenness'>
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** What was said of a zone, and of what state. */
interface Issued {
  readonly state: string
  readonly hours: readonly GridHour[]
}

export interface GreennessKeeper extends GreennessAnswers {
  /** Resolves once Italy is told of: a server that listens from then on has an answer for the first who asks. */
  readonly ready: Promise<void>
  /** Says that stored hours have changed. */
  wake(): void
  /** Finishes the issue under way and stops. */
  stop(): Promise<void>
}

/** Starts to issue at once. @param zones configured, known before anything is stored of them */
export function startGreennessKeeper(context: KeeperContext, zones: readonly GridZone[] = []): GreennessKeeper {
  const { onError } = context
  const issued = new Map<GridZone, Issued>()
  const rounds: { done?: string } = {}
  let isStopped = false
  let again = false
  let running: Promise<void> | undefined
  const look = () => {
    again = true
    running ??= issueWhileAsked().finally(() => {
      running = undefined
    })
  }
  const issueWhileAsked = async () => {
    await ready
    while (again && !isStopped) {
      again = false
      await issueAll(context, zones, issued, rounds, () => isStopped).catch(onError)
    }
  }
  const ready = issueFirst(context, zones, issued).catch(onError)
  look()
  const timer = setInterval(look, lookEveryMs)
  return {
    ready,
    wake: look,
    hoursOf(zone) {
      const asked = zone.toUpperCase()
      // Italy as a whole is always told of: where nothing could be issued yet, that nothing is known.
      const hours = issued.get(asked)?.hours ?? (asked === defaultZone ? [] : undefined)
      if (hours === undefined) return { refusal: 'zone_unknown', zone, knownZones: [...issued.keys()] }
      return { zone: asked, hours }
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await running
    },
  }
}

/** What can be said at once: every zone is known, and Italy has what it takes a moment to say. */
async function issueFirst(
  context: KeeperContext,
  configured: readonly GridZone[],
  issued: Map<GridZone, Issued>,
): Promise<void> {
  const now = context.clock()
  const kept = new Map((await gridIssues(context.db)).map((issue) => [issue.zone, issue]))
  const keptOf = (zone: GridZone) => {
    const issue = kept.get(zone)
    return issue !== undefined && issue.issuedAt <= now && now - issue.issuedAt <= keptMs ? issue.hours : []
  }
  const spans = await gridSpans(context.db, gridZones.keys())
  for (const zone of zonesOf(spans, configured)) issued.set(zone, { state: 'kept', hours: keptOf(zone) })
  const hours = await issueOne(context, { zone: defaultZone, span: spans.get(defaultZone) }, now, true)
  // What was measured may have been corrected since; our own forecast is what takes time.
  const forecasts = keptOf(defaultZone).filter(({ kind }) => kind === 'forecast')
  issued.set(defaultZone, { state: 'quick', hours: [...hours, ...forecasts] })
}

/** Issues every zone whose state is not the one it was issued of. */
async function issueAll(
  context: KeeperContext,
  configured: readonly GridZone[],
  issued: Map<GridZone, Issued>,
  rounds: { done?: string },
  isStopped: () => boolean,
): Promise<void> {
  const { db, clock } = context
  const version = await gridVersion(db)
  const round = `${version} ${Math.floor(clock() / hourMs)}`
  if (rounds.done === round) return
  const spans = await gridSpans(db, gridZones.keys())
  let isWhole = true
  for (const zone of zonesOf(spans, configured)) {
    if (isStopped()) return
    const now = clock()
    const span = spans.get(zone)
    const state = span !== undefined ? `${version} ${Math.floor(now / hourMs)}` : localDayOf(now, italianTime)
    if (issued.get(zone)?.state === state) continue
    try {
      const hours = await issueOne(context, { zone, span }, now, false)
      issued.set(zone, { state, hours })
      if (span !== undefined)
        await saveGridIssue(db, { zone, issuedAt: now, hours: [...bestByHour({ hours, now }).values()] })
    } catch (error) {
      // One zone costs the others nothing; it is tried again at the next look.
      context.onError(error)
      isWhole = false
    }
  }
  if (isWhole) rounds.done = round
}

/** Italy, and the zones that are configured or that hours are stored of. */
function zonesOf(spans: ReadonlyMap<GridZone, GridSpan>, configured: readonly GridZone[]): GridZone[] {
  return [...gridZones.keys()].filter((zone) => zone === defaultZone || spans.has(zone) || configured.includes(zone))
}

/** A zone and what is stored of it; `undefined` where nothing is. */
interface StoredZone {
  readonly zone: GridZone
  readonly span: GridSpan | undefined
}

async function issueOne({ db, pool }: KeeperContext, stored: StoredZone, now: EpochMs, isQuick: boolean) {
  const { zone } = stored
  return await pool.issueGreenness({
    zone,
    timeZone: italianTime,
    now,
    stored: await storedHoursOf(db, stored, now),
    isQuick,
  })
}

/** The stored hours of a zone that matter now: what was measured, and forecasts of what is to come. */
async function storedHoursOf(db: Database, { zone, span }: StoredZone, now: EpochMs): Promise<PackedGridHours[]> {
  if (span === undefined) return []
  const firstAt = Math.max(now - pastMs, span.firstAt)
  const lastAt = Math.min(now, span.lastAt + hourMs)
  const pieces: PackedGridHours[] = []
  for (let at = firstAt; at < lastAt; at += pieceMs)
    pieces.push(packGridHours(await readGridHours(db, zone, at, Math.min(at + pieceMs, lastAt), 'actual')))
  return [...pieces, packGridHours(await readGridHours(db, zone, now - dayMs, now + 3 * dayMs, 'forecast'))]
}
