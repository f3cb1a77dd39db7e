/** An issuer is found by its name as it gives it, and its tokens are taken only where they carry that name. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { externalIssuer } from './external-issuer.ts'

const { privateKey, publicKey } = await generateKeyPair('RS256')
const documents = new Map<string, unknown>()
const server = createServer((request, response) => {
  const found = documents.get(request.url ?? '')
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(found ?? {}))
})
let origin = ''

beforeAll(async () => {
  documents.set('/keys', { keys: [await exportJWK(publicKey)] })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const now = Date.parse('2026-03-10T12:00:00Z')
const nowS = now / 1000
const issuerOf = (issuer: string, audience?: string) => externalIssuer({ issuer, audience, machineClock: () => now })
const tokenOf = async (issuer: string, claims: JWTPayload = { azp: 'app', exp: nowS + 3600 }) =>
  await new SignJWT({ ...claims, iss: issuer }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)

describe('an issuer is found', () => {
  test.each([
    ['at its root', '', '/.well-known/openid-configuration'],
    ['with a slash at the end', '/', '/.well-known/openid-configuration'],
    ['under a path', '/realms/home', '/realms/home/.well-known/openid-configuration'],
    ['under a path with a slash at the end', '/tenant/', '/tenant/.well-known/openid-configuration'],
    ['by RFC 8414', '/oauth/', '/.well-known/oauth-authorization-server/oauth'],
  ])('%s', async (_where, path, document) => {
    const name = `${origin}${path}`
    documents.set(document, { issuer: name, jwks_uri: `${origin}/keys`, token_endpoint: `${origin}/token` })
    const issuer = issuerOf(name)
    expect(issuer.tokenUrl()).toBe(name)
    expect(await issuer.verify(await tokenOf(name))).toEqual({ clientId: 'app' })
    expect(issuer.tokenUrl()).toBe(`${origin}/token`)
    const other = name.endsWith('/') ? name.slice(0, -1) : `${name}/`
    await expect(issuer.verify(await tokenOf(other))).rejects.toThrow('"iss"')
    documents.delete(document)
  })
})

describe('a token of an issuer that is known', () => {
  const name = () => `${origin}/known`
  beforeAll(() => {
    documents.set('/known/.well-known/openid-configuration', { issuer: name(), jwks_uri: `${origin}/keys` })
  })

  test.each([
    ['names its client by azp', { azp: 'app', exp: nowS + 1 }, undefined],
    ['names its client by client_id', { client_id: 'app', exp: nowS + 1 }, undefined],
    ['is for the audience that is set', { azp: 'app', exp: nowS + 1, aud: ['billing', 'loadlens'] }, 'loadlens'],
  ])('is taken where it %s', async (_why, claims, audience) => {
    const { verify } = issuerOf(name(), audience)
    expect(await verify(await tokenOf(name(), claims))).toEqual({ clientId: 'app' })
  })

  test.each([
    ['never expires', { azp: 'app' }, undefined, '"exp"'],
    ['has expired', { azp: 'app', exp: nowS }, undefined, '"exp"'],
    ['is for another audience', { azp: 'app', exp: nowS + 1, aud: 'billing' }, 'loadlens', '"aud"'],
    ['is for no audience where one is set', { azp: 'app', exp: nowS + 1 }, 'loadlens', '"aud"'],
    ['names no client', { sub: 'app', exp: nowS + 1 }, undefined, 'neither client_id nor azp'],
  ])('is refused where it %s', async (_why, claims, audience, why) => {
    const { verify } = issuerOf(name(), audience)
    await expect(verify(await tokenOf(name(), claims))).rejects.toThrow(why)
  })
})

test('an issuer that names itself otherwise is not believed, and both names are told', async () => {
  documents.set('/.well-known/openid-configuration', { issuer: `${origin}/`, jwks_uri: `${origin}/keys` })
  const refusal = await issuerOf(origin)
    .lookUp()
    .catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'issuer_unreachable', message: expect.stringContaining(`"${origin}/"`) })
  expect(refusal).toMatchObject({ message: expect.stringContaining(`"${origin}"`) })
})
