/**
 * Measurements of the server for Prometheus: requests by route template, readings received, imports under way, live devices,
 * days waiting, event loop. `docs/settings.md` says the same for readers; a test compares the names both ways.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { pendingDaysOfAll } from '../store/index.ts'
import type { ApiDeps } from './deps.ts'
import type { Api } from './route.ts'

/** How long a figure of the days that wait is kept [ms]. */
const pendingDaysKeptMs = 30_000

export interface Metrics {
  readonly registry: Registry
  /** Rows of readings by what became of them. */
  readonly readings: Counter<'outcome'>
  /** Messages of live devices by kind and by what became of them. */
  readonly deviceMessages: Counter<'kind' | 'outcome'>
  /** Rejected messages, or values of them, by kind and code. */
  readonly deviceRejections: Counter<'kind' | 'code'>
}

/** A fresh set of measurements. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'loadlens_' })
  return {
    registry,
    readings: new Counter({
      name: 'loadlens_readings_total',
      help: 'Rows of readings received, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    deviceMessages: new Counter({
      name: 'loadlens_device_messages_total',
      help: 'Messages of live devices, by kind of device and by what became of them',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    deviceRejections: new Counter({
      name: 'loadlens_device_rejections_total',
      help: 'Messages of live devices, or values of them, that were rejected, by kind of device and code',
      labelNames: ['kind', 'code'],
      registers,
    }),
  }
}

/** What is looked up at each scrape: days and messages that wait, bodies that are being read, connections. */
export function measureServer(deps: ApiDeps): void {
  const { doors, importGate, metrics } = deps
  const registers = [metrics.registry]
  const pendingDays = countPendingDays(deps)
  new Gauge({
    name: 'loadlens_pending_days',
    help: 'Days with readings that wait to be analysed',
    registers,
    async collect() {
      this.set(await pendingDays())
    },
  })
  new Gauge({
    name: 'loadlens_device_messages_pending',
    help: 'Messages of live devices that are not durable yet, and so not acknowledged',
    registers,
    collect() {
      this.set(doors.pending())
    },
  })
  new Gauge({
    name: 'loadlens_imports_under_way',
    help: 'Bodies of readings that are being read',
    registers,
    collect() {
      this.set(importGate.inside)
    },
  })
  new Gauge({
    name: 'loadlens_mqtt_connections',
    help: 'Connections to the MQTT broker that messages are taken from',
    registers,
    collect() {
      this.set(doors.brokerConnections())
    },
  })
  new Gauge({
    name: 'loadlens_devices_connected',
    help: 'Devices connected to the embedded broker',
    registers,
    collect() {
      this.set(doors.connected())
    },
  })
}

/** Days that wait: every count reads all of them, so that a figure is kept for a while and scrapes share one count. */
function countPendingDays({ db, clock, machineClock }: ApiDeps): () => Promise<number> {
  let known = { days: 0, untilAt: 0 }
  let counting: Promise<number> | undefined
  const count = async () => {
    try {
      known = { days: await pendingDaysOfAll(db, clock()), untilAt: machineClock() + pendingDaysKeptMs }
      return known.days
    } finally {
      counting = undefined
    }
  }
  return async () => {
    if (machineClock() < known.untilAt) return known.days
    counting ??= count()
    return await counting
  }
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
