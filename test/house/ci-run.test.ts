/** The last line of `.ci/run` and its exit code say the same of every run of the tests. A stub stands for npm. */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../../.ci/run', import.meta.url))

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-ci-'))
  for (const tool of ['python3', 'mosquitto', 'apt-get']) await putTool(tool, 'exit 0')
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function putTool(name: string, body: string): Promise<void> {
  await writeFile(join(folder, name), `#!/usr/bin/env bash\n${body}\n`)
  await chmod(join(folder, name), 0o755)
}

interface Run {
  readonly failed?: number
  readonly exitCode?: number
  /** The text of the report; nothing is written where it is `null`. */
  readonly report?: string | null
}

/** What `.ci/run` ends with where its runs here and far away end like this. */
async function ciWith(here: Run, far: Run): Promise<{ lastLine: string | undefined; exitCode: number }> {
  const cases = Object.entries({ '': here, 'Pacific/Chatham': far }).map(([zone, run]) => {
    const { failed = 0, exitCode = failed === 0 ? 0 : 1 } = run
    const { report = JSON.stringify({ numPassedTests: 10, numFailedTests: failed, numPendingTests: 1 }) } = run
    return `'${zone}') ${report === null ? ':' : `echo '${report}' > "$file"`}; exit ${exitCode} ;;`
  })
  const findFile = `for word in "$@"; do case $word in --outputFile.json=*) file=\${word#*=} ;; esac; done`
  await putTool('npm', `[ "$1" = test ] || exit 0\n${findFile}\ncase "$TZ" in\n${cases.join('\n')}\nesac`)
  const env = { ...process.env, TZ: '', PATH: `${folder}${delimiter}${process.env.PATH}` }
  return await new Promise((resolve) => {
    execFile('bash', [script], { env }, (error, stdout) => {
      resolve({ lastLine: stdout.trimEnd().split('\n').at(-1), exitCode: error === null ? 0 : Number(error.code) })
    })
  })
}

test('the last line sums what passed, failed and was skipped over both runs', async () => {
  expect(await ciWith({}, {})).toEqual({ lastLine: '20 passed, 0 failed, 2 skipped', exitCode: 0 })
})

test.each<[string, Run, Run, string]>([
  ['here alone', { failed: 1 }, {}, '20 passed, 1 failed, 2 skipped'],
  ['far away alone', {}, { failed: 3 }, '20 passed, 3 failed, 2 skipped'],
  ['in a run that fails outside its tests', {}, { exitCode: 1 }, '20 passed, 1 failed, 2 skipped'],
  ['in a run without a report', {}, { report: null }, '10 passed, 1 failed, 1 skipped'],
  ['in a run whose report broke off', { report: '{"numPassed' }, {}, '10 passed, 1 failed, 1 skipped'],
  ['in a run whose report has no counts', { report: '{}' }, {}, '10 passed, 1 failed, 1 skipped'],
])('a failure %s is counted and makes the exit code 1', async (_where, here, far, lastLine) => {
  expect(await ciWith(here, far)).toEqual({ lastLine, exitCode: 1 })
})
