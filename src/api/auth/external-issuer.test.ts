/** An issuer is found by its name as it gives it, and its tokens are taken only where they carry that name. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
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

const issuerOf = (issuer: string) => externalIssuer({ issuer, audience: undefined, machineClock: Date.now })
const tokenOf = async (issuer: string) =>
  await new SignJWT({ azp: 'app' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(issuer)
    .setExpirationTime('1h')
    .sign(privateKey)

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

test('an issuer that names itself otherwise is not believed, and both names are told', async () => {
  documents.set('/.well-known/openid-configuration', { issuer: `${origin}/`, jwks_uri: `${origin}/keys` })
  const refusal = await issuerOf(origin)
    .lookUp()
    .catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'issuer_unreachable', message: expect.stringContaining(`"${origin}/"`) })
  expect(refusal).toMatchObject({ message: expect.stringContaining(`"${origin}"`) })
})
