/** Networks in worker threads: each thread has its own, and the process ends when the work is done. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram } from '../support/command.ts'

const program = fileURLToPath(new URL('../support/network-process.ts', import.meta.url))
const tiny = fileURLToPath(new URL('../golden/networks/tiny.onnx', import.meta.url))

test('a network runs in several worker threads, and the process ends cleanly', async () => {
  const { exitCode, stdout, stderr } = await runProgram(program, [tiny])
  expect([exitCode, stderr]).toEqual([0, ''])
  const sums = Array.from({ length: 8 }, (_, first) => 256 * 3 * first)
  expect(JSON.parse(stdout)).toEqual({ threads: 2, sums })
})
