/** The commands do what their help says, with exit codes, and clear sentences where they refuse. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashSecret, verifySecret } from '../../src/api/auth/secrets.ts'
import { model } from '../../src/disaggregate/index.ts'
import {
  type Account,
  type Client,
  closeDatabase,
  createClient,
  findAccount,
  findClient,
  openDatabase,
  registerAccount,
  revokeClient,
  signingKeys,
} from '../../src/store/index.ts'
import { runCommand, startCommand } from '../support/command.ts'
import { putFreshDatabase } from '../support/databases.ts'

let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-commands-'))
  await putFreshDatabase(join(folder, 'data'))
  environment = {
    LOADLENS_DATA_DIR: join(folder, 'data'),
    LOADLENS_CLOCK_START: '2015-02-01T09:00:00Z',
    LOADLENS_PORT: '0',
  }
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('every command explains itself', () => {
  const commands = [
    [],
    ['serve'],
    ['demo'],
    ['client'],
    ['client', 'create'],
    ['client', 'list'],
    ['client', 'secret'],
    ['client', 'revoke'],
    ['signing-key'],
    ['signing-key', 'replace'],
    ['import'],
    ['reanalyse'],
    ['try'],
    ['disaggregate'],
    ['evaluate'],
    ['evaluate', 'homes'],
    ['evaluate', 'greenness'],
    ['grid'],
    ['grid', 'import'],
    ['grid', 'status'],
    ['peers'],
  ]
  test.each(commands.map((command) => [command.join(' ') || 'loadlens', command] as const))(
    '%s --help',
    async (_name, command) => {
      const { exitCode, stdout } = await runCommand([...command, '--help'])
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(/^Usage: loadlens/)
    },
  )

  test('an unknown command and a wrong setting are refused with what to do', async () => {
    const unknown = await runCommand(['brew'])
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringMatching(/unknown command.*\n.*--help/)])
    for (const misuse of [['client', 'bogus'], ['import'], ['serve', 'extra'], ['disaggregate']])
      expect([misuse, (await runCommand(misuse, environment)).exitCode]).toEqual([misuse, 2])
    const wrong = await runCommand(['client', 'list'], { ...environment, LOADLENS_PORT: 'eighty' })
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('LOADLENS_PORT takes a whole number')])
  })

  test('a name that looks like a setting and is none is named without its value, and the command goes on', async () => {
    const mistyped = { LOADLENS_PROT: '9000', LOADLENS_TERNA_SECRET: 'hunter2' }
    const { exitCode, stdout, stderr } = await runCommand(['client', 'list', '--json'], { ...environment, ...mistyped })
    expect([exitCode, stdout, stderr]).toEqual([
      0,
      '[]\n',
      'loadlens: no settings, and so not read: LOADLENS_PROT, LOADLENS_TERNA_SECRET (docs/settings.md lists them)\n',
    ])
  })
})

test.each([
  ['stdout', ['--help']],
  ['stderr', ['brew']],
] as const)('a reader of %s that goes away ends a command without a word', async (stream, args) => {
  const command = startCommand(args)
  const other = stream === 'stdout' ? command.stderr : command.stdout
  let said = ''
  other?.on('data', (bytes) => (said += bytes))
  command[stream]?.destroy()
  expect([await new Promise((resolve) => command.once('close', resolve)), said]).toEqual([141, ''])
})

/** Linux has a file that can be opened and not be written. */
test.skipIf(!existsSync('/dev/full'))('standard output that is full ends a command with a sentence', () => {
  const cli = fileURLToPath(new URL('../../src/app/cli.ts', import.meta.url))
  const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" --help > /dev/full', process.execPath, cli], {
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([1, 'loadlens: Standard output cannot be written (ENOSPC).\n'])
})

