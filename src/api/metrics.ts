/** Measurements of the server for Prometheus: requests by route template, readings received, days waiting, event loop. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { pendingDaysOfAll } from '../store/index.ts'
import type { ApiDeps } from './deps.ts'
import type { Api } from './route.ts'

export interface Metrics {
  readonly registry: Registry
  /** Rows of readings by what became of them. */
  readonly readings: Counter<'outcome'>
}

/** A fresh set of measurements; the days that wait are counted at each scrape. */
export function createMetrics({ db, clock }: ApiDeps): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'loadlens_' })
  const readings = new Counter({
    name: 'loadlens_readings_total',
    help: 'Rows of readings received, by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
  })
  new Gauge({
    name: 'loadlens_pending_days',
    help: 'Days with readings that wait to be analysed',
    registers: [registry],
    async collect() {
      this.set(await pendingDaysOfAll(db, clock()))
    },
  })
  return { registry, readings }
}

/** Measures every answer. Unknown addresses count under one name: callers must not be able to invent series. */
export function measureRequests(app: Api, { registry }: Metrics): void {
  const duration = new Histogram({
    name: 'loadlens_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer, by route template',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const method = request.routeOptions.url === undefined ? 'any' : request.method
    duration.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
}
