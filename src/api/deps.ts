/** All that the API needs from outside; `app` wires it, tests make their own. */
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../energy/civil-time.ts'
import type { BandCalendar } from '../energy/tariff-bands.ts'
import type { GreennessAnswers } from '../insight/greenness.ts'
import type { ShapedRun } from '../insight/typical-run.ts'
import type { Database } from '../store/index.ts'
import type { Gate } from './gate.ts'
import type { Metrics } from './metrics.ts'
import type { RenderConsumptionTask } from './render-consumption.ts'
import type { ShapeRunsTask } from './shape-runs.ts'

/** What an operator chooses; `docs/settings.md` explains each. */
export interface ApiSettings {
  /** Version of the product, shown in the OpenAPI description. */
  readonly version: string
  /** The address clients use, without a trailing slash; also issuer and audience of tokens. `undefined`: the one listened on. */
  readonly publicUrl: string | undefined
  /** Proxies whose `X-Forwarded-For` is believed: addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[]
  /** An OAuth2 issuer that replaces the built-in one, as it names itself. */
  readonly externalIssuer?: string | undefined
  /** The audience that the external issuer puts into its tokens; `undefined`: not checked. */
  readonly audience?: string | undefined
  /** How long a token of the built-in issuer is valid [s]. */
  readonly tokenLifetimeS: number
  /** Requests per minute and client before `429`. */
  readonly requestsPerMinute: number
  /** Holds every answer to its schema, a 500 where it does not fit: for tests, it costs time. */
  readonly verifyAnswers?: boolean
}

/** The doors that live meters come through, as the API shows them. */
export interface LiveDoors {
  /** Where devices connect to; `null` where the embedded broker is closed. */
  readonly broker: { readonly host: string; readonly port: number; readonly tls: boolean } | null
  /** Called when devices were registered or deleted: they are known, or no longer, when it resolves. */
  readonly changed: () => Promise<void>
  /** Brings what was counted of devices up to date, where the store takes it; what it does not take comes later. */
  readonly flushHealth: () => Promise<void>
  /** Messages received and not durable yet. */
  readonly pending: () => number
  /** Devices connected to the embedded broker. */
  readonly connected: () => number
  /** Connections to the broker that messages are taken from. */
  readonly brokerConnections: () => number
}

/** Doors that are closed: devices are registered, no message comes. */
export const closedDoors: LiveDoors = {
  broker: null,
  changed: async () => {},
  flushHealth: async () => {},
  pending: () => 0,
  connected: () => 0,
  brokerConnections: () => 0,
}

export interface ApiDeps {
  readonly db: Database
  /** "Now" of the households: may run in a recording's time. */
  readonly clock: Clock
  /** The machine's clock: tokens, limits and measurements of the server itself. */
  readonly machineClock: Clock
  readonly settings: ApiSettings
  readonly bandCalendar: BandCalendar
  /** Renders the answer of the consumption endpoint as UTF-8 JSON, in a worker thread. */
  readonly renderConsumption: (task: RenderConsumptionTask) => Promise<Uint8Array>
  /** Cuts the power of runs out of packed days, in a worker thread. */
  readonly shapeRuns: (task: ShapeRunsTask) => Promise<ShapedRun[]>
  readonly greenness: GreennessAnswers
  /** Called when days have become stale: wakes the analysis. */
  readonly onStale: () => void
  /** Live meters. */
  readonly doors: LiveDoors
  /** Lets so many bodies of readings in at once. */
  readonly importGate: Gate
  /** Lets so many answers be computed by worker threads, or wait for one, at once. */
  readonly answerGate: Gate
  /** Measurements of the server. */
  readonly metrics: Metrics
  /** Where the server says what it does; `createLog` makes one. */
  readonly log: FastifyBaseLogger
}