describe('clients', () => {
  test('are created with a secret that is shown once, listed, and revoked', async () => {
    const created = await runCommand(['client', 'create', 'my-app', '--company', 'ACME,BETA', '--json'], environment)
    expect(created.exitCode).toBe(0)
    const { client_secret } = JSON.parse(created.stdout) as { client_secret: string }
    expect(client_secret.length).toBeGreaterThan(40)
    expect((await runCommand(['client', 'create', 'my-app', '--company', 'ACME'], environment)).exitCode).toBe(1)
    const listed = await runCommand(['client', 'list'], environment)
    expect(listed.stdout).toBe('my-app  ACME,BETA\n')
    expect(listed.stdout).not.toContain(client_secret)
    expect((await runCommand(['client', 'create', 'gone', '--company', 'ACME'], environment)).exitCode).toBe(0)
    expect((await runCommand(['client', 'revoke', 'gone'], environment)).exitCode).toBe(0)
    expect((await runCommand(['client', 'revoke', 'gone'], environment)).exitCode).toBe(1)
  })

  test('get a new secret in place of the old one, and keep their accounts', async () => {
    await newClientWithAccount('leaky')
    const taken = await runCommand(['client', 'create', 'leaky', '--company', 'ACME'], environment)
    expect(taken.stderr).toContain('loadlens client secret leaky')
    const given = await runCommand(['client', 'secret', 'leaky', '--json'], {
      ...environment,
      LOADLENS_TOKEN_LIFETIME_S: '900',
    })
    expect([given.exitCode, given.stderr]).toEqual([
      0,
      expect.stringMatching(/Tokens given before end .* 900 s .*LOADLENS_TOKEN_LIFETIME_S/),
    ])
    const { client_secret, ...rest } = JSON.parse(given.stdout) as { client_secret: string }
    expect(rest).toEqual({ client_id: 'leaky', companies: ['ACME'] })
    const { client, account } = await stored('leaky')
    expect(await verifySecret(client_secret, client?.secretHash)).toBe(true)
    expect(await verifySecret('old-secret', client?.secretHash)).toBe(false)
    expect(account).toBeDefined()
  })

  test('that are revoked are not made again, and get no new secret, like those that are not there', async () => {
    const db = await openDatabase({ dataDir: environment.LOADLENS_DATA_DIR ?? '' })
    await createClient(db, { id: 'ended', secretHash: 'x', companies: ['ACME'], now: 0 })
    await revokeClient(db, 'ended', 1)
    await closeDatabase(db)
    const again = await runCommand(['client', 'create', 'ended', '--company', 'ACME'], environment)
    expect([again.exitCode, again.stderr]).toEqual([
      1,
      'loadlens: The client ended is revoked, and its id is not given again. Choose another id.\n',
    ])
    for (const id of ['ended', 'nobody']) {
      const { exitCode, stdout, stderr } = await runCommand(['client', 'secret', id], environment)
      expect([exitCode, stdout, stderr]).toEqual([1, '', expect.stringContaining(`There is no client ${id}, or it is`)])
    }
  })

  test('that have accounts are revoked only by who says so, and told how many nobody reaches then', async () => {
    await newClientWithAccount('housed')
    const refused = await runCommand(['client', 'revoke', 'housed'], environment)
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^loadlens: housed has 1 account that nobody else can reach.*client secret housed.*--yes\.\n$/,
      ),
    ])
    expect((await stored('housed')).client?.revokedAt).toBeNull()
    expect((await runCommand(['client', 'revoke', 'housed', '--yes'], environment)).exitCode).toBe(0)
    expect((await stored('housed')).client?.revokedAt).not.toBeNull()
    const again = await runCommand(['client', 'revoke', 'housed'], environment)
    expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('no client housed to revoke')])
  })

  async function newClientWithAccount(id: string): Promise<void> {
    const db = await openDatabase({ dataDir: environment.LOADLENS_DATA_DIR ?? '' })
    const secretHash = await hashSecret('old-secret')
    const client = await createClient(db, { id, secretHash, companies: ['ACME'], now: 0 })
    if (client === undefined) throw new Error('the client exists')
    await registerAccount(db, client.id, {
      pod: 'IT001E00000002',
      podKey: 'IT001E00000002',
      accountNumber: '1',
      companyCode: 'ACME',
      timeZone: 'Europe/Rome',
      now: 0,
    })
    await closeDatabase(db)
  }

  /** What the database holds of a client, and the account that it registered. */
  async function stored(id: string): Promise<{ client?: Client | undefined; account?: Account | undefined }> {
    const db = await openDatabase({ dataDir: environment.LOADLENS_DATA_DIR ?? '' })
    const client = await findClient(db, id)
    const account = client && (await findAccount(db, client.id, '1'))
    await closeDatabase(db)
    return { client, account }
  }

  test('get no secret here where another issuer has them', async () => {
    const issuer = { LOADLENS_OAUTH_ISSUER: 'https://id.example/realms/energy' }
    const { exitCode, stdout, stderr } = await runCommand(['client', 'secret', 'my-app'], { ...environment, ...issuer })
    expect([exitCode, stdout, stderr]).toEqual([
      1,
      '',
      'loadlens: Secrets are those of LOADLENS_OAUTH_ISSUER (https://id.example/realms/energy): change it there.\n',
    ])
    const key = await runCommand(['signing-key', 'replace'], { ...environment, ...issuer })
    expect([key.exitCode, key.stderr]).toEqual([
      1,
      'loadlens: Tokens are signed by LOADLENS_OAUTH_ISSUER (https://id.example/realms/energy): change the key there.\n',
    ])
  })

  test('have their tokens signed by one key, which each replacement changes', async () => {
    const replaced = async () => {
      const { exitCode, stdout, stderr } = await runCommand(['signing-key', 'replace'], environment)
      expect([exitCode, stdout, stderr]).toEqual([
        0,
        '',
        expect.stringMatching(/within 60 s, and refuse those given before/),
      ])
      const db = await openDatabase({ dataDir: environment.LOADLENS_DATA_DIR ?? '' })
      const keys = await signingKeys(db)
      await closeDatabase(db)
      return keys.map(({ kid }) => kid)
    }
    const [first] = await replaced()
    expect(await replaced()).toEqual([expect.not.stringMatching(first ?? '')])
  })
})

