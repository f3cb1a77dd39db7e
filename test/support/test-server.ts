/** A whole server in this process, on a fresh database, with two clients and a clock of the test's choice. */
import { readConfiguration } from '../../src/app/configuration.ts'
import { startEngine, startServer, stopEngine } from '../../src/app/server.ts'
import type { WorkerPool } from '../../src/app/workers/pool.ts'
import type { Database } from '../../src/store/index.ts'
import { configuredDatabase } from './databases.ts'

/** A client that the server knows from its start. */
export interface TestClient {
  readonly id: string
  readonly secret: string
}

export const retailer: TestClient = { id: 'retailer', secret: 'a-secret-of-no-worth' }
export const competitor: TestClient = { id: 'competitor', secret: 'another-secret-of-no-worth' }

export type Body = string | Uint8Array<ArrayBuffer>

export interface TestServer {
  readonly baseUrl: string
  /** The store behind it. */
  readonly db: Database
  /** The `data` of a GET that succeeds, as the retailer. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field, as a client without types would
  get(path: string): Promise<any>
  /** A request with the token of a client; JSON where nothing else is said. */
  send(method: string, path: string, body?: Body, options?: SendOptions): Promise<Response>
  /** The `data` of a request with a JSON body that succeeds. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  post(path: string, body: object): Promise<any>
  /** Waits until everything received of an account is analysed. */
  analysed(accountNumber: string): Promise<void>
  stop(): Promise<void>
}

interface SendOptions {
  readonly client?: TestClient
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Starts a server whose clock begins at `clockStart`; settings are those of `docs/settings.md`.
 * @param work what the test does in place of the worker threads
 */
export async function startTestServer(
  clockStart: string,
  settings: Record<string, string> = {},
  work: Partial<WorkerPool> = {},
): Promise<TestServer> {
  const database = await configuredDatabase()
  const configuration = readConfiguration({
    LOADLENS_PORT: '0',
    LOADLENS_DATA_DIR: database.dataDir,
    LOADLENS_CLOCK_START: clockStart,
    LOADLENS_CLIENTS: `${retailer.id}:${retailer.secret}:ACME,BETA;${competitor.id}:${competitor.secret}:ACME`,
    LOADLENS_LOG_LEVEL: 'error',
    ...(database.databaseUrl === undefined ? {} : { DATABASE_URL: database.databaseUrl }),
    ...settings,
  })
  const engine = await startEngine(configuration)
  const server = await startServer({ ...engine, pool: { ...engine.pool, ...work } }, { verifyAnswers: true })
  const tokens = new Map<TestClient, Promise<string>>()
  const send = async (method: string, path: string, body?: Body, options: SendOptions = {}) => {
    const { client = retailer, contentType = 'application/json', headers = {} } = options
    const token = await tokens.getOrInsertComputed(client, () => tokenOf(server.address, client))
    return await fetch(`${server.address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
  }
  const dataOf = async (method: string, path: string, body?: string) => {
    const response = await send(method, path, body)
    const answer = (await response.json()) as { data?: unknown }
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer.data
  }
  const get = (path: string) => dataOf('GET', path)
  return {
    baseUrl: server.address,
    db: engine.db,
    get,
    send,
    post: (path, body) => dataOf('POST', path, JSON.stringify(body)),
    analysed: async (accountNumber) => {
      while (((await get(`/accounts/${accountNumber}`)) as { pending_days: number }).pending_days > 0) await pause(50)
    },
    stop: async () => {
      await server.stop()
      await stopEngine(engine)
      await database.remove()
    },
  }
}

/** A token of a client, asked for with HTTP Basic. */
export async function tokenOf(baseUrl: string, { id, secret }: TestClient): Promise<string> {
  const response = await fetch(`${baseUrl}/auth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

/** Registers an account of the retailer. */
export async function register(server: TestServer, accountNumber: string, pod: string): Promise<void> {
  await server.post('/accounts', { pod, account_number: accountNumber, company_code: 'ACME' })
}

/** Lets other work have its turn for a while. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
