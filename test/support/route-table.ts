/** The routes of the API, as the server registers them: what generated tests go by. */
import type { FastifyBaseLogger } from 'fastify'
import { buildApi } from '../../src/api/app.ts'
import { closedDoors } from '../../src/api/deps.ts'
import { gate } from '../../src/api/gate.ts'
import { createLog } from '../../src/api/log.ts'
import { createMetrics } from '../../src/api/metrics.ts'
import { bandCalendar } from '../../src/energy/tariff-bands.ts'
import type { Database } from '../../src/store/index.ts'

export interface TableRoute {
  readonly method: string
  readonly url: string
  /** Answers without a token. */
  readonly isPublic: boolean
  /** Not part of the described API: the description itself and the files that render it. */
  readonly isHidden: boolean
}

/** The API without a database: what asks it fails. */
export function apiWithoutDatabase(log: FastifyBaseLogger) {
  return buildApi({
    db: {} as Database,
    clock: Date.now,
    machineClock: Date.now,
    settings: { version: '0', publicUrl: undefined, trustedProxies: [], tokenLifetimeS: 60, requestsPerMinute: 60 },
    bandCalendar: bandCalendar({ fourOctober: false }),
    renderConsumption: async () => new Uint8Array(),
    shapeRuns: async () => [],
    greenness: { hoursOf: (zone) => ({ refusal: 'zone_unknown', zone, knownZones: [] }) },
    onStale: () => {},
    doors: closedDoors,
    importGate: gate(1),
    answerGate: gate(1),
    metrics: createMetrics(),
    log,
  })
}

/** All routes but those that answer `HEAD` beside a `GET`. Nothing is asked of a database. */
export async function routeTable(): Promise<TableRoute[]> {
  const routes: TableRoute[] = []
  const app = apiWithoutDatabase(createLog('silent'))
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    for (const one of [method].flat()) {
      if (one === 'HEAD') continue
      routes.push({ method: one, url, isPublic: config?.public === true, isHidden: schema?.hide === true })
    }
  })
  await app.ready()
  await app.close()
  return routes
}