describe('import', () => {
  beforeAll(async () => {
    const db = await openDatabase({ dataDir: environment.LOADLENS_DATA_DIR ?? '' })
    const client = await findClient(db, 'my-app')
    if (client === undefined) throw new Error('the client is missing')
    const pod = 'IT001E00000001'
    await registerAccount(db, client.id, {
      pod,
      podKey: pod,
      accountNumber: '1',
      companyCode: 'ACME',
      timeZone: 'Europe/Rome',
      now: 0,
    })
    await closeDatabase(db)
  })

  test('reads files, names rejected rows, is safe to repeat, and analyses', async () => {
    const rows = Array.from(
      { length: 1440 },
      (_, minute) => `${new Date(Date.UTC(2015, 0, 20) + minute * 60_000).toISOString()},${100 + (minute % 7)}`,
    )
    const file = join(folder, 'day.csv.gz')
    await writeFile(file, gzipSync(['at,power_w', ...rows, 'yesterday,5'].join('\n')))
    const args = ['import', file, '--client', 'my-app', '--account', '1']
    const first = await runCommand(args, environment)
    expect(first.exitCode).toBe(0)
    expect(first.stdout).toBe(`${file} (csv): 1441 rows: 1440 accepted, 0 duplicates, 0 replaced, 1 rejected\n`)
    expect(first.stderr).toMatch(/row 1441: at_invalid/)
    expect(first.stderr).toMatch(/Analysing .*100%/)
    const second = await runCommand([...args, '--json'], environment)
    expect(JSON.parse(second.stdout)).toMatchObject([
      { file, received: 1441, accepted: 0, duplicates: 1440, rejected_count: 1 },
    ])
    const again = await runCommand(['reanalyse', '--json'], environment)
    expect([again.exitCode, JSON.parse(again.stdout)]).toEqual([0, { model, days: 0 }])
  })

  test('refuses what it cannot read, with what is missing', async () => {
    const broken = join(folder, 'broken.csv')
    await writeFile(broken, 'time,watts\n2015-01-20T00:00:00Z,5\n')
    const account = ['--client', 'my-app', '--account', '1']
    const cases: [string[], string][] = [
      [['import', broken, ...account], 'could not be read to the end'],
      [['import', join(folder, 'missing.csv'), ...account], 'is not a file'],
      [['import', broken, '--client', 'my-app', '--account', '2'], 'has no account 2'],
      [['import', broken, '--client', 'nobody', '--account', '2'], 'no client nobody'],
    ]
    for (const [args, sentence] of cases) {
      const { exitCode, stderr } = await runCommand(args, environment)
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(sentence)])
    }
  })
})

