/** Connections of devices to the embedded broker: none ends another's, and one that is gone is not counted. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { connectAsync, type MqttClient } from 'mqtt'
import { generate } from 'mqtt-packet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentialChecks } from '../../src/app/live/credentials.ts'
import { type EmbeddedBroker, openEmbeddedBroker } from '../../src/ingest/mqtt/index.ts'
import { until } from '../support/live.ts'

describe('the embedded broker', () => {
  let broker: EmbeddedBroker
  let isRight: () => Promise<boolean> = async () => true

  beforeAll(async () => {
    broker = await openEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      authenticate: async () => await isRight(),
      take: async () => undefined,
      onError: () => undefined,
    })
  })
  afterAll(async () => await broker?.stop())

  const connectAs = async (username: string): Promise<MqttClient> =>
    await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'meter',
      username,
      password: 'x',
      reconnectPeriod: 0,
    })

  test('a client id is a device’s own: another device under it ends nothing, the same one its older connection', async () => {
    const one = await connectAs('one')
    const other = await connectAs('other')
    expect(broker.connected()).toBe(2)
    await one.publishAsync('loadlens/one', '1', { qos: 1 })
    const ended = closeOf(one)
    const again = await connectAs('one')
    await ended
    expect([broker.connected(), other.connected, again.connected]).toEqual([2, true, true])
    const shutOut = closeOf(again)
    broker.disconnect('one')
    await shutOut
    await other.endAsync(true)
    await until(
      async () => broker.connected(),
      (count) => count === 0,
    )
  })

  test('a connection that goes away while its credentials are looked up is not counted', async () => {
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<boolean>()
    isRight = async () => {
      asked.resolve()
      return await answer.promise
    }
    const socket = connect(broker.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      generate({ cmd: 'connect', clientId: 'gone', keepalive: 0, username: 'gone', password: Buffer.from('x') }),
    )
    await asked.promise
    socket.resetAndDestroy()
    isRight = async () => true
    // One that comes after it and is connected: the server has seen the other's end by then.
    const next = await connectAs('next')
    answer.resolve(true)
    await setImmediate()
    await next.publishAsync('loadlens/next', '1', { qos: 1 })
    expect(broker.connected()).toBe(1)
    await next.endAsync(true)
  })
})

function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()))
}

test('many wrong secrets slow an address down, and shut out no device whose secret was right once', async () => {
  let derived = 0
  let now = 0
  const check = credentialChecks(
    async (secret) => {
      derived++
      return secret === 'right'
    },
    () => now,
  )
  const ask = (id: string, secret: string) =>
    check({ id, secret, address: '192.0.2.1', hash: async () => `hash of ${id}` })
  expect(await ask('meter', 'right')).toBe(true)
  for (let guess = 0; guess < 20; guess++) expect(await ask('stranger', `guess ${guess}`)).toBe(false)
  derived = 0
  expect(await ask('late', 'right')).toBe(false)
  expect(await ask('meter', 'guess')).toBe(false)
  expect(await ask('meter', 'right')).toBe(true)
  expect(derived).toBe(0)
  now = 60_001
  expect(await ask('late', 'right')).toBe(true)
})

test('guesses sent side by side are no more, from whatever address of a network; those that are right all pass', async () => {
  let derived = 0
  const check = credentialChecks(
    async (secret) => {
      derived++
      await setImmediate()
      return secret === 'right'
    },
    () => 0,
  )
  const ask = (secret: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, one) =>
        check({ id: `${secret} ${one}`, secret, address: `2001:db8::${one}`, hash: async () => 'hash' }),
      ),
    )
  expect(new Set(await ask('right', 100))).toEqual(new Set([true]))
  derived = 0
  expect(new Set(await ask('a guess', 1_000))).toEqual(new Set([false]))
  expect(derived).toBe(20)
})
