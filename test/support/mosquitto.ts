/** A real Mosquitto broker for tests, where Debian's package (or another) has put one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './databases.ts'
import { pause } from './test-server.ts'

/** Debian puts it where an ordinary user's PATH does not look. */
const program = ['mosquitto', '/usr/sbin/mosquitto'].find(
  (path) => spawnSync(path, ['-h'], { stdio: 'ignore' }).error === undefined,
)

/** Whether there is one; a test that needs it says so and is skipped. */
export const hasMosquitto = program !== undefined
if (!hasMosquitto) process.stderr.write('There is no mosquitto here: the tests that need it are skipped.\n')

export interface Mosquitto {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a broker on loopback that takes anybody. */
export async function startMosquitto(): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'loadlens-mosquitto-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const settings = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'max_queued_messages 0',
    'set_tcp_nodelay true',
  ]
  const file = join(folder, 'mosquitto.conf')
  await writeFile(file, `${settings.join('\n')}\n`)
  const broker = spawn(program ?? '', ['-c', file], { stdio: 'ignore' })
  await untilListening(port, broker)
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      const closed = new Promise((resolve) => broker.once('close', resolve))
      broker.kill('SIGTERM')
      await closed
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilListening(port: number, broker: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isUp) return
    if (broker.exitCode !== null) break
    await pause(25)
  }
  throw new Error('mosquitto did not start')
}
