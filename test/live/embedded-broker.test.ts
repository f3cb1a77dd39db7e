/** The embedded broker: from a registration to the power that runs now. */
import { connect } from 'node:net'
import { hostname } from 'node:os'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLog } from '../../src/api/log.ts'
import { readConfiguration } from '../../src/app/configuration.ts'
import { openLiveMeters } from '../../src/app/live/live-meters.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'
import { connectAs, registerDevice } from '../support/live.ts'
import { competitor, register, startTestServer, type TestServer } from '../support/test-server.ts'

const engine = pgliteEngine()
let server: TestServer
const clients: MqttClient[] = []

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z', { LOADLENS_MQTT_LISTEN: '127.0.0.1:0' })
  await register(server, 'home-a', 'IT001E00000001')
  await register(server, 'home-b', 'IT001E00000002')
})

afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)))
  await server?.stop()
  await engine.stop()
})

/** Connects as a device until the tests are over. */
async function connected(device: Parameters<typeof connectAs>[0]): Promise<MqttClient> {
  const client = await connectAs(device)
  clients.push(client)
  return client
}

const realtimeOf = async (account: string) => {
  const { realtime_consumption, measured_at } = await server.get(`/accounts/${account}/consumption/realtime`)
  return { realtime_consumption, measured_at }
}

test('what a home exports names its devices, and deleting the home ends them', async () => {
  await register(server, 'home-x', 'IT001E00000009')
  const device = await registerDevice(server, 'home-x', { kind: 'tasmota', topic: 'tasmota_1', sign: -1, hold_s: 60 })
  const text = await (await server.send('GET', '/accounts/home-x/export')).text()
  const exported = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .find(({ type }) => type === 'device')
  expect(exported).toMatchObject({ device_id: device.device_id, topic: 'tele/tasmota_1', sign: -1, hold_s: 60 })
  expect(text).not.toContain('scrypt')
  await server.send('DELETE', '/accounts/home-x')
  await expect(connectAs(device)).rejects.toThrow(/bad user|not authorized/i)
})

test('phases on topics of their own are added up, whatever a message waits for', async () => {
  await register(server, 'home-3', 'IT001E00000008')
  const body = { kind: 'shelly-gen1', topic: 'shellyem3-1', channels: ['0', '1', '2'] }
  const device = await registerDevice(server, 'home-3', body)
  const client = await connected(device)
  const say = (phase: number, powerW: number) =>
    client.publishAsync(`shellies/shellyem3-1/emeter/${phase}/power`, String(powerW), { qos: 1 })
  await say(0, 500)
  await say(1, -900)
  expect((await realtimeOf('home-3')).realtime_consumption).toBeNull()
  await say(2, 1000)
  expect((await realtimeOf('home-3')).realtime_consumption).toBe(600)
  await say(1, 0)
  expect((await realtimeOf('home-3')).realtime_consumption).toBe(1500)
})

test.each([
  ['0.0.0.0:0', 'https://energy.example/api', 'energy.example'],
  ['0.0.0.0:0', undefined, hostname()],
  ['127.0.0.1:0', 'https://energy.example', '127.0.0.1'],
])(
  'a device is told a host that it can connect to: listening on %s, known as %s: %s',
  async (listen, publicUrl, host) => {
    const settings = {
      LOADLENS_MQTT_LISTEN: listen,
      ...(publicUrl !== undefined && { LOADLENS_PUBLIC_URL: publicUrl }),
    }
    const { db, remove } = await openTestDatabase(engine)
    const live = await openLiveMeters({
      db,
      clock: Date.now,
      configuration: readConfiguration(settings),
      counts: { messages: () => {}, readings: () => {}, rejection: () => {} },
      onStale: () => {},
      log: createLog('silent'),
    })
    expect(live.doors.broker).toEqual({ host, port: expect.any(Number), tls: false })
    await live.stop()
    await remove()
  },
)

test('a message sent again counts where it says when it was measured, and is old news where it does not', async () => {
  await register(server, 'home-d', 'IT001E00000012')
  const device = await registerDevice(server, 'home-d', { kind: 'json' })
  const client = await connected(device)
  await client.publishAsync(device.topic, '999', { qos: 1, dup: true })
  expect((await realtimeOf('home-d')).realtime_consumption).toBeNull()
  await client.publishAsync(device.topic, '{"at":"2026-03-10T11:59:00Z","power_w":51}', { qos: 1, dup: true })
  expect((await realtimeOf('home-d')).realtime_consumption).toBe(51)
  const [{ health }] = (await server.get('/accounts/home-d/devices')).devices
  expect(health).toMatchObject({ readings: 1, rejections: [{ code: 'instant_unknown', count: 1 }] })
})

