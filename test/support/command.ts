/** The command line as a user runs it: a process of its own, in an environment of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../src/app/cli.ts', import.meta.url))

export interface CommandResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string>>

/** Starts a command; the caller ends it. */
export function startCommand(args: readonly string[], environment: Environment = {}): ChildProcess {
  return startProgram(cli, args, environment)
}

/** Starts a program of TypeScript, with no setting but those given; the caller ends it. */
export function startProgram(
  program: string,
  args: readonly string[],
  environment: Environment = {},
  stdin: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:DATABASE_URL$|LOADLENS_)/.test(name))
  return spawn(process.execPath, [program, ...args], {
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: [stdin, 'pipe', 'pipe'],
  })
}

/** Runs a command to its end. @param input what it reads from standard input; nothing where absent */
export async function runCommand(
  args: readonly string[],
  environment: Environment = {},
  input?: Uint8Array,
): Promise<CommandResult> {
  return await runProgram(cli, args, environment, input)
}

/** Runs a program of TypeScript to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: Environment = {},
  input?: Uint8Array,
): Promise<CommandResult> {
  const child = startProgram(program, args, environment, input === undefined ? 'ignore' : 'pipe')
  child.stdin?.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (bytes) => (stdout += bytes))
  child.stderr?.on('data', (bytes) => (stderr += bytes))
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { exitCode, stdout, stderr }
}

/** Waits until a process has printed something that matches, and gives the match. */
export async function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpMatchArray> {
  let text = ''
  return await new Promise((resolve, reject) => {
    child.stdout?.on('data', (bytes) => {
      text += bytes
      const match = text.match(pattern)
      if (match !== null) resolve(match)
    })
    child.once('close', (code) => reject(new Error(`ended with ${code} before it printed ${pattern}: ${text}`)))
  })
}
