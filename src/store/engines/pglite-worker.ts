/**
 * The thread that PGlite computes in. It answers one request after the other: PGlite is a single PostgreSQL session.
 *
 * With purpose `create` it only initialises the folder and ends: initdb runs as a second WebAssembly program, and the
 * memory of both goes back with the thread.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import {
  diskFull,
  openedMessageId,
  type PgliteFailure,
  type PgliteReply,
  type PgliteRequest,
  type PgliteWorkerData,
} from './pglite-messages.ts'
import { pgliteSession } from './pglite-session.ts'

/** 16 MB instead of 128: the operating system caches the files anyway, and the memory stays small. */
const settings = ['-c', 'shared_buffers=16MB', '-c', 'max_wal_size=64MB']

/** ENOSPC among the numbers that Emscripten's file system gives instead of messages (WASI's). */
const noSpace = 51

const nothing = { rows: [], command: '', affectedRows: undefined }

const { folder } = workerData as PgliteWorkerData
const port = parentPort
if (port === null) throw new Error('pglite-worker.ts runs in a worker thread')

const database = new PGlite({
  dataDir: folder,
  startParams: [...PGlite.defaultStartParams, ...settings],
})
const session = pgliteSession(database)

let last = Promise.resolve()
port.on('message', (request: PgliteRequest) => {
  last = last.then(async () => reply(await answer(request)))
})

try {
  await database.waitReady
  reply({ id: openedMessageId, result: nothing })
} catch (error) {
  reply({ id: openedMessageId, error: failureOf(error) })
}

function reply(message: PgliteReply): void {
  port?.postMessage(message)
}

async function answer({ id, statement }: PgliteRequest): Promise<PgliteReply> {
  try {
    if (statement === null) {
      await database.close()
      return { id, result: nothing }
    }
    return { id, result: await session.run(statement.sql, statement.parameters) }
  } catch (error) {
    return { id, error: failureOf(error) }
  }
}

function failureOf(error: unknown): PgliteFailure {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined)
  if (fields.errno === noSpace) return { message: 'no space left on the disk', code: diskFull, constraint: undefined }
  const number = fields.errno === undefined ? String(error) : `${text('name')} ${fields.errno}`
  return { message: text('message') ?? number, code: text('code'), constraint: text('constraint') }
}
