/**
 * Acknowledged means durable: a server that is killed ten times in the middle of three streams (HTTP, its own broker, and
 * Mosquitto where there is one) has every acknowledged reading afterwards, none twice, on both stores.
 */
import type { ChildProcess } from 'node:child_process'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, describe, expect, test } from 'vitest'
import { printed, startCommand } from '../support/command.ts'
import { freePort, pgliteEngine, postgresqlEngine } from '../support/databases.ts'
import { until } from '../support/live.ts'
import { hasMosquitto, type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { retailer, tokenOf } from '../support/test-server.ts'

const kills = 10
/** Acknowledgements of each stream in a round before the server is killed: different ones, so that kills fall differently. */
const acknowledgedBefore = (round: number) => 20 + round * 7
const startAt = Date.parse('2026-03-10T00:00:00Z')
const postgresql = await postgresqlEngine()
afterAll(async () => await postgresql?.stop())

interface Running {
  readonly child: ChildProcess
  readonly closed: Promise<unknown>
  readonly ask: (path: string, body?: string, contentType?: string) => Promise<Response>
}

/** A stream of readings, one a second in their own time, each with a power of its own. */
class Stream {
  readonly account: string
  readonly acknowledged = new Map<string, number>()
  #next = 0

  constructor(account: string) {
    this.account = account
  }

  take(): readonly [at: string, powerW: number] {
    const index = this.#next++
    return [new Date(startAt + index * 1000).toISOString().replace('.000', ''), index + 1]
  }

  acknowledge([at, powerW]: readonly [string, number]): void {
    this.acknowledged.set(at, powerW)
  }
}

describe.each([
  ['pglite', pgliteEngine()],
  ['postgresql', postgresql],
] as const)('on %s', (_name, engine) => {
  test.skipIf(engine === undefined)(
    'SIGKILL, ten times, loses nothing and doubles nothing',
    { timeout: 600_000 },
    async () => {
      const place = await engine?.create()
      const mosquitto = hasMosquitto ? await startMosquitto() : undefined
      const streams = { http: new Stream('http'), own: new Stream('own'), mosquitto: new Stream('mosquitto') }
      const mqttPort = await freePort()
      const start = () => startServer(place, mqttPort, mosquitto)
      let server = await start()
      const own = await prepared(server, 'own', 'IT001E00000002', 'meters/own')
      await prepared(server, 'http', 'IT001E00000001', 'meters/http')
      await prepared(server, 'mosquitto', 'IT001E00000003', 'meters/shared')
      const publisher = mosquitto === undefined ? undefined : await connectAsync(mosquitto.url)
      for (let round = 0; round < kills; round++) {
        const enough = acknowledgedBefore(round)
        await Promise.all([
          sendHttp(server, streams.http, enough),
          publishOwn(mqttPort, own, streams.own, enough),
          publisher === undefined ? undefined : publish(publisher, 'meters/shared', streams.mosquitto, enough),
        ])
        // More is on its way when the server dies; what of it was acknowledged counts, the rest may be there or not.
        const torn = [sendHttp(server, streams.http, 50), publishOwn(mqttPort, own, streams.own, 50)]
        server.child.kill('SIGKILL')
        await Promise.allSettled(torn)
        await server.closed
        if (publisher !== undefined) await publish(publisher, 'meters/shared', streams.mosquitto, 10)
        server = await start()
      }
      for (const stream of Object.values(streams)) {
        if (stream === streams.mosquitto && publisher === undefined) continue
        expect(stream.acknowledged.size).toBeGreaterThan(kills * 20)
        const held = await until(
          () => heldOf(server, stream.account),
          (readings) => readings.length >= stream.acknowledged.size,
        )
        expect(new Set(held.map(([at]) => at)).size).toBe(held.length)
        const byInstant = new Map(held)
        expect([...stream.acknowledged].filter(([at, powerW]) => byInstant.get(at) !== powerW)).toEqual([])
      }
      server.child.kill('SIGTERM')
      expect(await server.closed).toBe(0)
      await publisher?.endAsync(true)
      await mosquitto?.stop()
      await place?.remove()
    },
  )
})

async function startServer(
  place: { readonly dataDir: string; readonly databaseUrl: string | undefined } | undefined,
  mqttPort: number,
  mosquitto: Mosquitto | undefined,
): Promise<Running> {
  const child = startCommand(['serve'], {
    LOADLENS_DATA_DIR: place?.dataDir ?? '',
    ...(place?.databaseUrl === undefined ? {} : { DATABASE_URL: place.databaseUrl }),
    LOADLENS_PORT: '0',
    LOADLENS_MQTT_LISTEN: `127.0.0.1:${mqttPort}`,
    ...(mosquitto === undefined ? {} : { LOADLENS_MQTT_URL: mosquitto.url, LOADLENS_MQTT_CONNECTIONS: '8' }),
    LOADLENS_CLOCK_START: '2026-03-10T12:00:00Z',
    LOADLENS_CLIENTS: `${retailer.id}:${retailer.secret}:ACME`,
    LOADLENS_WORKERS: '1',
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const [baseUrl = ''] = await printed(child, /http:\/\/127\.0\.0\.1:\d+/)
  const authorization = `Bearer ${await tokenOf(baseUrl, retailer)}`
  const ask: Running['ask'] = (path, body, contentType = 'application/json') =>
    fetch(`${baseUrl}${path}`, {
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { method: 'POST', body }),
    })
  return { child, closed, ask }
}

interface Credentials {
  readonly username: string
  readonly password: string
}

/** An account and its device. */
async function prepared({ ask }: Running, account: string, pod: string, topic: string): Promise<Credentials> {
  const registered = await ask('/accounts', JSON.stringify({ pod, account_number: account, company_code: 'ACME' }))
  expect(registered.status).toBe(200)
  const device = await ask(`/accounts/${account}/devices`, JSON.stringify({ kind: 'json', topic }))
  expect(device.status).toBe(200)
  return ((await device.json()) as { data: { mqtt: Credentials } }).data.mqtt
}

async function sendHttp({ ask }: Running, stream: Stream, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 5) {
    const rows = Array.from({ length: 5 }, () => stream.take())
    const body = `at,power_w\n${rows.map((row) => row.join(',')).join('\n')}\n`
    const answer = await ask(`/accounts/${stream.account}/readings`, body, 'text/csv')
    expect(((await answer.json()) as { data: { accepted: number } }).data.accepted).toBe(5)
    for (const row of rows) stream.acknowledge(row)
  }
}

async function publishOwn(port: number, credentials: Credentials, stream: Stream, count: number): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...credentials, reconnectPeriod: 0 })
  client.on('error', () => undefined)
  const lost = new Promise<never>((_, reject) =>
    client.once('close', () => reject(new Error('the connection is gone'))),
  )
  lost.catch(() => undefined)
  await Promise.race([publish(client, 'meters/own', stream, count), lost])
  await client.endAsync(true)
}

/** Publishes readings, ten under way at a time; each counts when it is acknowledged. */
async function publish(client: MqttClient, topic: string, stream: Stream, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 10) {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const row = stream.take()
        await client.publishAsync(topic, JSON.stringify({ at: row[0], power_w: row[1] }), { qos: 1 })
        stream.acknowledge(row)
      }),
    )
  }
}

async function heldOf({ ask }: Running, account: string): Promise<(readonly [string, number])[]> {
  const text = await (await ask(`/accounts/${account}/export`)).text()
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  return lines.filter(({ type }) => type === 'reading').map(({ at, power_w }) => [at, power_w] as const)
}
