/** `loadlens import` with files of other houses, as a user runs it: dry run, by POD, rejected rows with their lines. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, createClient, openDatabase, registerAccount } from '../../src/store/index.ts'
import { runCommand } from '../support/command.ts'
import { putFreshDatabase } from '../support/databases.ts'

const golden = (path: string) => join(import.meta.dirname, '../golden/files', path)
let environment: Record<string, string>
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-import-'))
  environment = { LOADLENS_DATA_DIR: join(folder, 'data'), LOADLENS_CLOCK_START: '2026-11-24T12:00:00Z' }
  await putFreshDatabase(join(folder, 'data'))
  const now = Date.parse('2026-01-01T00:00:00Z')
  const db = await openDatabase({ dataDir: environment.LOADLENS_DATA_DIR ?? '' })
  const client = await createClient(db, { id: 'my-app', companies: ['ACME'], secretHash: 'none', now })
  if (client === undefined) throw new Error('the client is there already')
  const pod = 'IT001E12345678'
  const home = { pod, podKey: pod, accountNumber: '0001', companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  await registerAccount(db, client.id, home)
  await closeDatabase(db)
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('a flow of the SII: a dry run keeps nothing, then rows go by POD, and unknown PODs are reported', async () => {
  const args = ['import', golden('sii/synthetic-pdo2g.xml'), '--client', 'my-app']
  const dry = await runCommand([...args, '--dry-run'], environment)
  expect(dry.exitCode).toBe(0)
  expect(dry.stdout).toMatch(/\(sii\): 384 rows: 288 accepted, .* 96 rejected \(a dry run: nothing was kept\)\n$/)
  expect(dry.stderr).not.toMatch(/Analysing/)
  const first = await runCommand(args, environment)
  expect(first.stdout).toMatch(/384 rows: 288 accepted, 0 duplicates, 0 replaced, 96 rejected\n$/)
  expect(first.stderr).toMatch(/line \d+, row \d+: pod_unknown: IT001E87654321/)
  expect(first.stderr).toMatch(/IT001E12345678, account 0001: 288 accepted/)
  const again = await runCommand([...args, '--json'], environment)
  expect(JSON.parse(again.stdout)).toMatchObject([
    {
      format: 'sii',
      accepted: 0,
      duplicates: 288,
      pods: [{ account_number: '0001' }, { pod: 'IT001E87654321', account_number: null, rejected_count: 96 }],
    },
  ])
})

test('a file without PODs needs an account, and one without units its unit', async () => {
  const args = ['import', golden('home-assistant/synthetic-register.csv'), '--client', 'my-app']
  const nowhere = await runCommand(args, environment)
  expect([nowhere.exitCode, nowhere.stderr]).toEqual([1, expect.stringContaining('pods_missing')])
  const named = await runCommand([...args, '--account', '0001', '--unit', 'kWh', '--dry-run', '--json'], environment)
  expect(JSON.parse(named.stdout)).toMatchObject([{ dry_run: true, format: 'home-assistant', accepted: 6 }])
})

test.each([
  ['home-assistant/synthetic-power-two-entities.csv', 'W'],
  ['home-assistant-json/synthetic-two-entities.json', undefined],
])(
  '%s has several entities: where nobody says which, no row is kept of it or of the files beside it',
  async (path, unit) => {
    const folderOfPlain = await mkdtemp(join(folder, 'plain-'))
    const plain = join(folderOfPlain, 'plain.csv')
    await writeFile(plain, 'at,power_w\n2025-10-01T00:00:00Z,5\n')
    const args = ['--client', 'my-app', '--account', '0001', ...(unit === undefined ? [] : ['--unit', unit])]
    const { exitCode, stdout, stderr } = await runCommand(['import', plain, golden(path), ...args], environment)
    expect([exitCode, stdout, stderr]).toEqual([
      1,
      '',
      `loadlens: ${golden(path)}: the file has "sensor.house_power" and "sensor.outside": name the one to read (entity). Nothing was imported.\n`,
    ])
    const dry = [...args, '--entity', 'sensor.house_power', '--dry-run', '--json']
    const held = await runCommand(['import', plain, golden(path), ...dry], environment)
    expect(JSON.parse(held.stdout)).toMatchObject([
      { accepted: 1, duplicates: 0 },
      { duplicates: 0, replaced: 0 },
    ])
  },
)

test('an entity that the file does not have fails the command, and those that it has are named', async () => {
  const file = golden('home-assistant/synthetic-power-two-entities.csv')
  const said = ['--client', 'my-app', '--account', '0001', '--unit', 'W', '--entity', 'sensor.house_powr']
  const { exitCode, stdout, stderr } = await runCommand(['import', file, ...said], environment)
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('0 rows: 0 accepted')])
  expect(stderr).toContain(
    'entity_missing: the file has no "sensor.house_powr": it has "sensor.house_power", "sensor.outside".\n',
  )
})

/** Without rights of its own a file is refused; root reads it all the same. */
test.skipIf(process.getuid?.() === 0)(
  'a file that may not be read is refused before anything is imported',
  async () => {
    const secret = join(folder, 'secret.csv')
    await writeFile(secret, 'at,power_w\n', { mode: 0 })
    const { exitCode, stderr } = await runCommand(['import', secret, '--client', 'my-app'], environment)
    expect([exitCode, stderr]).toEqual([1, `loadlens: ${secret} is not a file that can be read.\n`])
  },
)

/** Linux has a file that can be opened and not be read at its beginning. */
const unreadable = '/proc/self/mem'
test.skipIf(!existsSync(unreadable))('a file that breaks off says why', async () => {
  const args = ['import', unreadable, '--client', 'my-app', '--account', '0001']
  const { exitCode, stderr } = await runCommand(args, environment)
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining('body_incomplete: the body broke off before its end (EIO)'),
  ])
})