test('late data of any age lands in its own day', async () => {
  await register(server, 'home-l', 'IT001E00000007')
  const device = await registerDevice(server, 'home-l', { kind: 'json' })
  const client = await connected(device)
  await client.publishAsync(device.topic, '{"at":"2025-12-24T10:00:00Z","power_w":100}', { qos: 1 })
  await server.analysed('home-l')
  const day = await server.get('/accounts/home-l/consumption?from=2025-12-24&to=2025-12-25')
  expect(day.electricity_data.data.filter((row: (number | null)[]) => row[0] !== null)).toHaveLength(5)
})

test('no device takes the place that devices of all clients publish under', async () => {
  await register(server, 'home-t', 'IT001E00000011')
  for (const topic of [
    'loadlens',
    'loadlens/',
    'loadlens/mine',
    'shellies',
    'tele',
    'stat',
    'zigbee2mqtt',
    'spBv1.0',
  ]) {
    const answer = await server.send('POST', '/accounts/home-t/devices', JSON.stringify({ kind: 'json', topic }))
    const { errors } = (await answer.json()) as { errors?: { pointer: string; code: string }[] }
    expect([topic, errors]).toMatchObject([topic, [{ pointer: '/topic', code: 'value_reserved' }]])
  }
  await registerDevice(server, 'home-t', { kind: 'json', topic: 'tele/mine' })
  const other = { client: competitor }
  const account = '{"pod":"IT001E00000011","account_number":"theirs","company_code":"ACME"}'
  await server.send('POST', '/accounts', account, other)
  for (const body of ['{"kind":"json"}', '{"kind":"shelly-gen1","topic":"shellyem-9"}'])
    expect((await server.send('POST', '/accounts/theirs/devices', body, other)).status).toBe(200)
})

describe('a device with its credentials', () => {
  test('publishes a power, and after its acknowledgement that is what runs now', async () => {
    const device = await registerDevice(server, 'home-a', { kind: 'json' })
    expect(device.topics).toEqual([`loadlens/${device.device_id}`])
    const client = await connected(device)
    await client.publishAsync(device.topic, '{"power_w": 532.4}', { qos: 1 })
    expect((await realtimeOf('home-a')).realtime_consumption).toBe(532)
    await client.publishAsync(device.topic, '{"power_w": 80, "at": "2026-03-10T12:30:00Z"}', { qos: 2 })
    const readings = await server.get('/accounts/home-a')
    expect(readings.readings).toMatchObject({ count: 2, to: '2026-03-10T12:30:00Z' })
  })

  test('negative power is what is injected, and never makes consumption negative', async () => {
    await register(server, 'home-s', 'IT001E00000003')
    const device = await registerDevice(server, 'home-s', { kind: 'json' })
    const client = await connected(device)
    for (const [second, powerW] of [500, -1200.5, 40].entries()) {
      const at = `2026-03-10T11:00:0${second}Z`
      await client.publishAsync(device.topic, JSON.stringify({ at, power_w: powerW }), { qos: 1 })
    }
    const lines = (await (await server.send('GET', '/accounts/home-s/export')).text()).split('\n').filter(Boolean)
    const readings = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'reading')
    expect(readings.map(({ at, power_w, power_w_export }) => [at.slice(17, 19), power_w, power_w_export])).toEqual([
      ['01', undefined, 1200.5],
      ['02', undefined, 0],
      ['00', 500, undefined],
      ['01', 0, undefined],
      ['02', 40, undefined],
    ])
    expect(readings.every(({ source }) => source === 'device:json')).toBe(true)
  })

  test('never publishes for another', async () => {
    const [one, other] = await Promise.all(
      ['home-a', 'home-b'].map((account) => registerDevice(server, account, { kind: 'json' })),
    )
    if (one === undefined || other === undefined) throw new Error('two devices were registered')
    const client = await connected(one)
    await client.publishAsync(other.topic, '{"power_w": 9999}', { qos: 1 })
    expect((await realtimeOf('home-b')).realtime_consumption).toBeNull()
    expect((await server.get('/accounts/home-b')).readings).toBeNull()
  })

  test('reads nothing of what others publish', async () => {
    const device = await registerDevice(server, 'home-a', { kind: 'json' })
    const client = await connected(device)
    await expect(client.subscribeAsync('#', { qos: 1 })).rejects.toThrow(/Unspecified error|refused|denied/i)
  })

  test('is told apart from one with a wrong secret, and is shut out when it is deleted', async () => {
    const device = await registerDevice(server, 'home-a', { kind: 'json' })
    const wrong = { ...device, mqtt: { ...device.mqtt, password: 'a-guess' } }
    await expect(connectAs(wrong)).rejects.toThrow(/bad user|not authorized/i)
    const client = await connected(device)
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    expect((await server.send('DELETE', `/accounts/home-a/devices/${device.device_id}`)).status).toBe(200)
    await closed
    await expect(connectAs(device)).rejects.toThrow(/bad user|not authorized/i)
    expect((await server.send('DELETE', `/accounts/home-a/devices/${device.device_id}`)).status).toBe(404)
  })
})

