/** Tokens: every way to ask for one, every way to be refused, and what a token opens. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { competitor, retailer, startTestServer, type TestServer, tokenOf } from '../support/test-server.ts'

const run = promisify(execFile)
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
let server: TestServer

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z')
})
afterAll(async () => {
  await server?.stop()
})

interface Ask {
  readonly body?: string | URLSearchParams
  readonly type?: string
  readonly authorization?: string
  readonly query?: string
  readonly method?: string
}

function ask({ body, type, authorization, query = '', method = 'POST' }: Ask): Promise<Response> {
  return fetch(`${server.baseUrl}/auth/token${query}`, {
    method,
    headers: {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...(body === undefined ? {} : { body }),
  })
}

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const credentials = { client_id: retailer.id, client_secret: retailer.secret }
const grant = 'grant_type=client_credentials'

describe('a token is given', () => {
  const ways: [string, Ask][] = [
    ['to a form', { body: new URLSearchParams({ ...credentials, grant_type: 'client_credentials' }) }],
    ['to a form without grant_type', { body: new URLSearchParams(credentials) }],
    ['to JSON', { body: JSON.stringify({ ...credentials, grant_type: 'client_credentials' }), type: json }],
    ['to HTTP Basic and a form', { body: grant, type: form, authorization: basic(retailer.id, retailer.secret) }],
    ['to HTTP Basic and nothing else', { authorization: basic(retailer.id, retailer.secret) }],
  ]
  test.each(ways)('%s', async (_name, request) => {
    const response = await ask(request)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const token = (await response.json()) as { access_token: string }
    expect(token).toEqual({ access_token: expect.any(String), expires_in: 36_000, token_type: 'Bearer' })
    const answer = await fetch(`${server.baseUrl}/accounts`, {
      headers: { authorization: `Bearer ${token.access_token}` },
    })
    expect(answer.status).toBe(200)
  })

  test('to openid-client, which finds the endpoint by its metadata', async () => {
    const options = { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' as const }
    const config = await openid.discovery(new URL(server.baseUrl), retailer.id, retailer.secret, undefined, options)
    const { access_token } = await openid.clientCredentialsGrant(config)
    const answer = await openid.fetchProtectedResource(
      config,
      access_token,
      new URL(`${server.baseUrl}/accounts`),
      'GET',
    )
    expect(answer.status).toBe(200)
  })

  test('to curl', async () => {
    const { stdout } = await run('curl', [
      '-s',
      '-u',
      `${retailer.id}:${retailer.secret}`,
      '-d',
      grant,
      `${server.baseUrl}/auth/token`,
    ])
    const { access_token } = JSON.parse(stdout) as { access_token: string }
    const answer = await run('curl', [
      '-s',
      '-H',
      `Authorization: Bearer ${access_token}`,
      `${server.baseUrl}/accounts`,
    ])
    expect(JSON.parse(answer.stdout)).toEqual({ status: 200, data: { accounts: [], next_cursor: null } })
  })

  test('that says what RFC 9068 asks for, and that the published keys verify', async () => {
    const token = await tokenOf(server.baseUrl, retailer)
    const keys = createRemoteJWKSet(new URL(`${server.baseUrl}/.well-known/jwks.json`))
    const { payload } = await jwtVerify(token, keys, {
      issuer: server.baseUrl,
      audience: server.baseUrl,
      typ: 'at+jwt',
    })
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
    expect(payload).toMatchObject({
      sub: retailer.id,
      client_id: retailer.id,
      azp: retailer.id,
      jti: expect.any(String),
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(36_000)
  })
})

describe('no token is given', () => {
  const refusals: [string, Ask, number, string][] = [
    [
      'to a wrong secret',
      { body: new URLSearchParams({ ...credentials, client_secret: 'wrong' }) },
      401,
      'invalid_client',
    ],
    [
      'to an unknown client',
      { body: new URLSearchParams({ ...credentials, client_id: 'nobody' }) },
      401,
      'invalid_client',
    ],
    [
      'to a wrong secret by Basic',
      { authorization: basic(retailer.id, 'wrong'), body: grant, type: form },
      401,
      'invalid_client',
    ],
    ['to no client at all', { body: grant, type: form }, 401, 'invalid_client'],
    [
      'to another grant',
      { body: new URLSearchParams({ ...credentials, grant_type: 'password' }) },
      400,
      'unsupported_grant_type',
    ],
    [
      'to a client that authenticates twice',
      { body: new URLSearchParams(credentials), authorization: basic(retailer.id, retailer.secret) },
      400,
      'invalid_request',
    ],
    [
      'to HTTP Basic of one client and the name of another',
      { body: `client_id=${competitor.id}`, type: form, authorization: basic(retailer.id, retailer.secret) },
      400,
      'invalid_request',
    ],
    ['to a scope', { body: new URLSearchParams({ ...credentials, scope: 'read' }) }, 400, 'invalid_scope'],
    [
      'to a parameter given twice',
      { body: `${new URLSearchParams(credentials)}&client_id=x`, type: form },
      400,
      'invalid_request',
    ],
    ['to parameters in the address', { query: `?${new URLSearchParams(credentials)}` }, 400, 'invalid_request'],
    ['to broken JSON', { body: '{', type: json }, 400, 'invalid_request'],
    ['to JSON that is no object', { body: '[]', type: json }, 400, 'invalid_request'],
    ['to a body of another type', { body: '<a/>', type: 'text/xml' }, 400, 'invalid_request'],
    ['to a body too large', { body: `client_id=${'x'.repeat(20_000)}`, type: form }, 413, 'invalid_request'],
    ['to another method', { method: 'GET' }, 405, 'invalid_request'],
  ]
  test.each(refusals)('%s', async (_name, request, status, error) => {
    const response = await ask(request)
    expect(await response.json()).toEqual({ error, error_description: expect.stringMatching(/^[\x20-\x7e]+$/) })
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('www-authenticate')).toEqual(status === 401 ? expect.stringMatching(/^Basic/) : null)
  })

  test('to a body too large, which is told how large one may be', async () => {
    const response = await ask({ body: `client_id=${'x'.repeat(20_000)}`, type: form })
    expect(await response.json()).toMatchObject({ error_description: 'A token request has at most 16 KiB.' })
  })

  test('to somebody who keeps guessing, who has to wait', async () => {
    const guesses = []
    for (let guess = 0; guess < 12; guess++) {
      const response = await ask({ body: new URLSearchParams({ client_id: 'guessed', client_secret: String(guess) }) })
      guesses.push(response.status)
      if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(guesses.slice(0, 10)).toEqual(Array(10).fill(401))
    expect(guesses.slice(10)).toEqual([429, 429])
    expect((await ask({ body: new URLSearchParams(credentials) })).status).toBe(200)
  })
})

describe('guessing', () => {
  type Guess = { readonly id: string; readonly secret?: string; readonly from?: string }

  async function statusOf(guessed: TestServer, { id, secret = 'wrong', from }: Guess): Promise<number> {
    const response = await fetch(`${guessed.baseUrl}/auth/token`, {
      method: 'POST',
      headers: { authorization: basic(id, secret), ...(from === undefined ? {} : { 'x-forwarded-for': from }) },
    })
    await response.bytes()
    return response.status
  }

  async function statusesOf(guessed: TestServer, guesses: readonly Guess[]): Promise<number[]> {
    const statuses = []
    for (const guess of guesses) statuses.push(await statusOf(guessed, guess))
    return statuses
  }

  test('of many clients is bounded however fast it comes, tells none that exists from one that does not, and locks out none with a token from there', async () => {
    const guessed = await startTestServer('2026-03-10T12:00:00Z')
    try {
      expect(await statusOf(guessed, retailer)).toBe(200)
      const strangers = Array.from({ length: 120 }, (_, one) => statusOf(guessed, { id: `stranger-${one}` }))
      const statuses = await Promise.all(strangers)
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(100)
      expect(await statusesOf(guessed, [{ id: 'stranger' }, { id: competitor.id }, competitor])).toEqual([
        429, 429, 429,
      ])
      expect(await statusOf(guessed, retailer)).toBe(200)
    } finally {
      await guessed.stop()
    }
  })

  test('of one client locks no other out, and is counted by no address that somebody untrusted names', async () => {
    const guesses = Array.from({ length: 11 }, (_, one) => ({ id: competitor.id, from: `203.0.113.${one}` }))
    expect(await statusesOf(server, guesses)).toEqual([...Array(10).fill(401), 429])
    expect(await statusOf(server, retailer)).toBe(200)
  })

  test('is counted by the address that a trusted proxy names, a network of IPv6 as one', async () => {
    const guessed = await startTestServer('2026-03-10T12:00:00Z', {
      LOADLENS_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1',
    })
    try {
      for (const addressOf of [
        (one: number) => `198.51.100.${one}, 203.0.113.1, 10.0.0.${one}`,
        (one: number) => `2001:db8::${one}`,
        (one: number) => `203.0.113.3:${40_000 + one}`,
      ]) {
        const guesses = Array.from({ length: 11 }, (_, one) => ({ id: retailer.id, from: addressOf(one) }))
        expect(await statusesOf(guessed, guesses)).toEqual([...Array(10).fill(401), 429])
      }
      expect(await statusOf(guessed, { ...retailer, from: '203.0.113.2' })).toBe(200)
    } finally {
      await guessed.stop()
    }
  })
})

describe('a request is refused', () => {
  async function withAuthorization(authorization: string): Promise<Response> {
    return await fetch(`${server.baseUrl}/accounts`, { headers: { authorization } })
  }

  test('with a token that was altered, of another key, or no token at all', async () => {
    const token = await tokenOf(server.baseUrl, retailer)
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const claims = decodeJwt(token)
    const { generateKeyPair } = await import('jose')
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await new SignJWT(claims).setProtectedHeader(decodeProtectedHeader(token) as never).sign(privateKey)
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`
    const other = Buffer.from(JSON.stringify({ ...claims, client_id: 'competitor' })).toString('base64url')
    for (const bad of [forged, none, `${header}.${other}.${signature}`, `${header}.${payload}.`, 'abc']) {
      const response = await withAuthorization(`Bearer ${bad}`)
      expect(await response.json()).toMatchObject({ status: 401, code: 'token_invalid' })
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="loadlens", error="invalid_token"')
    }
  })

  test('with a token whose lifetime is over, from that second on', async () => {
    const token = await tokenOf(server.baseUrl, retailer)
    const endAt = (decodeJwt(token).exp ?? 0) * 1000
    try {
      vi.useFakeTimers({ toFake: ['Date'], now: endAt - 1 })
      expect((await withAuthorization(`Bearer ${token}`)).status).toBe(200)
      vi.setSystemTime(endAt)
      const response = await withAuthorization(`Bearer ${token}`)
      expect([response.status, await response.json()]).toMatchObject([401, { code: 'token_invalid' }])
    } finally {
      vi.useRealTimers()
    }
  })

  test('with a header that is not one token', async () => {
    const response = await withAuthorization('Bearer one two')
    expect(await response.json()).toMatchObject({ status: 400, code: 'authorization_malformed' })
    expect((await withAuthorization('Basic abc')).status).toBe(401)
  })
})

describe('another issuer', () => {
  interface Described {
    readonly components: {
      readonly securitySchemes: {
        readonly oauth2: { readonly flows: { readonly clientCredentials: { readonly tokenUrl: string } } }
      }
    }
  }

  test('replaces the built-in one by configuration alone', async () => {
    const behind = await startTestServer('2026-03-10T12:00:00Z', { LOADLENS_OAUTH_ISSUER: server.baseUrl })
    try {
      const token = await tokenOf(server.baseUrl, retailer)
      const asked = await fetch(`${behind.baseUrl}/accounts`, { headers: { authorization: `Bearer ${token}` } })
      expect(asked.status).toBe(200)
      expect((await fetch(`${behind.baseUrl}/auth/token`, { method: 'POST' })).status).toBe(404)
      for (const path of ['/openapi.json', '/docs/json']) {
        const described = (await (await fetch(`${behind.baseUrl}${path}`)).json()) as Described
        const { tokenUrl } = described.components.securitySchemes.oauth2.flows.clientCredentials
        expect(tokenUrl).toBe(`${server.baseUrl}/auth/token`)
      }
    } finally {
      await behind.stop()
    }
  })

  test('that cannot be reached is 503, not a refusal of the token', async () => {
    const behind = await startTestServer('2026-03-10T12:00:00Z', { LOADLENS_OAUTH_ISSUER: 'http://127.0.0.1:9' })
    try {
      const token = await tokenOf(server.baseUrl, retailer)
      const asked = await fetch(`${behind.baseUrl}/accounts`, { headers: { authorization: `Bearer ${token}` } })
      expect(asked.status).toBe(503)
      expect(await asked.json()).toMatchObject({ code: 'issuer_unreachable' })
    } finally {
      await behind.stop()
    }
  })
})

test('a client beyond its limit waits, and others do not', async () => {
  const slow = await startTestServer('2026-03-10T12:00:00Z', { LOADLENS_REQUESTS_PER_MINUTE: '3' })
  try {
    const statuses = []
    for (let request = 0; request < 5; request++) {
      const response = await slow.send('GET', '/accounts')
      statuses.push(response.status)
      if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    expect((await slow.send('GET', '/accounts', undefined, { client: competitor })).status).toBe(200)
  } finally {
    await slow.stop()
  }
})
