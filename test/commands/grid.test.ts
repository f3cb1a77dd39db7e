/** `loadlens grid` and the page of `evaluate greenness`: what a person sees of the grid's hours. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimGridFetch, closeDatabase, openDatabase, saveGridFetch } from '../../src/store/index.ts'
import { runCommand } from '../support/command.ts'
import { putFreshDatabase } from '../support/databases.ts'

let folder: string
let environment: Record<string, string>

/** Each command opens a database of its own. */
const patienceMs = 240_000

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-grid-'))
  environment = { LOADLENS_DATA_DIR: join(folder, 'var') }
  await putFreshDatabase(join(folder, 'var'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function fileOf(name: string, ...rows: string[]): Promise<string> {
  const path = join(folder, name)
  const text = rows.join('\n')
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

test('a file is read once, however often it is imported; bad hours are named and cost no good ones', {
  timeout: patienceMs,
}, async () => {
  const rows = ['utc,renewable_fraction', '2023-06-01T10:00Z,0.41', '2023-06-01T11:00Z,1.7', '2023-06-01T12:00Z,0.42']
  const path = await fileOf('hours.csv.gz', ...rows)
  const args = ['grid', 'import', path, '--zone', 'nord', '--json']
  const [first] = JSON.parse((await runCommand(args, environment)).stdout)
  expect(first).toMatchObject({
    zone: 'NORD',
    received: 3,
    accepted: 2,
    duplicates: 0,
    rejected_count: 1,
    rejected: [{ at: '2023-06-01T11:00:00Z', line: 3, code: 'share_out_of_range' }],
    from: '2023-06-01T10:00:00Z',
    to: '2023-06-01T13:00:00Z',
    missing_hours: 1,
  })
  const [again] = JSON.parse((await runCommand(args, environment)).stdout)
  expect(again).toMatchObject({ received: 3, accepted: 0, duplicates: 2, replaced: 0, rejected_count: 1 })
  const status = JSON.parse((await runCommand(['grid', 'status', '--json'], environment)).stdout)
  expect(status).toEqual({
    holdings: [
      {
        zone: 'NORD',
        kind: 'actual',
        source: 'file',
        hours: 2,
        from: '2023-06-01T10:00:00Z',
        to: '2023-06-01T13:00:00Z',
      },
    ],
    fetches: [],
  })
})

test('the status of a source says when it is asked next, and what was wrong', { timeout: patienceMs }, async () => {
  const db = await openDatabase({ dataDir: join(folder, 'var'), databaseUrl: undefined })
  const key = { source: 'entsoe', zone: 'IT' } as const
  const nextAt = Date.parse('2099-01-01T00:00:00Z')
  await claimGridFetch(db, key, 0, 1)
  await saveGridFetch(db, key, { now: 0, nextAt, failed: true, isAnswered: false, problem: 'It fails.' })
  await closeDatabase(db)
  expect((await runCommand(['grid', 'status'], environment)).stdout).toContain(
    'IT    entsoe: last success never, next 2099-01-01T00:00:00Z; It fails.',
  )
})

test('a forecast that cannot be read is named beside what was measured; the bar counts the hours', {
  timeout: patienceMs,
}, async () => {
  const rows = ['utc,load_mw,load_forecast_mw', '2023-06-01T10:00Z,25000,24000', '2023-06-01T11:00Z,25100,n/a']
  const path = await fileOf('forecasts.csv', ...rows)
  const args = ['grid', 'import', path, '--zone', 'sud']
  const said = await runCommand(args, environment)
  expect(said.stdout).toContain('SUD: 2 hours: 2 accepted, 0 duplicates, 0 replaced, 0 empty, 0 rejected')
  expect(said.stderr).toContain('1 hours of published forecasts, 1 rejected')
  expect(said.stderr).toContain('line 3, forecast of 2023-06-01T11:00Z: value_not_a_number')
  expect(said.stderr).toContain('3/3 hours')
  const [again] = JSON.parse((await runCommand([...args, '--json'], environment)).stdout)
  expect(again).toMatchObject({ received: 2, duplicates: 2, rejected_count: 0, forecast_hours: 1 })
  expect(again).toMatchObject({ forecast_rejected_count: 1, forecast_rejected: [{ code: 'value_not_a_number' }] })
})

test('what is no file, no history, or no zone is refused in a sentence', { timeout: patienceMs }, async () => {
  const wrong = await fileOf('wrong.csv', 'a,b', '1,2')
  for (const [args, exitCode, sentence] of [
    [[join(folder, 'none.csv')], 1, 'not a file that can be read'],
    [[wrong], 1, 'no history of a grid: a header with utc'],
    [[wrong, '--zone', 'MARS'], 2, '--zone takes one of IT, NORD'],
  ] as const) {
    const refused = await runCommand(['grid', 'import', ...args], environment)
    expect([refused.exitCode, refused.stderr]).toEqual([exitCode, expect.stringContaining(sentence)])
  }
})

test('the page of the back-test needs nothing beside itself', { timeout: patienceMs }, async () => {
  const path = join(folder, 'curves.html')
  const history = new URL('../../data/grid/IT.csv.gz', import.meta.url).pathname
  const span = ['--from', '2023-03-01', '--to', '2023-03-08']
  const { exitCode } = await runCommand([
    'evaluate',
    'greenness',
    '--history',
    history,
    ...span,
    '--plot',
    path,
    '--json',
  ])
  expect(exitCode).toBe(0)
  const page = await readFile(path, 'utf8')
  expect(page).not.toMatch(/(src|href)=["']http/)
  const content = JSON.parse(page.match(/id="content">(.*)<\/script>/)?.[1] ?? '')
  expect(content.months).toMatchObject([{ month: '2023-03', noon: expect.any(Number), dayBefore: expect.any(Number) }])
  expect(content.days.map(({ rank }: { rank: string }) => rank)).toEqual(['good', 'median', 'bad'])
})

/** Linux has a file that can be opened and not be written. */
test.skipIf(!existsSync('/dev/full'))(
  'a page of the back-test that cannot be written costs no results, and one that has no folder is refused first',
  { timeout: patienceMs },
  async () => {
    const history = new URL('../../data/grid/IT.csv.gz', import.meta.url).pathname
    const args = ['evaluate', 'greenness', '--history', history, '--from', '2023-03-01', '--to', '2023-03-03', '--json']
    const full = await runCommand([...args, '--plot', '/dev/full'])
    expect(JSON.parse(full.stdout)).toMatchObject({ days: 2, mae_day_ahead: expect.any(Number) })
    expect(full.exitCode).toBe(1)
    expect(full.stderr).toMatch(/^Forecasting .*4\/4 days\n\nloadlens: \/dev\/full cannot be written \(ENOSPC\)\.\n$/ms)
    const nowhere = join(folder, 'none', 'curves.html')
    const refused = await runCommand([...args, '--plot', nowhere])
    expect([refused.exitCode, refused.stdout, refused.stderr]).toEqual([
      1,
      '',
      `loadlens: ${nowhere} cannot be written (ENOENT).\n`,
    ])
  },
)
