/** Messages taken from a broker: Mosquitto with shared subscriptions, where there is one, and a plain broker of our own. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { connect, connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createLog } from '../../src/api/log.ts'
import { readConfiguration } from '../../src/app/configuration.ts'
import { openLiveMeters } from '../../src/app/live/live-meters.ts'
import { connectToBroker } from '../../src/ingest/mqtt/index.ts'
import { freePort, openTestDatabase, pgliteEngine } from '../support/databases.ts'
import { registerDevice, until } from '../support/live.ts'
import { hasMosquitto, startMosquitto } from '../support/mosquitto.ts'
import { competitor, register, startTestServer, type TestServer } from '../support/test-server.ts'

interface Broker {
  readonly url: string
  stop(): Promise<void>
}

/** A plain broker without shared subscriptions. */
async function startAedes(): Promise<Broker> {
  const broker = await Aedes.createBroker()
  const server = createServer((socket) => broker.handle(socket))
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await new Promise<void>((resolve) => broker.close(() => resolve()))
      await closed
    },
  }
}

describe.each([
  ['mosquitto', hasMosquitto, startMosquitto, 'loadlens'],
  ['a plain broker', true, startAedes, undefined],
] as const)('%s', (_name, isThere, start, group) => {
  test.skipIf(!isThere)('what it kept while the server was away is old, what comes after it is not', async () => {
    const broker = await start()
    const heard: string[] = []
    const connected = () =>
      connectToBroker({
        url: broker.url,
        clientId: 'loadlens-test',
        connections: 1,
        group,
        version: 4,
        take: async ({ payload, isOld }) => {
          heard.push(`${payload} ${isOld ? 'old' : 'new'}`)
        },
        say: { info: () => undefined, warn: () => undefined },
      })
    const publisher = await connectAsync(broker.url)
    const say = (text: string) => publisher.publishAsync('meters/one', text, { qos: 1 })
    const first = connected()
    first.listenTo(['meters/one'])
    const isHeard = async (text: string) => {
      await until(
        async () => {
          if (!heard.some((one) => one.startsWith(text))) await say(text)
          return heard
        },
        (all) => all.some((one) => one.startsWith(text)),
      )
    }
    await isHeard('first')
    await first.stop()
    await say('kept')
    const second = connected()
    second.listenTo(['meters/one'])
    await until(
      async () => heard,
      (all) => all.some((one) => one.startsWith('kept')),
    )
    await until(
      async () => {
        await say('live')
        return heard
      },
      (all) => all.includes('live new'),
    )
    expect(heard).toContain('first new')
    expect(heard).toContain('kept old')
    await second.stop()
    await publisher.endAsync(true)
    await broker.stop()
  })
})

test.skipIf(!hasMosquitto).each([4, 5] as const)(
  'fewer connections lose nothing: what the others held is taken in, and their sessions end: MQTT %s',
  async (version) => {
    const broker = await startMosquitto()
    const heard = new Set<string>()
    const said: string[] = []
    const connected = (connections: number) => {
      const client = connectToBroker({
        url: broker.url,
        clientId: 'loadlens-test',
        connections,
        group: 'loadlens',
        version,
        take: async ({ payload }) => void heard.add(String(payload)),
        say: { info: (message) => said.push(message), warn: (message) => said.push(message) },
      })
      client.listenTo(['meters/#'])
      return client
    }
    const publisher = await connectAsync(broker.url)
    const publish = (name: string) =>
      Promise.all(
        Array.from({ length: 40 }, (_, index) => publisher.publishAsync('meters/one', `${name} ${index}`, { qos: 1 })),
      )
    const areHeard = async (name: string) =>
      await until(
        async () => [...heard].filter((text) => text.startsWith(name)).length,
        (count) => count === 40,
      )
    const sessionsKept = async () => {
      const kept: number[] = []
      for (const index of [0, 1, 2, 3, 4]) {
        const options = {
          clientId: `loadlens-test-${index}`,
          clean: false,
          protocolVersion: version,
          reconnectPeriod: 0,
        }
        const probe = connect(broker.url, options)
        const isKept = await new Promise((resolve) => {
          probe.once('connect', ({ sessionPresent }) => resolve(sessionPresent))
        })
        if (isKept) kept.push(index)
        await probe.endAsync()
      }
      return kept
    }
    const many = connected(4)
    await until(
      async () => {
        await publish('first')
        return [many.connected(), heard.size]
      },
      ([up, count]) => up === 4 && count === 40,
    )
    await many.stop()
    await publish('away')
    const one = connected(1)
    await areHeard('away')
    await publish('live')
    await areHeard('live')
    const ended = 'Ended 3 sessions at the MQTT broker, of connections that are no longer opened.'
    await until(
      async () => said,
      (messages) => messages.includes(ended),
    )
    await one.stop()
    expect(await sessionsKept()).toEqual([0])
    await publisher.endAsync(true)
    await broker.stop()
  },
)

