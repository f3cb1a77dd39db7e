/**
 * One process per data folder. PGlite takes no lock of its own, and two sessions on one folder destroy it.
 *
 * The lock is a file that names its holder, created exclusively. A holder that died (`kill -9`, power cut) leaves it
 * behind; it is taken over when nobody is alive behind it. Two signs of life, either suffices: a socket in the folder
 * that accepts connections (seen across containers too, where process ids say nothing), and a process of that id and
 * start time (where the folder cannot hold a socket).
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

/** Another process has the data folder open; the message names it. */
export class DataDirLockedError extends Error {
  override readonly name = 'DataDirLockedError'
  readonly pid: number

  constructor(dataDir: string, pid: number) {
    super(
      `The data folder ${dataDir} is in use by process ${pid}. ` +
        'Stop that process, or choose another folder with LOADLENS_DATA_DIR.',
    )
    this.pid = pid
  }
}

export interface DataDirLock {
  release(): Promise<void>
}

interface Holder {
  readonly pid: number
  /** Boot, process-id namespace and start time of the process: an id that was given to another process differs. */
  readonly identity: string
  /** Makes every lock different from every other. */
  readonly token: string
}

/** Longest path of a Unix socket that every system takes. */
const socketPathMax = 103

/**
 * Takes the lock.
 * @throws {DataDirLockedError} naming the process that holds it.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const path = join(dataDir, 'lock')
  const mine: Holder = { pid: process.pid, identity: identityOf(process.pid), token: randomUUID() }
  while (!createExclusively(path, mine)) {
    const holder = readHolder(path)
    if (holder === undefined) continue
    if (await isAlive(dataDir, holder)) throw new DataDirLockedError(dataDir, holder.pid)
    takeAway(path, holder)
  }
  const server = await showSignOfLife(dataDir, mine)
  return {
    release: async () => {
      if (readHolder(path)?.token === mine.token) rmSync(path, { force: true })
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
    },
  }
}

/** Writes the whole file under another name and links it: nobody ever reads half a lock. */
function createExclusively(path: string, mine: Holder): boolean {
  const draft = `${path}-${mine.token}`
  writeFileSync(draft, JSON.stringify(mine))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** The holder a lock names; an unreadable lock names a process that is not alive; `undefined` = there is no lock. */
function readHolder(path: string): Holder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { pid, identity, token } = JSON.parse(text) as Holder
    return { pid, identity, token }
  } catch {
    return { pid: 0, identity: '', token: '' }
  }
}

/** Removes the lock of a dead holder, and puts it back where another process was quicker and it is a new one already. */
function takeAway(path: string, dead: Holder): void {
  const aside = `${path}-${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const taken = readHolder(aside)
  if (taken?.token !== dead.token) {
    try {
      linkSync(aside, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  rmSync(aside, { force: true })
}

async function isAlive(dataDir: string, holder: Holder): Promise<boolean> {
  return (holder.pid > 0 && isSameProcess(holder)) || (await accepts(socketPath(dataDir, holder)))
}

function isSameProcess({ pid, identity }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return identityOf(pid) === identity
}

/** On Linux: boot, namespace and start time (field 22 of /proc/<pid>/stat, proc(5)); elsewhere nothing beyond the id. */
function identityOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')} ${startTicks}`
  } catch {
    return ''
  }
}

function socketPath(dataDir: string, holder: Holder): string {
  return join(dataDir, `lock-${holder.token.slice(0, 8)}.sock`)
}

async function showSignOfLife(dataDir: string, mine: Holder): Promise<Server | undefined> {
  const path = socketPath(dataDir, mine)
  if (process.platform === 'win32' || path.length > socketPathMax) return undefined
  const server = createServer((socket) => socket.destroy()).unref()
  return await new Promise((resolve) => {
    // Some mounted folders hold no sockets; the process id is the sign of life there.
    server.once('error', () => resolve(undefined))
    server.listen(path, () => resolve(server))
  })
}

async function accepts(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path)
    const settle = (alive: boolean) => {
      socket.destroy()
      resolve(alive)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