test('evaluate scores a folder of homes', async () => {
  const homes = await mkdtemp(join(folder, 'homes-'))
  await writeFile(
    join(homes, 'week.csv'),
    gunzipSync(bytesOf('../../data/homes/home-2.csv.gz'))
      .toString()
      .split('\n')
      .slice(0, 7 * 1440 + 1)
      .join('\n'),
  )
  const { exitCode, stdout } = await runCommand(['evaluate', 'homes', '--homes', homes, '--json'])
  expect(exitCode).toBe(0)
  const { scores } = JSON.parse(stdout) as { scores: { appliance: string; trueRuns: number }[] }
  expect(scores.map(({ appliance }) => appliance)).toEqual(['waterHeater', 'washingMachine', 'dishwasher'])
  expect(scores[0]?.trueRuns).toBeGreaterThan(0)
  const table = await runCommand(['evaluate', '--homes', homes])
  expect(table.stdout).toMatch(/run F1/)
})

test('peers counts the homes that can be compared with', async () => {
  const { exitCode, stdout } = await runCommand(['peers', '--json'], environment)
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, { homes: expect.any(Number) }])
})

test.each([
  ['reanalyse', 'DATABASE_URL', 'postgres://x:secret@127.0.0.1:1/z'],
  ['serve', 'DATABASE_URL', 'postgres://x:secret@127.0.0.1:1/z'],
  ['peers', 'LOADLENS_DATA_DIR', fileURLToPath(import.meta.url)],
  ['serve', 'LOADLENS_DATA_DIR', fileURLToPath(import.meta.url)],
])('%s says in a sentence that the database of %s cannot be used, and what to do', async (command, setting, value) => {
  const { exitCode, stderr } = await runCommand([command], { ...environment, [setting]: value })
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(new RegExp(`^loadlens: .* cannot be used: .* Set ${setting} to .*\\.\n$`))
  expect(stderr).not.toContain('secret')
})

test('the demo says that its port is taken before it loads anything', async () => {
  const taken = createServer().listen({ host: '127.0.0.1', port: 0 })
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { exitCode, stderr } = await runCommand(['demo'], { ...environment, LOADLENS_PORT: String(port) })
  taken.close()
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^loadlens: Port ${port} is taken`))])
})

test('a second process on one embedded database is refused, with the one that has it named', async () => {
  const server = startCommand(['serve'], { ...environment, LOADLENS_LOG_LEVEL: 'info' })
  await new Promise((resolve) => server.stdout?.once('data', resolve))
  try {
    const { exitCode, stderr } = await runCommand(['client', 'list'], environment)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(String(server.pid))
    expect(stderr).toContain('DATABASE_URL')
  } finally {
    server.kill('SIGTERM')
  }
  expect(await new Promise((resolve) => server.once('close', resolve))).toBe(0)
})

function bytesOf(path: string): Buffer {
  return readFileSync(new URL(path, import.meta.url))
}
