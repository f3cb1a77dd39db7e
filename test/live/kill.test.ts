/**
 * Acknowledged means durable: a server that is killed ten times in the middle of four streams (HTTP, of the running day
 * and of past ones; its own broker; Mosquitto where there is one) has every acknowledged reading afterwards, none twice, on both stores.
 */
import { connectAsync } from 'mqtt'
import { afterAll, describe, expect, test } from 'vitest'
import { freePort, pgliteEngine, postgresqlEngine } from '../support/databases.ts'
import { until } from '../support/live.ts'
import { hasMosquitto, startMosquitto } from '../support/mosquitto.ts'
import {
  accountWithDevice,
  type Credentials,
  expectWhole,
  heldOf,
  publishStream,
  type RunningServer,
  Stream,
  startRunning,
} from '../support/running-server.ts'

const kills = 10
/** Acknowledgements of each stream in a round before the server is killed: different ones, so that kills fall differently. */
const acknowledgedBefore = (round: number) => 20 + round * 7
/** Rows of a body of past days: so many are written otherwise than a few. */
const manyRows = 100
const postgresql = await postgresqlEngine()
afterAll(async () => await postgresql?.stop())

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
      const streams = {
        http: new Stream('http'),
        past: new Stream('past', Date.UTC(2026, 1, 1), 60),
        own: new Stream('own'),
        mosquitto: new Stream('mosquitto'),
      }
      const mqttPort = await freePort()
      const fromMosquitto: Record<string, string> =
        mosquitto === undefined ? {} : { LOADLENS_MQTT_URL: mosquitto.url, LOADLENS_MQTT_CONNECTIONS: '8' }
      const settings = { LOADLENS_MQTT_LISTEN: `127.0.0.1:${mqttPort}`, ...fromMosquitto }
      const start = () => startRunning(place ?? { dataDir: '', databaseUrl: undefined }, settings)
      let server = await start()
      const own = await accountWithDevice(server, 'own', 'IT001E00000002', { kind: 'json', topic: 'meters/own' })
      await accountWithDevice(server, 'http', 'IT001E00000001', { kind: 'json', topic: 'meters/http' })
      await accountWithDevice(server, 'past', 'IT001E00000004', { kind: 'json', topic: 'meters/past' })
      await accountWithDevice(server, 'mosquitto', 'IT001E00000003', { kind: 'json', topic: 'meters/shared' })
      const publisher = mosquitto === undefined ? undefined : await connectAsync(mosquitto.url)
      for (let round = 0; round < kills; round++) {
        const enough = acknowledgedBefore(round)
        await Promise.all([
          sendHttp(server, streams.http, enough),
          sendHttp(server, streams.past, 2 * manyRows, manyRows),
          publishOwn(mqttPort, own, streams.own, enough),
          publisher === undefined ? undefined : publishStream(publisher, 'meters/shared', streams.mosquitto, enough),
        ])
        // More is on its way when the server dies; what of it was acknowledged counts, the rest may be there or not.
        const torn = [
          sendHttp(server, streams.http, 50),
          sendHttp(server, streams.past, 10 * manyRows, manyRows),
          publishOwn(mqttPort, own, streams.own, 50),
        ]
        server.child.kill('SIGKILL')
        await Promise.allSettled(torn)
        await server.closed
        if (publisher !== undefined) await publishStream(publisher, 'meters/shared', streams.mosquitto, 10)
        server = await start()
      }
      for (const stream of Object.values(streams)) {
        if (stream === streams.mosquitto && publisher === undefined) continue
        expect(stream.acknowledged.size).toBeGreaterThan(kills * 20)
        const held = await until(
          () => heldOf(server, stream.account),
          (readings) => readings.length >= stream.acknowledged.size,
        )
        expectWhole(stream, held)
      }
      server.child.kill('SIGTERM')
      expect(await server.closed).toBe(0)
      await publisher?.endAsync(true)
      await mosquitto?.stop()
      await place?.remove()
    },
  )
})

async function sendHttp({ ask }: RunningServer, stream: Stream, count: number, atOnce = 5): Promise<void> {
  for (let sent = 0; sent < count; sent += atOnce) {
    const rows = Array.from({ length: atOnce }, () => stream.take())
    const body = `at,power_w\n${rows.map((row) => row.join(',')).join('\n')}\n`
    const answer = await ask(`/accounts/${stream.account}/readings`, body, 'text/csv')
    expect(((await answer.json()) as { data: { accepted: number } }).data.accepted).toBe(atOnce)
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
  await Promise.race([publishStream(client, 'meters/own', stream, count), lost])
  await client.endAsync(true)
}
