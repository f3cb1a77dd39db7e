/** The demo answers every endpoint with figures, and pandas reads them. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { printed, startCommand } from '../support/command.ts'
import { tokenOf } from '../support/test-server.ts'

const run = promisify(execFile)
const python = await withPandas()
let folder: string
let child: ReturnType<typeof startCommand>
let access: { base_url: string; client_id: string; client_secret: string; account_number: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-demo-'))
  child = startCommand(['demo', '--json'], {
    LOADLENS_DATA_DIR: folder,
    LOADLENS_PORT: '0',
    // The demo leaves alone what a server has: its database, issuer, clients, platforms and limits.
    DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none',
    LOADLENS_OAUTH_ISSUER: 'http://127.0.0.1:1/realms/none',
    LOADLENS_PUBLIC_URL: 'https://energy.example',
    LOADLENS_CLIENTS: 'app:secret:ACME',
    LOADLENS_GRID_SOURCES: 'energy-charts',
    LOADLENS_ENERGY_CHARTS_URL: 'http://127.0.0.1:1',
    LOADLENS_REQUESTS_PER_MINUTE: '1',
    // The recording has holes; this is a day without one.
    LOADLENS_CLOCK_START: '2026-11-24T10:00:00Z',
  })
  access = JSON.parse((await printed(child, /^\{.*\}$/m))[0])
}, 180_000)

afterAll(async () => {
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGINT')
  await closed
  await rm(folder, { recursive: true, force: true })
})

/** A python that has pandas; the test that needs it is skipped where there is none. */
async function withPandas(): Promise<string | undefined> {
  for (const candidate of ['python3', '/usr/bin/python3']) {
    const found = await run(candidate, ['-c', 'import pandas']).catch(() => undefined)
    if (found !== undefined) return candidate
  }
  process.stderr.write('No python3 with pandas here: the example for it is not run.\n')
  return undefined
}

/** What is `null` in an answer, by its path; the meta may say that something has no reason. */
function nullsOf(value: unknown, path = ''): string[] {
  if (value === null) return [path]
  if (typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, one]) => (key === 'meta' ? [] : nullsOf(one, `${path}/${key}`)))
}

/** The `data` of what the demo's client asks for. */
async function answerTo<T>(path: string): Promise<T> {
  const { base_url, client_id, client_secret } = access
  const authorization = `Bearer ${await tokenOf(base_url, { id: client_id, secret: client_secret })}`
  const response = await fetch(`${base_url}${path}`, { headers: { authorization } })
  expect([path, response.status]).toEqual([path, 200])
  return ((await response.json()) as { data: T }).data
}

test('every endpoint answers with figures, not with null', async () => {
  const account = `/accounts/${access.account_number}`
  const paths = [
    `${account}/consumption/distribution?period=last-month`,
    `${account}/consumption/realtime`,
    `${account}/consumption/performance?period=last-month`,
    `${account}/consumption/habits?period=last-month`,
    `${account}/consumption/trend`,
    `${account}/consumption/yearly-distribution`,
    `${account}/consumption/compound`,
    `${account}/usages?period=last-month`,
    `${account}/saving`,
    `${account}/greenness?appliance=dishwasher`,
    '/greenness',
  ]
  for (const path of paths) {
    const data = await answerTo<{ meta: { reason: string | null } }>(path)
    expect([path, data.meta.reason]).toEqual([path, null])
    expect(
      nullsOf(data).filter((place) => !place.startsWith('/performance/peers/fallback')),
      path,
    ).toEqual([])
  }
  for (const path of [`${account}/consumption?period=last-week`, `${account}/consumption/latest`]) {
    const { electricity_data } = await answerTo<{ electricity_data: { data: (number | null)[][] } }>(path)
    const measured = electricity_data.data.filter(([first]) => first !== null)
    expect(measured.length).toBeGreaterThan(0)
  }
  const { usages } = await answerTo<{ usages: { appliance: string }[] }>(`${account}/usages?period=last-month`)
  const inRuns = ['washingMachine', 'dishwasher', 'microwave', 'kettle']
  expect(new Set(usages.map(({ appliance }) => appliance))).toEqual(new Set(inRuns))
  const { saving_data } = await answerTo<{ saving_data: { appliance: string }[] }>(`${account}/saving`)
  expect(saving_data.map(({ appliance }) => appliance)).toEqual(['fridge', ...inRuns, 'standby'])
})

test.skipIf(python === undefined)('pandas reads electricity_data of every endpoint', async () => {
  const example = fileURLToPath(new URL('../../examples/read_with_pandas.py', import.meta.url))
  const { base_url, client_id, client_secret, account_number } = access
  const { stdout } = await run(python ?? '', [example, base_url, client_id, client_secret, account_number])
  const shapes = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0], line.split(' ').slice(1, 3).map(Number)]),
  )
  expect(shapes['consumption/trend']).toEqual([12, 3])
  expect(shapes['consumption/compound']?.[0]).toBe(12)
  expect(shapes['consumption/distribution?period=last-week']?.[0]).toBe(1)
  expect(shapes['consumption?period=last-week']?.[0]).toBe(7 * 1440)
  expect(Object.keys(shapes)).toHaveLength(8)
})
