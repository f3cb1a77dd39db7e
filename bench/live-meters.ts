/**
 * Messages of live meters per second, acknowledged and durable, over MQTT QoS 1 on loopback; the load runs on the same
 * machine. `LOADLENS_BENCH_MESSAGES` sets how many.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashSecret } from '../src/api/auth/secrets.ts'
import { readConfiguration } from '../src/app/configuration.ts'
import { type Engine, startEngine, startServer, stopEngine } from '../src/app/server.ts'
import type { ClientId } from '../src/store/index.ts'
import { newDeviceId, readingsSummary, registerAccount, registerDevice } from '../src/store/index.ts'
import { postgresqlEngine } from '../test/support/databases.ts'

const deviceCount = 500
const messagesTotal = Number(process.env.LOADLENS_BENCH_MESSAGES ?? 200_000)
const now = Date.parse('2026-01-02T11:00:00Z')
const secret = 'a-secret-of-no-worth'

export async function benchLiveMeters(databaseUrl?: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'loadlens-bench-'))
  const { DATABASE_URL: _given, ...environment } = process.env
  const engine = await startEngine(
    readConfiguration({
      ...environment,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      LOADLENS_DATA_DIR: dataDir,
      LOADLENS_PORT: '0',
      LOADLENS_MQTT_LISTEN: '127.0.0.1:0',
      LOADLENS_CLOCK_START: new Date(now).toISOString(),
      LOADLENS_CLIENTS: `bench:${secret}:BENCH`,
      LOADLENS_LOG_LEVEL: 'error',
    }),
  )
  try {
    const devices = await registerDevices(engine)
    const server = await startServer(engine)
    const port = Number(new URL(server.mqttAddress ?? '').port)
    const messages = Math.ceil(messagesTotal / deviceCount)
    const total = messages * deviceCount
    const memory = watchMemory()
    const use: ProcessorUse = { start: process.cpuUsage(), mainStart: process.threadCpuUsage() }
    const load = { port, devices, messages, underWay: 16, startAt: now - 39_600_000, stepMs: 10_000 }
    const { durationS, cpuS } = await loaded(load, () => {
      use.start = process.cpuUsage()
      use.mainStart = process.threadCpuUsage()
    })
    const perMessage = (cpu: { user: number; system: number }) => ((cpu.user + cpu.system) / total).toFixed(0)
    const main = process.threadCpuUsage(use.mainStart)
    const all = process.cpuUsage(use.start)
    await server.stop()
    const kept = await keptBy(engine)
    process.stdout.write(
      `\nlive meters over MQTT QoS 1, ${deviceCount} devices, on ${engine.db.engine}\n` +
        `  acknowledged and durable ${Math.round(total / durationS)} messages/s (${total} in ${durationS.toFixed(1)} s, ${kept} kept)\n` +
        `  processor                server ${perMessage(all)} µs a message (${perMessage(main)} of it its main thread), load ${((cpuS * 1e6) / total).toFixed(0)} µs\n` +
        `  memory                   ${memory()}\n`,
    )
  } finally {
    await stopEngine(engine)
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function registerDevices({ db }: Engine) {
  const secretHash = await hashSecret(secret)
  const devices = []
  for (let index = 0; index < deviceCount; index++) {
    const pod = `IT001E${String(index).padStart(8, '0')}`
    const registered = await registerAccount(db, 'bench' as ClientId, {
      pod,
      podKey: pod,
      accountNumber: `bench-${index}`,
      companyCode: 'BENCH',
      timeZone: 'Europe/Rome',
      now,
    })
    if (registered.outcome === 'conflict') throw new Error(registered.reason)
    const id = newDeviceId()
    const topic = `loadlens/${id}`
    const description = {
      kind: 'json',
      name: null,
      topic,
      channels: ['main'],
      sign: 1,
      holdS: 300,
      clockToleranceS: 300,
    } as const
    await registerDevice(db, registered.account, { id, description, roots: [topic], secretHash, now })
    devices.push({ username: id, password: secret, topic, account: registered.account })
  }
  accounts = devices.map(({ account }) => account)
  return devices.map(({ username, password, topic }) => ({ username, password, topic }))
}

let accounts: Parameters<typeof readingsSummary>[1][] = []

async function keptBy({ db }: Engine): Promise<number> {
  let kept = 0
  for (const account of accounts) kept += (await readingsSummary(db, account))?.count ?? 0
  return kept
}

interface ProcessorUse {
  start: NodeJS.CpuUsage
  mainStart: NodeJS.CpuUsage
}

function loaded(load: object, onConnected: () => void): Promise<{ durationS: number; cpuS: number }> {
  const script = fileURLToPath(new URL('mqtt-load.ts', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(load)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (bytes) => {
    text += bytes
    if (text.startsWith('connected\n')) {
      text = text.slice('connected\n'.length)
      onConnected()
    }
  })
  return new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`the load ended with ${code}`)),
    )
  })
}

/** The resident memory of this process, every second [MiB]; the report gives quarters of the way. */
function watchMemory(): () => string {
  const seen: number[] = []
  const timer = setInterval(() => seen.push(Math.round(process.memoryUsage().rss / 1_048_576)), 1_000)
  return () => {
    clearInterval(timer)
    const at = (share: number) => seen[Math.min(seen.length - 1, Math.floor(seen.length * share))]
    return `${[0, 0.25, 0.5, 0.75, 1].map(at).join(' → ')} MiB resident (start, quarters, end)`
  }
}

/** On the embedded database, and on a PostgreSQL server: that of `DATABASE_URL`, else the tests' (without fsync). */
export async function benchLiveMetersOnBoth(): Promise<void> {
  await benchLiveMeters()
  const postgresql = await postgresqlEngine()
  const place = await postgresql?.create()
  if (place !== undefined) await benchLiveMeters(place.databaseUrl)
  await place?.remove()
  await postgresql?.stop()
}

if (import.meta.main) await benchLiveMetersOnBoth()
