/** The asking side of the PGlite thread: statements in, rows out, in order. */
import { Worker } from 'node:worker_threads'
import {
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

/**
 * Starts the thread and opens the database in `folder`.
 * @throws {PgliteError} when PostgreSQL cannot start on it.
 */
export async function startPglite(data: PgliteWorkerData): Promise<PgliteClient> {
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: data })
  const waiting = new Map<number, Waiting>()
  let lost: Error | undefined
  const lose = (error: Error) => {
    lost ??= error
    for (const { reject } of waiting.values()) reject(lost)
    waiting.clear()
  }
  worker.on('error', lose)
  worker.on('exit', () => lose(new Error('The embedded database has stopped.')))
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
  return {
    query: (sql, parameters) => ask({ sql, parameters }),
    close: async () => {
      try {
        await ask(null)
      } finally {
        await worker.terminate()
      }
    },
  }
}

function settle(waiting: Map<number, Waiting>, reply: PgliteReply): void {
  const one = waiting.get(reply.id)
  waiting.delete(reply.id)
  if ('error' in reply) one?.reject(new PgliteError(reply.error))
  else one?.resolve(reply.result)
}
