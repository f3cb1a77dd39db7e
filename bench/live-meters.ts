/**
 * Messages of live meters per second, acknowledged and durable, over MQTT QoS 1 on loopback, through the embedded broker and
 * through Mosquitto (where there is one); the load runs on the same machine, and begins when the server has nothing else to
 * do. `LOADLENS_BENCH_MESSAGES` sets how many.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hashSecret } from '../src/api/auth/secrets.ts'
import { type Engine, startEngine, startServer, stopEngine } from '../src/app/server.ts'
import type { ClientId } from '../src/store/index.ts'
import { newDeviceId, readingsSummary, registerAccount, registerDevice } from '../src/store/index.ts'
import { postgresqlEngine } from '../test/support/databases.ts'
import { hasMosquitto, startMosquitto } from '../test/support/mosquitto.ts'
import { benchConfiguration } from './configuration.ts'

const deviceCount = 500
const messagesTotal = Number(process.env.LOADLENS_BENCH_MESSAGES ?? 200_000)
const now = Date.parse('2026-01-02T11:00:00Z')
const secret = 'a-secret-of-no-worth'
/** So many messages of Mosquitto can share a commit. */
const mosquittoConnections = Number(process.env.LOADLENS_MQTT_CONNECTIONS ?? 64)

/** The broker that devices publish to: the embedded one, or Mosquitto with so many connections to it. */
export type Door = 'embedded' | { readonly mosquitto: { readonly url: string }; readonly connections: number }

export async function benchLiveMeters(door: Door, databaseUrl?: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'loadlens-bench-'))
  const engine = await startEngine(
    benchConfiguration(
      { dataDir, databaseUrl },
      {
        ...settingsOf(door),
        LOADLENS_CLOCK_START: new Date(now).toISOString(),
        LOADLENS_CLIENTS: `bench:${secret}:BENCH`,
      },
    ),
  )
  try {
    const { accounts, devices } = await registerDevices(engine)
    const server = await startServer(engine)
    const port = Number(new URL(door === 'embedded' ? (server.mqttAddress ?? '') : door.mosquitto.url).port)
    const messages = Math.ceil(messagesTotal / deviceCount)
    const total = messages * deviceCount
    await untilQuiet()
    const memory = watchMemory()
    const use: ProcessorUse = { start: process.cpuUsage(), mainStart: process.threadCpuUsage() }
    let startedAt = performance.now()
    const load = { port, devices, messages, underWay: 16, startAt: now - 39_600_000, stepMs: 10_000 }
    const sent = await loaded(load, () => {
      use.start = process.cpuUsage()
      use.mainStart = process.threadCpuUsage()
      startedAt = performance.now()
    })
    // The embedded broker has acknowledged everything; Mosquitto may have what the server has not taken yet.
    if (door !== 'embedded') await untilTaken(server.address, total)
    const durationS = door === 'embedded' ? sent.durationS : (performance.now() - startedAt) / 1000
    const perMessage = (cpu: { user: number; system: number }) => ((cpu.user + cpu.system) / total).toFixed(0)
    const main = process.threadCpuUsage(use.mainStart)
    const all = process.cpuUsage(use.start)
    await server.stop()
    let kept = 0
    for (const account of accounts) kept += (await readingsSummary(engine.db, account))?.count ?? 0
    const through = door === 'embedded' ? 'the embedded broker' : `Mosquitto, ${door.connections} connections`
    process.stdout.write(
      `\nlive meters over MQTT QoS 1, ${deviceCount} devices, through ${through}, on ${engine.db.engine}\n` +
        `  acknowledged and durable ${Math.round(total / durationS)} messages/s (${total} in ${durationS.toFixed(1)} s, ${kept} kept)\n` +
        `  processor                server ${perMessage(all)} µs a message (${perMessage(main)} of it its main thread), load ${((sent.cpuS * 1e6) / total).toFixed(0)} µs\n` +
        `  memory                   ${memory()}\n`,
    )
  } finally {
    await stopEngine(engine)
    await rm(dataDir, { recursive: true, force: true })
  }
}

function settingsOf(door: Door): Record<string, string> {
  if (door === 'embedded') return { LOADLENS_MQTT_LISTEN: '127.0.0.1:0' }
  return {
    LOADLENS_MQTT_URL: door.mosquitto.url,
    LOADLENS_MQTT_CONNECTIONS: String(door.connections),
    LOADLENS_MQTT_TOPICS: 'loadlens/#',
  }
}

/** Waits until this process computes next to nothing: what a server does after its start is none of the load's. */
async function untilQuiet(): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const before = process.cpuUsage()
    await sleep(500)
    const { user, system } = process.cpuUsage(before)
    quiet = user + system < 50_000 ? quiet + 1 : 0
  }
}

/** Waits until the server has taken in so many messages. */
async function untilTaken(address: string, total: number): Promise<void> {
  for (let taken = 0; taken < total; ) {
    await sleep(50)
    const text = await (await fetch(`${address}/metrics`)).text()
    taken = Number(/^loadlens_device_messages_total\{.*outcome="accepted".*\} (\d+)$/m.exec(text)?.[1] ?? 0)
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
  return {
    accounts: devices.map(({ account }) => account),
    devices: devices.map(({ username, password, topic }) => ({ username, password, topic })),
  }
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

/** On the embedded database, and on a PostgreSQL server that waits for its disk: that of `DATABASE_URL`, else the tests'. */
export async function benchLiveMetersOnBoth(): Promise<void> {
  await benchDoors()
  const postgresql = await postgresqlEngine({ syncs: true })
  const place = await postgresql?.create()
  if (place !== undefined) await benchDoors(place.databaseUrl)
  await place?.remove()
  await postgresql?.stop()
}

async function benchDoors(databaseUrl?: string): Promise<void> {
  await benchLiveMeters('embedded', databaseUrl)
  if (!hasMosquitto) return
  const mosquitto = await startMosquitto()
  await benchLiveMeters({ mosquitto, connections: mosquittoConnections }, databaseUrl)
  await mosquitto.stop()
}

if (import.meta.main) await benchLiveMetersOnBoth()
