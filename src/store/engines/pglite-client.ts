/** The asking side of the PGlite thread: statements in, rows out, in order. */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import {
  diskFull,
  openedMessageId,
  type PgliteFailure,
  type PgliteReply,
  type PgliteRequest,
  type PgliteWorkerData,
} from './pglite-messages.ts'
import type { SessionResult } from './pglite-session.ts'

/** An error of the embedded database, with the fields of `pg`'s errors that callers look at. */
export class PgliteError extends Error {
  override readonly name = 'PgliteError'
  readonly code: string | undefined
  readonly constraint: string | undefined

  constructor(failure: PgliteFailure) {
    super(failure.message)
    this.code = failure.code
    this.constraint = failure.constraint
  }
}

export interface PgliteClient {
  query(sql: string, parameters: readonly unknown[]): Promise<SessionResult>
  /** Closes the database and ends the thread. */
  close(): Promise<void>
}

interface Waiting {
  resolve(result: SessionResult): void
  reject(error: Error): void
}

/** How often it is looked at what the thread is at: a statement that is the oldest at two looks has had no answer for so long [ms]. */
const lookEveryMs = 60_000
/** Less is a disk nearly full: PostgreSQL needs its next file of the write-ahead log whole, 16 MB, and spins where it has no room [bytes]. */
const freeBytesMin = 32 * 1024 * 1024

/**
 * Starts the thread and opens the database in `folder`.
 *
 * A thread that does not answer while the disk is nearly full is ended: it would spin for good, also after space is made. One
 * that does not answer on a disk with space is slow, and is waited for.
 * @param onLost hears of an open database that is lost: no statement is answered any more
 * @throws {PgliteError} when PostgreSQL cannot start on it.
 */
export async function startPglite(
  data: PgliteWorkerData,
  onLost: (error: Error) => void = () => {},
): Promise<PgliteClient> {
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: data })
  const waiting = new Map<number, Waiting>()
  let isOpen = false
  let lost: Error | undefined
  const lose = (error: Error) => {
    if (lost !== undefined) return
    lost = error
    for (const { reject } of waiting.values()) reject(lost)
    waiting.clear()
    if (isOpen) onLost(lost)
  }
  const looking = lookAgainAndAgain(data.folder, waiting, (error) => {
    lose(error)
    void worker.terminate()
  })
  worker.on('error', lose)
  worker.on('exit', () => {
    clearInterval(looking)
    lose(new Error('The embedded database has stopped.'))
  })
  worker.on('message', (reply: PgliteReply) => settle(waiting, reply))

  const expect = (id: number) =>
    new Promise<SessionResult>((resolve, reject) => {
      if (lost === undefined) waiting.set(id, { resolve, reject })
      else reject(lost)
    })
  let lastId = openedMessageId
  const ask = (statement: PgliteRequest['statement']) => {
    lastId++
    const answer = expect(lastId)
    if (lost === undefined) worker.postMessage({ id: lastId, statement } satisfies PgliteRequest)
    return answer
  }

  try {
    await expect(openedMessageId)
  } catch (error) {
    await worker.terminate()
    throw error
  }
  isOpen = true
  return {
    query: (sql, parameters) => ask({ sql, parameters }),
    close: async () => {
      try {
        await ask(null)
      } finally {
        isOpen = false
        await worker.terminate()
      }
    },
  }
}

/** Looks whether the oldest statement is still the one of the look before and the disk nearly full; then it never gets an answer. */
function lookAgainAndAgain(
  folder: string,
  waiting: ReadonlyMap<number, Waiting>,
  onStuck: (error: Error) => void,
): NodeJS.Timeout {
  let before: number | undefined
  return setInterval(async () => {
    const [oldest] = waiting.keys()
    const isSlow = oldest !== undefined && oldest === before
    before = oldest
    if (!isSlow) return
    const freeBytes = await freeBytesOf(folder)
    if (freeBytes >= freeBytesMin || !waiting.has(oldest)) return
    const message = `PostgreSQL does not answer, and the disk has only ${Math.floor(freeBytes / 1024 ** 2)} MB left`
    onStuck(new PgliteError({ message, code: diskFull, constraint: undefined }))
  }, lookEveryMs)
}

/** What is free beside the folder, which may not be there yet; without end where the disk does not say. */
async function freeBytesOf(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dirname(folder))
    return bavail * bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function settle(waiting: Map<number, Waiting>, reply: PgliteReply): void {
  const one = waiting.get(reply.id)
  waiting.delete(reply.id)
  if ('error' in reply) one?.reject(new PgliteError(reply.error))
  else one?.resolve(reply.result)
}
