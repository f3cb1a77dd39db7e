/** Nobody can make the server hold more than it can store or compute: HTTP says when to come again, MQTT waits with its answer. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RenderConsumptionTask } from '../../src/api/render-consumption.ts'
import { GroupCommit, NotCommittedError } from '../../src/ingest/mqtt/index.ts'
import { consumptionJson } from '../../src/insight/consumption.ts'
import { competitor, pause, register, retailer, startTestServer, type TestServer } from '../support/test-server.ts'

describe('bodies of readings', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer('2026-03-10T12:00:00Z', { LOADLENS_IMPORTS_AT_ONCE: '2' })
    await register(server, 'home', 'IT001E00000001')
  })
  afterAll(async () => await server?.stop())

  test('beyond those that may be read at once of one client are told when to come again, and are taken then; others have places left', async () => {
    let slow = startSlowBody(server)
    const send = () =>
      server.send('POST', '/accounts/home/readings', '{"readings":[{"at":"2026-03-09T01:00:00Z","power_w":2}]}')
    let refused = await send()
    while (refused.status === 200) {
      // The slow body may have come while a quick one was read: then it was the one that was refused.
      if (slow.wasRefused()) slow = startSlowBody(server)
      refused = await send()
    }
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503 })
    const ofOther = await server.send('POST', '/readings', 'nothing', { client: competitor, contentType: 'text/csv' })
    expect(await ofOther.json()).toMatchObject({ code: 'body_malformed' })
    slow.release()
    expect((await slow.response).status).toBe(200)
    expect((await send()).status).toBe(200)
    expect((await server.get('/accounts/home')).readings.count).toBe(2)
  })
})

test('answers beyond those that may be computed at once for one client are told when to come again, and are given then; others have places left', async () => {
  const released = Promise.withResolvers<void>()
  let begun = 0
  const renderConsumption = async ({ question }: RenderConsumptionTask) => {
    begun++
    await released.promise
    return Buffer.from(consumptionJson([], question))
  }
  const server = await startTestServer('2026-03-10T12:00:00Z', { LOADLENS_WORKERS: '1' }, { renderConsumption })
  await register(server, 'home', 'IT001E00000001')
  const registration = JSON.stringify({ pod: 'IT001E00000001', account_number: 'home', company_code: 'ACME' })
  await server.send('POST', '/accounts', registration, { client: competitor })
  const ask = (client = retailer) =>
    server.send('GET', '/accounts/home/consumption?period=yesterday', undefined, { client })
  const waiting = Array.from({ length: 128 }, () => ask())
  while (begun < 128) await pause(5)
  const refused = await ask()
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toMatchObject({ code: 'overloaded' })
  const ofOther = ask(competitor)
  while (begun < 129) await pause(5)
  released.resolve()
  const answers = await Promise.all([...waiting, ofOther])
  answers.push(await ask())
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  await server.stop()
})

interface SlowBody {
  readonly release: () => void
  readonly response: Promise<Response>
  readonly wasRefused: () => boolean
}

/** Sends a body that keeps its place until it is released. */
function startSlowBody(server: TestServer): SlowBody {
  const [release, body] = slowBody('at,power_w\n2026-03-09T00:00:00Z,1\n')
  let status: number | undefined
  const response = fetchSlow(server, body).then((answer) => {
    status = answer.status
    return answer
  })
  return { release, response, wasRefused: () => status === 503 }
}

/** A body whose last bytes come when they are released. */
function slowBody(text: string): [release: () => void, body: ReadableStream<Uint8Array>] {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const body = new ReadableStream<Uint8Array>({
    start: async (controller) => {
      controller.enqueue(Buffer.from(text.slice(0, -5)))
      await released
      controller.enqueue(Buffer.from(text.slice(-5)))
      controller.close()
    },
  })
  return [release, body]
}

async function fetchSlow(server: TestServer, body: ReadableStream<Uint8Array>): Promise<Response> {
  const token = await (
    await fetch(`${server.baseUrl}/auth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('retailer:a-secret-of-no-worth').toString('base64')}` },
    })
  ).json()
  const { access_token: accessToken } = token as { access_token: string }
  return await fetch(`${server.baseUrl}/accounts/home/readings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'text/csv' },
    body,
    duplex: 'half',
  } as RequestInit)
}

describe('the group commit', () => {
  const unbounded = { batchMax: 10, bytesOf: () => 1, batchBytesMax: 1_000 }

  test('answers nobody before its batch is written, and writes what waits in one batch', async () => {
    const batches: number[][] = []
    const writes: (() => void)[] = []
    const commit = new GroupCommit<number>({
      ...unbounded,
      batchMax: 3,
      onFailure: () => false,
      write: async (batch) => {
        batches.push([...batch])
        await new Promise<void>((resolve) => writes.push(resolve))
      },
    })
    const answered: number[] = []
    const added = [1, 2, 3, 4, 5].map(async (one) => {
      await commit.add(one)
      answered.push(one)
    })
    await setImmediate()
    await setImmediate()
    expect([batches, answered, commit.pending]).toEqual([[[1, 2, 3]], [], 5])
    writes[0]?.()
    await Promise.all(added.slice(0, 3))
    expect([batches, answered]).toEqual([
      [
        [1, 2, 3],
        [4, 5],
      ],
      [1, 2, 3],
    ])
    writes[1]?.()
    await Promise.all(added)
    expect(commit.pending).toBe(0)
  })

  test('writes no more bytes at once than a batch may have, and a longer message alone', async () => {
    const batches: number[][] = []
    const commit = new GroupCommit<number>({
      ...unbounded,
      bytesOf: (bytes) => bytes,
      onFailure: () => false,
      write: async (batch) => void batches.push([...batch]),
    })
    await Promise.all([600, 400, 1, 2_000, 999].map((bytes) => commit.add(bytes)))
    expect(batches).toEqual([[600, 400], [1], [2_000], [999]])
  })

  test('tries again while the store is away, and gives back what it could not write when it stops', async () => {
    let isAway = true
    const pauses: number[] = []
    const commit = new GroupCommit<string>({
      ...unbounded,
      write: async () => {
        if (isAway) throw new Error('away')
      },
      onFailure: () => false,
      pause: async (durationMs) => {
        pauses.push(durationMs)
        if (pauses.length === 3) isAway = false
        await setImmediate()
      },
    })
    await commit.add('kept')
    expect(pauses).toEqual([100, 200, 400])
    isAway = true
    pauses.push(0, 0, 0)
    const lost = commit.add('given back')
    const refused = expect(lost).rejects.toThrow(NotCommittedError)
    await setImmediate()
    await commit.stop()
    await refused
  })

  test('a message that can never be written costs no other', async () => {
    const written: string[] = []
    const commit = new GroupCommit<string>({
      ...unbounded,
      write: async (batch) => {
        if (batch.includes('bad')) throw new Error('refused')
        written.push(...batch)
      },
      onFailure: () => true,
    })
    await Promise.all(['one', 'bad', 'two'].map((one) => commit.add(one)))
    expect(written).toEqual(['one', 'two'])
  })
})