test('a broker that closes the connection that ends a session keeps no client from stopping', async () => {
  const broker = await Aedes.createBroker()
  const closed = Promise.withResolvers<void>()
  let connections = 0
  // The first is the client's own, the second asks for a session beyond it, the third ends that.
  const server = createServer((socket) => {
    connections += 1
    if (connections < 3) return broker.handle(socket)
    socket.destroy()
    closed.resolve()
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const warned: string[] = []
  const client = connectToBroker({
    url: `mqtt://127.0.0.1:${port}`,
    clientId: 'loadlens-test',
    connections: 1,
    group: undefined,
    version: 4,
    take: async () => undefined,
    say: { info: () => undefined, warn: (message) => warned.push(message) },
  })
  await closed.promise
  await until(
    async () => warned.join(),
    (text) => text.includes('were not ended'),
  )
  await client.stop()
  await new Promise<void>((resolve) => broker.close(() => resolve()))
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

/** A broker that answers every connection with a code of MQTT 3.1.1: 0 takes it, others refuse it. */
async function startAnswering() {
  const sockets = new Set<Socket>()
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  const broker = { code: 5, asked: 0, url: '', hangUp }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      broker.asked++
      socket.write(Buffer.from([0x20, 2, 0, broker.code]))
      if (broker.code > 0) socket.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  broker.url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(broker, { stop: () => new Promise<void>((resolve) => server.close(() => resolve())) })
}

test('what goes wrong at a broker is said once for all connections: when it changes, each hour, and after it was back', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const broker = await startAnswering()
  const warned: string[] = []
  const client = connectToBroker({
    url: broker.url,
    clientId: 'loadlens-test',
    connections: 3,
    group: 'loadlens',
    version: 4,
    take: async () => undefined,
    say: { info: () => undefined, warn: (message) => warned.push(message) },
  })
  /** Connections have heard the answer, and one of them has asked again. */
  const untilAskedAgain = async () => {
    const { asked } = broker
    await until(
      async () => broker.asked,
      (count) => count >= asked + 4,
    )
  }
  const refused = () => warned.flatMap((message) => /Connection refused: (.*)/.exec(message)?.[1] ?? [])
  await untilAskedAgain()
  expect(refused()).toEqual(['Not authorized'])
  broker.code = 3
  await untilAskedAgain()
  expect(refused()).toEqual(['Not authorized', 'Server unavailable'])
  vi.advanceTimersByTime(3_600_000)
  await untilAskedAgain()
  expect(refused().slice(2)).toEqual(['Server unavailable'])
  broker.code = 0
  await until(
    async () => client.connected(),
    (count) => count === 3,
  )
  broker.code = 3
  broker.hangUp()
  await untilAskedAgain()
  // Of more than four refusals; one may have been under way while the first connection came back.
  expect([1, 2]).toContain(refused().slice(3).length)
  expect(new Set(refused().slice(3))).toEqual(new Set(['Server unavailable']))
  await client.stop()
  broker.hangUp()
  await broker.stop()
  vi.useRealTimers()
})

test('a broker that is away is said with the setting that names it', async () => {
  const engine = pgliteEngine()
  const { db, remove } = await openTestDatabase(engine)
  const warned: string[] = []
  const url = `mqtt://127.0.0.1:${await freePort()}`
  const live = await openLiveMeters({
    db,
    clock: Date.now,
    configuration: readConfiguration({ LOADLENS_MQTT_URL: url }),
    counts: { messages: () => {}, readings: () => {}, rejection: () => {} },
    onStale: () => {},
    log: Object.assign(createLog('silent'), { warn: (message: string) => warned.push(message) }),
  })
  await until(
    async () => warned.join(),
    (text) => /ECONNREFUSED.* LOADLENS_MQTT_URL/.test(text),
  )
  await live.stop()
  await remove()
  await engine.stop()
})

const brokers = [
  ['mosquitto, shared subscriptions, MQTT 3.1.1', hasMosquitto, startMosquitto, { LOADLENS_MQTT_CONNECTIONS: '4' }],
  ['mosquitto, shared subscriptions, MQTT 5', hasMosquitto, startMosquitto, { LOADLENS_MQTT_VERSION: '5' }],
  ['a plain broker, one connection', true, startAedes, { LOADLENS_MQTT_GROUP: 'none' }],
] as const

describe.each(brokers)('%s', (_name, isThere, start, settings) => {
  let broker: Broker
  let server: TestServer
  let publisher: MqttClient

  beforeAll(async () => {
    if (!isThere) return
    broker = await start()
    server = await startTestServer('2026-03-10T12:00:00Z', { LOADLENS_MQTT_URL: broker.url, ...settings })
    publisher = await connectAsync(broker.url)
    await register(server, 'home-a', 'IT001E00000001')
    await register(server, 'home-b', 'IT001E00000002')
  })

  afterAll(async () => {
    await publisher?.endAsync(true)
    await server?.stop()
    await broker?.stop()
  })

  test.skipIf(!isThere)('a device registered while the server runs is heard, each message once', async () => {
    const { topic } = await registerDevice(server, 'home-a', { kind: 'json', topic: 'meters/home-a' })
    const say = (at: number) =>
      publisher.publishAsync(topic, `{"at":"${new Date(at).toISOString()}","power_w":420}`, { qos: 1 })
    const first = Date.parse('2026-03-10T11:00:00Z')
    // The subscription may come a moment after the registration is answered.
    await until(
      async () => {
        await say(first)
        return (await server.get('/accounts/home-a')).readings
      },
      (readings) => readings !== null,
    )
    await Promise.all(Array.from({ length: 60 }, (_, index) => say(first + index * 1000)))
    const ask = async () => (await server.get('/accounts/home-a')).readings.count
    expect(await until(ask, (count) => count >= 60)).toBe(60)
    expect((await server.get('/accounts/home-a/devices')).devices[0].health.rejections).toEqual([])
  })

  test.skipIf(!isThere)('two channels of one meter can be two homes', async () => {
    await registerDevice(server, 'home-a', { kind: 'shelly-gen1', topic: 'shellyem-1', channels: ['0'] })
    await registerDevice(server, 'home-b', { kind: 'shelly-gen1', topic: 'shellyem-1', channels: ['1'] })
    const power = await until(
      async () => {
        await publisher.publishAsync('shellies/shellyem-1/emeter/1/power', '77', { qos: 1 })
        return (await server.get('/accounts/home-b/consumption/realtime')).realtime_consumption
      },
      (one) => one !== null,
    )
    expect(power).toBe(77)
  })

  test.skipIf(!isThere)('a topic, what lies above and what lies under it belong to one client', async () => {
    const other = { client: competitor }
    const account = '{"pod":"IT001E00000001","account_number":"theirs","company_code":"ACME"}'
    await server.send('POST', '/accounts', account, other)
    await registerDevice(server, 'home-a', { kind: 'json', topic: 'meters/shared/one' })
    for (const topic of ['meters/shared/one', 'meters/shared/one/more', 'meters/shared', 'meters']) {
      const body = JSON.stringify({ kind: 'json', topic })
      const answer = await server.send('POST', '/accounts/theirs/devices', body, other)
      expect([topic, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        topic,
        409,
        'topic_in_use',
      ])
    }
    const beside = JSON.stringify({ kind: 'json', topic: 'meters/shared/one2' })
    expect((await server.send('POST', '/accounts/theirs/devices', beside, other)).status).toBe(200)
  })

  test.skipIf(!isThere)('a retained message without an instant is old news, not the power of now', async () => {
    await register(server, 'home-r', 'IT001E00000003')
    await publisher.publishAsync('meters/home-r', '999', { qos: 1, retain: true })
    await registerDevice(server, 'home-r', { kind: 'json', topic: 'meters/home-r' })
    const power = await until(
      async () => {
        await publisher.publishAsync('meters/home-r', '51', { qos: 1 })
        return (await server.get('/accounts/home-r/consumption/realtime')).realtime_consumption
      },
      (one) => one !== null,
    )
    expect(power).toBe(51)
    // By MQTT 5 those that share a subscription are sent no retained messages; Mosquitto 2.0.11 sends them.
    const isSent = 'LOADLENS_MQTT_GROUP' in settings
    const ask = async () => {
      const { rejections } = (await server.get('/accounts/home-r/devices')).devices[0].health
      return rejections.map(({ code }: { code: string }) => code)
    }
    const codes = await until(ask, ({ length }) => !isSent || length > 0)
    expect(codes).toEqual(codes.length > 0 ? ['instant_unknown'] : [])
  })
})
