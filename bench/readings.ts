/** Readings per second that the server acknowledges as durable, over HTTP on loopback: a year of minutes in each form. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfiguration } from '../src/app/configuration.ts'
import { startEngine, startServer, stopEngine } from '../src/app/server.ts'

const minutes = 525_600
const startAt = Date.UTC(2025, 0, 1)
const powers = Array.from({ length: minutes }, (_, minute) => 100 + ((minute * 7919) % 3000))
const at = (minute: number) => new Date(startAt + minute * 60_000).toISOString()

const forms: readonly [name: string, contentType: string, body: string][] = [
  ['CSV', 'text/csv', `at,power_w\n${powers.map((powerW, minute) => `${at(minute)},${powerW}`).join('\n')}\n`],
  [
    'NDJSON',
    'application/x-ndjson',
    powers.map((powerW, minute) => JSON.stringify({ at: at(minute), power_w: powerW })).join('\n'),
  ],
  ['dense JSON', 'application/json', JSON.stringify({ kind: 'power_w', start: at(0), interval_s: 60, values: powers })],
]

export async function benchReadings(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'loadlens-bench-'))
  const engine = await startEngine(
    readConfiguration({
      ...process.env,
      LOADLENS_DATA_DIR: dataDir,
      LOADLENS_PORT: '0',
      LOADLENS_CLOCK_START: '2026-01-02T00:00:00Z',
      LOADLENS_CLIENTS: 'bench:a-secret-of-no-worth:BENCH',
      LOADLENS_LOG_LEVEL: 'error',
    }),
  )
  const server = await startServer(engine)
  try {
    process.stdout.write(`\na year of minutes over HTTP, on ${engine.db.engine}\n`)
    const authorization = await authorizationOf(server.address)
    for (const [index, [name, contentType, body]] of forms.entries()) {
      const account = `bench-${index}`
      const pod = `IT001E0000000${index}`
      await send(
        `${server.address}/accounts`,
        authorization,
        'application/json',
        JSON.stringify({ pod, account_number: account, company_code: 'BENCH' }),
      )
      const startedAt = performance.now()
      await send(`${server.address}/accounts/${account}/readings`, authorization, contentType, body)
      const durationS = (performance.now() - startedAt) / 1000
      process.stdout.write(`  ${name.padEnd(24)} ${Math.round(minutes / durationS)} readings/s, durable\n`)
      const analysedS = await untilAnalysed(`${server.address}/accounts/${account}`, authorization)
      process.stdout.write(`  ${''.padEnd(24)} analysed ${analysedS.toFixed(1)} s after that\n`)
    }
  } finally {
    await server.stop()
    await stopEngine(engine)
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function authorizationOf(baseUrl: string): Promise<string> {
  const body = new URLSearchParams({ client_id: 'bench', client_secret: 'a-secret-of-no-worth' })
  const response = await fetch(`${baseUrl}/auth/token`, { method: 'POST', body })
  return `Bearer ${((await response.json()) as { access_token: string }).access_token}`
}

async function send(url: string, authorization: string, contentType: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { authorization, 'content-type': contentType }, body })
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  await response.bytes()
}

async function untilAnalysed(url: string, authorization: string): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const response = await fetch(url, { headers: { authorization } })
    const { data } = (await response.json()) as { data: { pending_days: number } }
    if (data.pending_days === 0) return (performance.now() - startedAt) / 1000
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
