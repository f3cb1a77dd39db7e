/** Wires the server together: database, worker threads, analysis, peers, API; and takes it apart again. */
import { once } from 'node:events'
import { type AddressInfo, createServer, isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import packageJson from '../../package.json' with { type: 'json' }
import { buildApi } from '../api/app.ts'
import { hashSecret } from '../api/auth/secrets.ts'
import { urlOf } from '../api/base-url.ts'
import { type ApiSettings, closedDoors, type LiveDoors } from '../api/deps.ts'
import { gate } from '../api/gate.ts'
import { createLog } from '../api/log.ts'
import { createMetrics, type Metrics } from '../api/metrics.ts'
import type { Api } from '../api/route.ts'
import type { Clock } from '../energy/civil-time.ts'
import { bandCalendar } from '../energy/tariff-bands.ts'
import { closeDatabase, countAccounts, type Database, putClient } from '../store/index.ts'
import { startAnalysisLoop } from './analysis-loop.ts'
import { clockOf, machineClock } from './clock.ts'
import { openConfiguredDatabase } from './commands/with-database.ts'
import type { Configuration } from './configuration.ts'
import { keepDaysFolded } from './fold-days.ts'
import { startGreennessKeeper } from './greenness-keeper.ts'
import { GridSchedule, startGridSchedule } from './grid-schedule.ts'
import type { IntakeCounts } from './live/intake.ts'
import { openLiveMeters } from './live/live-meters.ts'
import { keepPeersFresh } from './peers.ts'
import { CommandRefusal } from './terminal.ts'
import { startWorkerPool, type WorkerPool } from './workers/pool.ts'

/** How long a stopping server waits for requests under way before it cuts them off [ms]. */
const stopPatienceMs = 10_000

/** Answers under way per thread that computes them: with all those of one client, a month of minutes waits some twenty seconds. */
const answersPerThread = 256

/** Messages of live meters waiting from which on no body of readings is let in beside them. */
const fullFrom = 50_000
/** Messages of live meters waiting from which on the analysis stands back. */
const pressedFrom = 500

/** What a server runs on; the demo fills it before it serves. */
export interface Engine {
  readonly configuration: Configuration
  readonly db: Database
  readonly pool: WorkerPool
  readonly clock: Clock
}

/** A server that answers. */
export interface RunningServer {
  /** The address it listens on, such as `http://127.0.0.1:8080`. */
  readonly address: string
  /** Where the embedded broker listens, such as `mqtt://127.0.0.1:1883`; `undefined` where it is closed. */
  readonly mqttAddress: string | undefined
  /** Says that days have become stale. */
  wake(): void
  /** Stops taking requests, finishes those under way. The engine stays. */
  stop(): Promise<void>
}

/**
 * Opens the database and starts the worker threads; the clients of the configuration exist after it.
 * @throws {CommandRefusal} where a network that ships is damaged
 */
export async function startEngine(configuration: Configuration): Promise<Engine> {
  const { workers, fourOctober } = configuration
  const pool = await startWorkerPool(workers, fourOctober)
  const db = await openConfiguredDatabase(configuration).catch(async (error: unknown) => {
    await pool.close()
    throw error
  })
  const engine = { configuration, db, clock: clockOf(configuration), pool }
  try {
    await putConfiguredClients(engine)
  } catch (error) {
    await stopEngine(engine)
    throw error
  }
  return engine
}

/** The fewest characters of base64 that hold the 128 random bits which nobody guesses (RFC 6749, section 10.10). */
const leastSecretLength = 22

async function putConfiguredClients({ configuration, db }: Engine): Promise<void> {
  const warn = (message: string) => createLog(configuration.logLevel).warn(message)
  for (const { id, secret, companies } of configuration.clients) {
    if (secret.length < leastSecretLength) {
      warn(
        `The secret of the client ${id} in LOADLENS_CLIENTS is short enough to be guessed: give it at least ${leastSecretLength} random characters.`,
      )
    }
    const client = { id, companies, secretHash: await hashSecret(secret), now: machineClock() }
    const { revokedAt } = await putClient(db, client)
    if (revokedAt === null) continue
    const accounts = await countAccounts(db, id)
    const unreached = accounts === 0 ? '' : `, which does not reach the accounts of ${id} (${accounts})`
    warn(`The client ${id} of LOADLENS_CLIENTS is revoked and stays so. Take it out, or choose another id${unreached}.`)
  }
}

/** Ends the threads and closes the database. */
export async function stopEngine({ pool, db }: Engine): Promise<void> {
  await pool.close()
  await closeDatabase(db)
}

/**
 * Serves the API and keeps analysing.
 * @param overrides settings of the API that no environment variable has: tests hold answers to their schemas
 * @throws {CommandRefusal} where an address is taken, or a certificate cannot be read
 */
export async function startServer(engine: Engine, overrides: Partial<ApiSettings> = {}): Promise<RunningServer> {
  const { configuration, db, clock, pool } = engine
  const log = createLog(configuration.logLevel)
  const metrics = createMetrics()
  const background = await startBackground(engine, metrics, log)
  const { doors, greenness, wake } = background
  const api = buildApi({
    db,
    clock,
    machineClock,
    settings: { ...configuration, version: packageJson.version, ...overrides },
    bandCalendar: bandCalendar({ fourOctober: configuration.fourOctober }),
    renderConsumption: (task) => pool.renderConsumption(task),
    shapeRuns: (task) => pool.shapeRuns(task),
    greenness,
    onStale: wake,
    doors,
    importGate: gate(configuration.importsAtOnce, () => doors.pending() > fullFrom),
    answerGate: gate(pool.threads * answersPerThread),
    metrics,
    log,
  })
  const stop = async () => {
    await closePatiently(api)
    await background.stop()
  }
  // Whoever asks first is answered at once.
  await greenness.ready
  try {
    await api.listen({ host: configuration.host, port: configuration.port })
  } catch (error) {
    await stop()
    throw refusalOfListening(error, configuration)
  }
  return { address: urlOf(api.server.address() as AddressInfo), mqttAddress: mqttAddressOf(doors), wake, stop }
}

/** What a server does besides answering: analysis, live meters, the grid, peers, folding of days. */
async function startBackground(engine: Engine, metrics: Metrics, log: FastifyBaseLogger) {
  const { configuration, db, clock, pool } = engine
  const onError = (error: unknown) => log.error({ error }, 'work in the background failed')
  let doors = closedDoors
  const loop = startAnalysisLoop({ db, pool, clock, onError, isPressed: () => doors.pending() > pressedFrom })
  const counts = countsOf(metrics)
  const live = await openLiveMeters({ db, clock, configuration, counts, onStale: loop.wake, log }).catch(
    async (error: unknown) => {
      await loop.stop()
      throw error
    },
  )
  doors = live.doors
  const grid = startGrid(engine, log, onError)
  const stopPeers = keepPeersFresh(db, clock, onError)
  const stopFolding = keepDaysFolded(db, clock, onError)
  const stop = async () => {
    await live.stop()
    await stopPeers()
    await stopFolding()
    await grid.stop()
    await loop.stop()
  }
  return { doors, greenness: grid.greenness, wake: loop.wake, stop }
}

/** Keeps what can be said of the grid at hand, and asks the sources that the settings name. */
function startGrid(
  { configuration, db, clock, pool }: Engine,
  log: FastifyBaseLogger,
  onError: (error: unknown) => void,
) {
  const { adapters, zones } = configuration.grid
  const greenness = startGreennessKeeper({ db, pool, clock, onError }, zones)
  const schedule = new GridSchedule({
    db,
    clock,
    machineClock,
    adapters,
    zones,
    onHours: greenness.wake,
    onProblem: (problem) => log.warn(problem),
    pause: (durationMs, signal) => sleep(durationMs, undefined, { signal }),
  })
  const stopSchedule = startGridSchedule(schedule, onError)
  const stop = async () => {
    await stopSchedule()
    await greenness.stop()
  }
  return { greenness, stop }
}

/** Stops listening and waits for requests under way, but not for long. */
async function closePatiently(api: Api): Promise<void> {
  const patience = setTimeout(() => api.server.closeAllConnections(), stopPatienceMs)
  await api.close().finally(() => clearTimeout(patience))
}

function mqttAddressOf({ broker }: LiveDoors): string | undefined {
  if (broker === null) return undefined
  const host = isIPv6(broker.host) ? `[${broker.host}]` : broker.host
  return `${broker.tls ? 'mqtts' : 'mqtt'}://${host}:${broker.port}`
}

function countsOf({ readings, deviceMessages, deviceRejections }: Metrics): IntakeCounts {
  return {
    messages: (kind, outcome, count) => deviceMessages.inc({ kind, outcome }, count),
    rejection: (kind, code) => deviceRejections.inc({ kind, code }),
    readings: (outcomes) => {
      for (const [outcome, count] of Object.entries(outcomes)) readings.inc({ outcome }, count)
    },
  }
}

/** Listens for a moment where a server shall. @throws {CommandRefusal} where the address is taken */
export async function requireFreeAddress(configuration: Configuration): Promise<void> {
  const { host, port } = configuration
  const probe = createServer().listen({ host, port })
  await once(probe, 'listening').catch((error: unknown) => {
    throw refusalOfListening(error, configuration)
  })
  await new Promise((resolve) => probe.close(resolve))
}

/** Runs until SIGINT or SIGTERM, then stops gracefully; a second signal ends at once. */
export async function untilStopped(stop: () => Promise<void>, onSignal: () => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const first = () => {
      process.once('SIGINT', () => process.exit(130))
      process.once('SIGTERM', () => process.exit(143))
      resolve()
    }
    process.once('SIGINT', first)
    process.once('SIGTERM', first)
  })
  onSignal()
  await stop()
}

function refusalOfListening(error: unknown, { host, port }: Configuration): unknown {
  const code = (error as { code?: unknown }).code
  if (code === 'EADDRINUSE')
    return new CommandRefusal(`Port ${port} is taken. Stop what listens there, or set LOADLENS_PORT to another one.`)
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new CommandRefusal(`Cannot listen on ${host}:${port} (${code}). Set LOADLENS_HOST and LOADLENS_PORT.`)
  return error
}
