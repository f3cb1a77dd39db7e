/** Folders and disks that the embedded database cannot be used on: what is told, and what is left behind. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand, runProgram, startCommand } from '../support/command.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'loadlens-test-'))
})
afterEach(async () => await rm(dataDir, { recursive: true, force: true }))

const listClients = () => runCommand(['client', 'list'], { LOADLENS_DATA_DIR: dataDir })

/** Makes a disk of its own of the folder. @returns whether this machine lets it */
function mount(sizeMb: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', dataDir], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('a first start on a full disk says so and leaves nothing there', async ({ skip }) => {
  skip(!mount(20), 'no disk can be mounted here')
  try {
    const { exitCode, stderr } = await listClients()
    expect([exitCode, stderr]).toEqual([
      1,
      `loadlens: The embedded database in ${dataDir} cannot be used: no space left on the disk. Make room on its disk.\n`,
    ])
    expect(await readdir(dataDir)).toEqual([])
  } finally {
    execFileSync('umount', [dataDir])
  }
})

test('a process whose database a full disk holds up ends with a sentence', async ({ skip }) => {
  skip(!mount(160), 'no disk can be mounted here')
  try {
    const program = fileURLToPath(new URL('../support/fill-disk.ts', import.meta.url))
    const { exitCode, stderr } = await runProgram(program, [], { LOADLENS_DATA_DIR: dataDir })
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^loadlens: The embedded database in .* cannot be used: PostgreSQL does not answer, and the disk has only \d+ MB left\. Make room on its disk\.\n$/,
      ),
    ])
  } finally {
    execFileSync('umount', [dataDir])
  }
})

test('what a killed first start left half-made goes with the next one', async () => {
  await mkdir(join(dataDir, 'postgres.new-of-a-killed-start', 'base'), { recursive: true })
  expect((await listClients()).exitCode).toBe(0)
  expect(await readdir(dataDir)).toEqual(['postgres'])
})

test.skipIf(!existsSync('/proc'))(
  'a folder that the system does not make is told as that',
  async ({ onTestFinished }) => {
    const command = startCommand(['client', 'list'], { LOADLENS_DATA_DIR: '/proc/none/data' })
    onTestFinished(() => void command.kill('SIGKILL'))
    const closed = new Promise((resolve) => command.once('close', resolve))
    const said = await text(command.stderr as Readable)
    expect([await closed, said]).toEqual([
      1,
      expect.stringMatching(
        /^loadlens: The embedded database in \/proc\/none\/data cannot be used: ENOENT: .* Set LOADLENS_DATA_DIR to another folder that can be written\.\n$/,
      ),
    ])
  },
)

test('a first start makes the folders above its own', async () => {
  const deep = join(dataDir, 'above', 'data')
  expect((await runCommand(['client', 'list'], { LOADLENS_DATA_DIR: deep })).exitCode).toBe(0)
  expect(await readdir(deep)).toEqual(['postgres'])
})

/** Root reads and writes what it may not. */
test.skipIf(process.getuid?.() === 0).each([
  ['its folder may not be written', 'postgres', 0o500],
  ['its files may not be read', 'postgres/PG_VERSION', 0o000],
])('a database of which %s is told as that, not as one of another PostgreSQL', async (_name, path, mode) => {
  await mkdir(join(dataDir, 'postgres'))
  await writeFile(join(dataDir, 'postgres/PG_VERSION'), '18\n')
  await chmod(join(dataDir, path), mode)
  const { exitCode, stderr } = await listClients()
  await chmod(join(dataDir, path), 0o700)
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining(`The embedded database in ${dataDir} cannot be used: EACCES: permission denied`),
  ])
})
