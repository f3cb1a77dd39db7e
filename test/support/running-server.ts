/** Whole servers as processes of their own, to be killed, and streams of readings of which it is known what was acknowledged. */
import type { ChildProcess } from 'node:child_process'
import type { MqttClient } from 'mqtt'
import { expect } from 'vitest'
import { printed, startCommand } from './command.ts'
import type { TestDatabase } from './databases.ts'
import { retailer, tokenOf } from './test-server.ts'

/** A server that runs as a process of its own. */
export interface RunningServer {
  readonly child: ChildProcess
  /** Settles with the exit code when the process has ended. */
  readonly closed: Promise<unknown>
  readonly ask: (path: string, body?: string, contentType?: string) => Promise<Response>
}

const startAt = Date.parse('2026-03-10T00:00:00Z')

/** A stream of readings, one after another in their own time, each with a power of its own. */
export class Stream {
  readonly account: string
  readonly acknowledged = new Map<string, number>()
  readonly #firstAt: number
  readonly #stepS: number
  #next = 0

  /** @param firstAt where it begins: at midnight of the running day where not given */
  constructor(account: string, firstAt = startAt, stepS = 1) {
    this.account = account
    this.#firstAt = firstAt
    this.#stepS = stepS
  }

  take(): readonly [at: string, powerW: number] {
    const index = this.#next++
    return [new Date(this.#firstAt + index * this.#stepS * 1000).toISOString().replace('.000', ''), index + 1]
  }

  acknowledge([at, powerW]: readonly [string, number]): void {
    this.acknowledged.set(at, powerW)
  }
}

/** Starts a server on a database, on the afternoon of the streams' day. */
export async function startRunning(
  place: Pick<TestDatabase, 'dataDir' | 'databaseUrl'>,
  settings: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const child = startCommand(['serve'], {
    LOADLENS_DATA_DIR: place.dataDir,
    ...(place.databaseUrl === undefined ? {} : { DATABASE_URL: place.databaseUrl }),
    LOADLENS_PORT: '0',
    LOADLENS_CLOCK_START: '2026-03-10T12:00:00Z',
    LOADLENS_CLIENTS: `${retailer.id}:${retailer.secret}:ACME`,
    LOADLENS_WORKERS: '1',
    ...settings,
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const [baseUrl = ''] = await printed(child, /http:\/\/127\.0\.0\.1:\d+/)
  const authorization = `Bearer ${await tokenOf(baseUrl, retailer)}`
  const ask: RunningServer['ask'] = (path, body, contentType = 'application/json') =>
    fetch(`${baseUrl}${path}`, {
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { method: 'POST', body }),
    })
  return { child, closed, ask }
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** An account and its device. */
export async function accountWithDevice(
  { ask }: RunningServer,
  account: string,
  pod: string,
  device: Readonly<Record<string, unknown>>,
): Promise<Credentials> {
  const registered = await ask('/accounts', JSON.stringify({ pod, account_number: account, company_code: 'ACME' }))
  expect(registered.status).toBe(200)
  const answer = await ask(`/accounts/${account}/devices`, JSON.stringify(device))
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { data: { mqtt: Credentials } }).data.mqtt
}

/** Publishes readings, ten under way at a time; each counts when it is acknowledged. */
export async function publishStream(client: MqttClient, topic: string, stream: Stream, count: number): Promise<void> {
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

/** Every reading of an account: its instant and its power. */
export async function heldOf({ ask }: RunningServer, account: string): Promise<(readonly [string, number])[]> {
  const text = await (await ask(`/accounts/${account}/export`)).text()
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  return lines.filter(({ type }) => type === 'reading').map(({ at, power_w }) => [at, power_w] as const)
}

/** Every acknowledged reading of a stream stands, with its own power, and none stands twice. */
export function expectWhole(stream: Stream, held: readonly (readonly [string, number])[]): void {
  expect(new Set(held.map(([at]) => at)).size).toBe(held.length)
  const byInstant = new Map(held)
  expect([...stream.acknowledged].filter(([at, powerW]) => byInstant.get(at) !== powerW)).toEqual([])
}
