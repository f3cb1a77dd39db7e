/**
 * Two servers on one PostgreSQL store that share what a real Mosquitto broker sends: each message is stored once, whichever
 * server gets it, and what was on its way to a server that is killed comes when it is back.
 */
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresqlEngine, type TestDatabase } from '../support/databases.ts'
import { until } from '../support/live.ts'
import { hasMosquitto, type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import {
  accountWithDevice,
  expectWhole,
  heldOf,
  publishStream,
  type RunningServer,
  Stream,
  startRunning,
} from '../support/running-server.ts'

const postgresql = hasMosquitto ? await postgresqlEngine() : undefined
const names = ['one', 'two'] as const

describe.skipIf(postgresql === undefined)('two servers that share subscriptions', () => {
  let place: TestDatabase
  let mosquitto: Mosquitto
  let publisher: MqttClient
  let servers: Record<(typeof names)[number], RunningServer>

  const start = (name: string) =>
    startRunning(place, {
      LOADLENS_MQTT_URL: mosquitto.url,
      LOADLENS_MQTT_CLIENT_ID: `server-${name}`,
      LOADLENS_MQTT_CONNECTIONS: '16',
    })

  beforeAll(async () => {
    if (postgresql === undefined) return
    place = await postgresql.create()
    mosquitto = await startMosquitto()
    publisher = await connectAsync(mosquitto.url)
    const one = await start('one')
    servers = { one, two: await start('two') }
    await accountWithDevice(one, 'probe', 'IT001E00000099', { kind: 'json', topic: 'meters/probe' })
  }, 120_000)

  afterAll(async () => {
    const running = Object.values(servers ?? {})
    for (const { child } of running) child.kill('SIGTERM')
    await Promise.all(running.map(({ closed }) => closed))
    await publisher?.endAsync(true)
    await mosquitto?.stop()
    await place?.remove()
    await postgresql?.stop()
  })

  /** Waits until each server is sent a share of a topic: a server learns of new devices a moment after the other. */
  async function untilShared(topic: string): Promise<void> {
    const before = await Promise.all(names.map((name) => messagesOf(servers[name])))
    await until(
      async () => {
        await publisher.publishAsync(topic, '{"at":"2026-03-09T00:00:00Z","power_w":1}', { qos: 1 })
        return await Promise.all(names.map((name) => messagesOf(servers[name])))
      },
      (counts) => counts.every((count, index) => count > (before[index] ?? 0)),
    )
  }

  test('phases that come to different servers are added up', async () => {
    const homes = Array.from({ length: 8 }, (_, index) => `phases-${index}`)
    for (const [index, home] of homes.entries()) {
      const device = { kind: 'shelly-gen1', topic: `shellyem3-${index}`, channels: ['0', '1', '2'] }
      await accountWithDevice(servers.one, home, `IT001E0000001${index}`, device)
    }
    await accountWithDevice(servers.one, 'last', 'IT001E00000020', { kind: 'json', topic: 'meters/last' })
    await untilShared('meters/last')
    for (const index of homes.keys()) {
      for (const [phase, powerW] of [500, -900, 1000].entries())
        await publisher.publishAsync(`shellies/shellyem3-${index}/emeter/${phase}/power`, String(powerW), { qos: 1 })
    }
    for (const home of homes) {
      const held = await until(
        () => heldOf(servers.two, home),
        (readings) => readings.length > 0,
      )
      expect(held.map(([, powerW]) => powerW)).toEqual([600])
    }
  })

  test('each message is stored once, and a server that is killed midway loses none', { timeout: 300_000 }, async () => {
    const streams = Array.from({ length: 4 }, (_, index) => new Stream(`shared-${index}`))
    const topicOf = ({ account }: Stream) => `meters/${account}`
    for (const [index, stream] of streams.entries())
      await accountWithDevice(servers.one, stream.account, `IT001E0000000${index}`, {
        kind: 'json',
        topic: topicOf(stream),
      })
    await untilShared('meters/shared-3')
    const publish = (count: number) =>
      Promise.all(streams.map((stream) => publishStream(publisher, topicOf(stream), stream, count)))
    const before = await Promise.all(names.map((name) => messagesOf(servers[name])))
    await publish(200)
    const torn = publish(300)
    const { two } = servers
    await until(
      () => messagesOf(two),
      (count) => count > (before[1] ?? 0) + 150,
    )
    two.child.kill('SIGKILL')
    await two.closed
    await torn
    await publish(100)
    // Its half of the 2,000 sent before, and of the 400 after.
    await until(
      () => messagesOf(servers.one),
      (count) => count >= (before[0] ?? 0) + 1_000,
    )
    servers = { ...servers, two: await start('two') }
    for (const stream of streams) {
      expect(stream.acknowledged.size).toBe(600)
      const held = await until(
        () => heldOf(servers.one, stream.account),
        (readings) => readings.filter(([at]) => at >= '2026-03-10').length >= stream.acknowledged.size,
      )
      expectWhole(stream, held)
    }
    expect(await messagesOf(servers.two)).toBeGreaterThan(0)
  })
})

/** Messages that a server has taken in and stored. */
async function messagesOf({ ask }: RunningServer): Promise<number> {
  const text = await (await ask('/metrics')).text()
  const found = text.matchAll(/^loadlens_device_messages_total\{[^}]*outcome="accepted"[^}]*\} (\d+)$/gm)
  return [...found].reduce((sum, [, count]) => sum + Number(count), 0)
}
