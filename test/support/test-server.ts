/** A whole server in this process, on a fresh database, with one client and a clock of the test's choice. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfiguration } from '../../src/app/configuration.ts'
import { startEngine, startServer, stopEngine } from '../../src/app/server.ts'

const clientId = 'test-client'
const clientSecret = 'test-secret-of-no-worth'

export interface TestServer {
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** The `data` of a GET that succeeds. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field, as a client without types would
  get(path: string): Promise<any>
  /** A request with the client's token. */
  send(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, contentType?: string): Promise<Response>
  /** Waits until everything received of an account is analysed. */
  analysed(accountNumber: string): Promise<void>
  stop(): Promise<void>
}

/** Starts a server whose clock begins at `clockStart`; settings are those of `docs/settings.md`. */
export async function startTestServer(clockStart: string, settings: Record<string, string> = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'loadlens-test-'))
  const configuration = readConfiguration({
    LOADLENS_PORT: '0',
    LOADLENS_DATA_DIR: dataDir,
    LOADLENS_CLOCK_START: clockStart,
    LOADLENS_CLIENTS: `${clientId}:${clientSecret}:ACME`,
    LOADLENS_LOG_LEVEL: 'error',
    ...settings,
  })
  const engine = await startEngine(configuration)
  const server = await startServer(engine)
  const token = await tokenOf(server.address)
  const send = (
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    contentType = 'application/json',
  ) =>
    fetch(`${server.address}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body }),
    })
  const get = async (path: string) => {
    const response = await send('GET', path)
    const answer = (await response.json()) as { data?: unknown }
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer.data
  }
  return {
    baseUrl: server.address,
    clientId,
    clientSecret,
    get,
    send,
    analysed: async (accountNumber) => {
      while (((await get(`/accounts/${accountNumber}`)) as { pending_days: number }).pending_days > 0) await pause(50)
    },
    stop: async () => {
      await server.stop()
      await stopEngine(engine)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function tokenOf(baseUrl: string): Promise<string> {
  const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret })
  const response = await fetch(`${baseUrl}/auth/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
