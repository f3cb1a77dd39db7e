/**
 * Keeps what can be said of the grid at hand, so that an answer waits for no source and computes nothing: issues it anew
 * for each zone when stored hours change, when the hour does, and at midnight.
 */
import { type Clock, type EpochMs, hourMs, localDayOf } from '../energy/civil-time.ts'
import type { GridHour, GridZone } from '../energy/grid-hours.ts'
import { gridZones } from '../energy/grid-zones.ts'
import { defaultZone, type GreennessAnswers, greennessAnswer } from '../insight/greenness.ts'
import { type Database, gridHoldings, gridVersion, readGridHours } from '../store/index.ts'
import { type PackedGridHours, packGridHours } from './greenness-issue.ts'
import type { WorkerPool } from './workers/pool.ts'

const timeZone = 'Europe/Rome'
const dayMs = 24 * hourMs
/** How often it is asked whether something changed [ms]. */
const lookEveryMs = 30_000
/** Stored hours are read in pieces, so that answers are not held up [ms]. */
const pieceMs = 62 * dayMs
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
  /** Says that stored hours have changed. */
  wake(): void
  /** Finishes the issue under way and stops. */
  stop(): Promise<void>
}

/** Starts to issue at once. @param zones configured, known before anything is stored of them */
export function startGreennessKeeper(context: KeeperContext, zones: readonly GridZone[] = []): GreennessKeeper {
  const { clock, onError } = context
  const issued = new Map<GridZone, Issued>()
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
    while (again && !isStopped) {
      again = false
      await issueAll(context, zones, issued).catch(onError)
    }
  }
  look()
  const first = running
  const timer = setInterval(look, lookEveryMs)
  return {
    wake: look,
    async answer(zone) {
      await first
      const asked = zone.toUpperCase()
      // Italy as a whole is always told of: where nothing could be issued yet, that nothing is known.
      const hours = issued.get(asked)?.hours ?? (asked === defaultZone ? [] : undefined)
      if (hours === undefined) return { refusal: 'zone_unknown', zone, knownZones: [...issued.keys()] }
      return greennessAnswer({ now: clock(), timeZone, zone: asked, hours })
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await running
    },
  }
}

/** Issues every zone whose state is not the one it was issued of. */
async function issueAll(
  context: KeeperContext,
  configured: readonly GridZone[],
  issued: Map<GridZone, Issued>,
): Promise<void> {
  const { db, clock, pool } = context
  const version = await gridVersion(db)
  const stored = new Set((await gridHoldings(db)).map(({ zone }) => zone))
  const zones = [...gridZones.keys()].filter(
    (zone) => zone === defaultZone || stored.has(zone) || configured.includes(zone),
  )
  for (const zone of zones) {
    const now = clock()
    const state = stored.has(zone) ? `${version} ${Math.floor(now / hourMs)}` : localDayOf(now, timeZone)
    if (issued.get(zone)?.state === state) continue
    const hours = await pool.issueGreenness({ zone, timeZone, now, stored: await storedHoursOf(db, zone, now) })
    issued.set(zone, { state, hours })
  }
}

/** The stored hours of a zone that matter now: what was measured, and forecasts of what is to come. */
async function storedHoursOf(db: Database, zone: GridZone, now: EpochMs): Promise<PackedGridHours[]> {
  const holdings = (await gridHoldings(db)).filter((one) => one.zone === zone)
  const firstAt = Math.max(now - pastMs, Math.min(...holdings.map((one) => one.firstAt)))
  const lastAt = Math.min(now, Math.max(...holdings.map((one) => one.lastAt)) + hourMs)
  const pieces: PackedGridHours[] = []
  for (let at = firstAt; at < lastAt; at += pieceMs)
    pieces.push(packGridHours(await readGridHours(db, zone, at, Math.min(at + pieceMs, lastAt), 'actual')))
  return [...pieces, packGridHours(await readGridHours(db, zone, now - dayMs, now + 3 * dayMs, 'forecast'))]
}
