/** Networks in worker threads: each thread has its own, and the process ends when the work is done. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram } from '../support/command.ts'

const program = fileURLToPath(new URL('../support/network-process.ts', import.meta.url))
const serverThreads = fileURLToPath(new URL('../support/pool-process.ts', import.meta.url))
const tiny = fileURLToPath(new URL('../golden/networks/tiny.onnx', import.meta.url))

test('a network runs in several worker threads, and the process ends cleanly', async () => {
  const { exitCode, stdout, stderr } = await runProgram(program, [tiny])
  expect([exitCode, stderr]).toEqual([0, ''])
  const sums = Array.from({ length: 8 }, (_, first) => 256 * 3 * first)
  expect(JSON.parse(stdout)).toEqual({ threads: 2, sums })
})

test('the runtime of the networks reports to nobody, and leaves nothing in the home of its user', async () => {
  // Where it takes the machine for one that builds or tests, the runtime is silent anyway.
  const builder = { CI: '', GITHUB_ACTIONS: '', TF_BUILD: '', ORT_DISABLE_TELEMETRY: '' }
  for (const [run, args] of [
    [serverThreads, []],
    [program, [tiny]],
  ] as const) {
    const home = await mkdtemp(join(tmpdir(), 'loadlens-home-'))
    const environment = { ...builder, HOME: home, XDG_CACHE_HOME: '', XDG_DATA_HOME: '' }
    expect(await runProgram(run, args, environment)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await readdir(home)).toEqual([])
    await rm(home, { recursive: true })
  }
})