test('a device shows when it was seen, what it sent, what was rejected and how its clock goes', async () => {
  await register(server, 'home-h', 'IT001E00000004')
  const device = await registerDevice(server, 'home-h', { kind: 'json' })
  const client = await connected(device)
  await client.publishAsync(device.topic, '{"power_w": 100}', { qos: 1 })
  await client.publishAsync(device.topic, '{"power_w": "NaN"}', { qos: 1 })
  await client.publishAsync(device.topic, '{"power_w": 1e9}', { qos: 1 })
  await client.publishAsync(device.topic, 'nonsense', { qos: 1 })
  await client.publishAsync(device.topic, '{"power_w": 100, "at": "2026-03-10T14:00:00Z"}', { qos: 1 })
  const { devices } = await server.get('/accounts/home-h/devices')
  expect(devices).toHaveLength(1)
  const [{ health, mqtt }] = devices
  expect(mqtt).toBeUndefined()
  expect(health).toMatchObject({ messages: 5, readings: 2, clock_wrong: true })
  expect(health.messages_per_minute).toBeGreaterThan(0)
  expect(health.clock_offset_s).toBeGreaterThan(7_000)
  expect(health.last_seen_at).toMatch(/^2026-03-10T12:/)
  expect(
    Object.fromEntries(health.rejections.map((one: { code: string; count: number }) => [one.code, one.count])),
  ).toEqual({
    value_not_a_number: 1,
    power_absurd: 1,
    payload_malformed: 1,
  })
  const metrics = await (await fetch(`${server.baseUrl}/metrics`)).text()
  expect(metrics).toContain('loadlens_device_rejections_total{kind="json",code="power_absurd"} 1')
  expect(metrics).toContain('loadlens_device_messages_pending 0')
})

test.each([
  ['wrong', 'fast by two hours', 'tasmota', '14:00', 300],
  ['wrong', 'slow by two hours', 'tasmota', '10:00', 300],
  ['right', 'slow by two hours where it may be by a day', 'tasmota', '10:00', 86_400],
  ['wrong', 'fast by two hours though rows may come late', 'json', '14:00', 300],
  ['right', 'two hours behind where rows may come late', 'json', '10:00', 300],
  ['right', 'two hours behind where old states are repeated', 'zigbee2mqtt', '10:00', 300],
])('a clock is called %s that is %s', async (verdict, _how, kind, time, clock_tolerance_s) => {
  await register(server, 'home-c', 'IT001E00000013')
  const topic = `clock-${time.slice(0, 2)}-${clock_tolerance_s}`
  const device = await registerDevice(server, 'home-c', { kind, topic, clock_tolerance_s })
  const client = await connected(device)
  const at = `2026-03-10T${time}:00Z`
  const payloads: Readonly<Record<string, object>> = {
    tasmota: { Time: at, ENERGY: { Power: 100 } },
    json: { at, power_w: 100 },
    zigbee2mqtt: { last_seen: at, power: 100 },
  }
  await client.publishAsync(device.topics[0] ?? '', JSON.stringify(payloads[kind]), { qos: 1 })
  const { devices } = await server.get('/accounts/home-c/devices')
  const [shown] = devices.filter((one: { device_id: string }) => one.device_id === device.device_id)
  expect(Math.abs(shown.health.clock_offset_s)).toBeGreaterThan(7_000)
  expect(shown.health.clock_wrong).toBe(verdict === 'wrong')
})

test('a packet that announces megabytes is cut off before it arrives', async () => {
  const { mqtt } = await registerDevice(server, 'home-a', { kind: 'json' })
  const socket = connect(mqtt.port, '127.0.0.1')
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  // CONNECT with a remaining length of 128 MiB − 1.
  socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x3f, 0, 4, 0x4d, 0x51]))
  await closed
})
