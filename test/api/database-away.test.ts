/** What clients are told while the PostgreSQL server cannot be reached, and that all goes on when it can be again. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeyRing } from '../../src/api/auth/key-ring.ts'
import { closeDatabase, openDatabase } from '../../src/store/index.ts'
import { postgresqlEngine, type TestDatabase } from '../support/databases.ts'
import { register, retailer, startTestServer, type TestServer, tokenOf } from '../support/test-server.ts'

/** A way to a server that can be cut and mended. */
class Line {
  readonly url: string
  readonly #server: Server
  readonly #ends = new Set<Socket>()
  readonly #port: number

  private constructor(server: Server, target: URL) {
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => {
      const far = connect(Number(target.port), target.hostname)
      for (const end of [socket, far])
        this.#ends.add(end.on('error', () => {}).on('close', () => this.#ends.delete(end)))
      socket.pipe(far).pipe(socket)
    })
    const url = new URL(target)
    url.host = `127.0.0.1:${this.#port}`
    this.url = url.href
  }

  static async to(url: string): Promise<Line> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Line(server, new URL(url))
  }

  /** Ends every connection; new ones are refused. */
  async cut(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const end of this.#ends) end.resetAndDestroy()
    await closed
  }

  async mend(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }
}

const engine = await postgresqlEngine()
afterAll(async () => await engine?.stop())

describe.skipIf(engine === undefined)('while the database cannot be reached', () => {
  let place: TestDatabase
  let line: Line
  let server: TestServer
  let token: string

  const start = async () =>
    await startTestServer('2026-03-10T12:00:00Z', { DATABASE_URL: line.url, LOADLENS_LOG_LEVEL: 'silent' })
  const ask = (path: string, bearer: string) =>
    fetch(`${server.baseUrl}${path}`, { headers: { authorization: `Bearer ${bearer}` } })

  beforeAll(async () => {
    place = (await engine?.create()) as TestDatabase
    line = await Line.to(place.databaseUrl ?? '')
    server = await start()
    await register(server, 'home', 'IT001E00000001')
    token = await tokenOf(server.baseUrl, retailer)
  })
  afterAll(async () => {
    await server?.stop()
    await line?.cut()
    await place?.remove()
  })

  test.each([
    ['GET', '/accounts'],
    ['GET', '/accounts/home/consumption?period=yesterday'],
    ['POST', '/accounts'],
    ['POST', '/accounts/home/readings'],
    ['GET', '/metrics'],
    ['GET', '/health/ready'],
  ])('%s %s is answered with not_ready and when to come again, and works afterwards', async (method, path) => {
    const pod = { pod: 'IT001E00000001', account_number: 'home', company_code: 'ACME' }
    const bodies = { '/accounts': JSON.stringify(pod), '/accounts/home/readings': '{"readings":[]}' }
    const body = method === 'POST' ? bodies[path as keyof typeof bodies] : undefined
    await line.cut()
    const answer = await server.send(method, path, body)
    await line.mend()
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ status: 503, code: 'not_ready' })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await server.send(method, path, body)).status).toBe(200)
  })

  test('a token is asked for in vain in the words of its standard', async () => {
    const credentials = { client_id: retailer.id, client_secret: retailer.secret }
    await line.cut()
    const answer = await fetch(`${server.baseUrl}/auth/token`, {
      method: 'POST',
      body: new URLSearchParams(credentials),
    })
    await line.mend()
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
      503,
      'temporarily_unavailable',
    ])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('a token is not called invalid because the keys cannot be read', async () => {
    const { port } = new URL(server.baseUrl)
    await server.stop()
    server = await startTestServer('2026-03-10T12:00:00Z', {
      DATABASE_URL: line.url,
      LOADLENS_LOG_LEVEL: 'silent',
      LOADLENS_PORT: port,
    })
    await line.cut()
    const cut = await ask('/accounts', token)
    await line.mend()
    expect([cut.status, ((await cut.json()) as { code: string }).code]).toEqual([503, 'not_ready'])
    expect((await ask('/accounts', token)).status).toBe(200)
  })

  test('the keys that are known serve on where others are looked for in vain', async () => {
    const db = await openDatabase({ dataDir: place.dataDir, databaseUrl: line.url })
    let now = Date.now()
    const ring = openKeyRing(db, () => now)
    const [known] = await ring.keys()
    now += 60_000
    await line.cut()
    await expect(ring.keyOf('unknown')).rejects.toThrow()
    expect(await ring.keyOf(known?.kid ?? '')).toEqual(known)
    expect(await ring.keys()).toEqual([known])
    await line.mend()
    expect(await ring.keyOf('unknown')).toBeUndefined()
    await closeDatabase(db)
  })

  test('a token of an unknown key is invalid once the keys can be read', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await new SignJWT({}).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'x' }).sign(privateKey)
    const answer = await ask('/accounts', forged)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'token_invalid'])
  })
})
