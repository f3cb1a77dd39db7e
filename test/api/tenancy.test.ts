/** One client never sees another's home: shown on every route there is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routeTable } from '../support/route-table.ts'
import { competitor, register, retailer, startTestServer, type TestServer } from '../support/test-server.ts'

const routes = await routeTable()
const ofAccounts = routes.filter(({ url }) => url.includes(':account_number'))
const withToken = routes.filter(({ isPublic, isHidden, url }) => !isPublic && !(isHidden && url.startsWith('/docs')))
let server: TestServer

/** A request that would succeed, were the account one's own. */
function requestOf({ method, url }: (typeof routes)[number], account: string) {
  const path = url.replace(':account_number', account).replace(':device_id', 'dev-00000000000000000000')
  const bodies: Record<string, string> = {
    '/accounts/:account_number/closure': '{"on":"2026-03-01"}',
    '/accounts/:account_number/onboarding': '{}',
    '/accounts/:account_number/readings': '{"readings":[]}',
    '/accounts/:account_number/devices': '{"kind":"json"}',
  }
  const isPeriod = /consumption(\/(distribution|performance|habits))?$|usages$/.test(url)
  const body = method === 'POST' ? bodies[url] : undefined
  if (url === '/accounts/:account_number/greenness') return { method, path: `${path}?appliance=dishwasher`, body }
  return { method, path: isPeriod ? `${path}?period=yesterday` : path, body }
}

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z')
  await register(server, 'home-a', 'IT001E00000001')
  const body = '{"readings":[{"at":"2026-03-09T12:00:00Z","power_w":500}]}'
  expect((await server.send('POST', '/accounts/home-a/readings', body)).status).toBe(200)
  await server.analysed('home-a')
})

afterAll(async () => {
  await server?.stop()
})

describe('one client never sees the home of another', () => {
  test('there are as many routes under an account as the contract has', () => {
    expect(ofAccounts).toHaveLength(22)
    expect(withToken).toHaveLength(26)
  })

  test.each(ofAccounts.map((route) => [`${route.method} ${route.url}`, route] as const))(
    '%s answers 404, exactly as for an account that nobody has',
    async (_name, route) => {
      const answers = []
      for (const account of ['home-a', 'home-x']) {
        const { method, path, body } = requestOf(route, account)
        const response = await server.send(method, path, body, { client: competitor })
        const { request_id: _id, ...problem } = (await response.json()) as Record<string, unknown>
        answers.push({ status: response.status, problem })
      }
      expect(answers[0]).toMatchObject({ status: 404, problem: { code: 'account_not_found' } })
      expect(answers[0]).toEqual(answers[1])
    },
  )

  test.each(withToken.map((route) => [`${route.method} ${route.url}`, route] as const))(
    '%s asks for a token',
    async (_name, route) => {
      const { method, path, body } = requestOf(route, 'home-a')
      const response = await fetch(`${server.baseUrl}${path}`, {
        method,
        ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
      })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="loadlens"$/)
      expect(await response.json()).toMatchObject({ code: 'token_missing', status: 401 })
    },
  )

  test('the home is untouched after all of it', async () => {
    expect(await server.get('/accounts/home-a')).toMatchObject({ closed_on: null, readings: { count: 1 } })
  })

  test('the same number and the same POD under another client are another home', async () => {
    const body = JSON.stringify({ pod: 'IT001E00000001', account_number: 'home-a', company_code: 'ACME' })
    expect((await server.send('POST', '/accounts', body, { client: competitor })).status).toBe(200)
    const response = await server.send('GET', '/accounts/home-a', undefined, { client: competitor })
    expect(((await response.json()) as { data: { readings: unknown } }).data.readings).toBeNull()
    const listed = await server.send('GET', '/accounts', undefined, { client: competitor })
    expect(((await listed.json()) as { data: { accounts: unknown[] } }).data.accounts).toHaveLength(1)
    await server.send('DELETE', '/accounts/home-a', undefined, { client: competitor })
    expect(await server.get('/accounts/home-a')).toMatchObject({ readings: { count: 1 } })
  })

  test.each([
    ['another client', competitor],
    ['the same client', retailer],
  ])('a device is not deleted through a home of %s, though its id is known', async (_whose, client) => {
    const { device_id } = await server.post('/accounts/home-a/devices', { kind: 'json' })
    const body = JSON.stringify({ pod: 'IT001E00000002', account_number: 'home-b', company_code: 'ACME' })
    expect((await server.send('POST', '/accounts', body, { client })).status).toBe(200)
    const response = await server.send('DELETE', `/accounts/home-b/devices/${device_id}`, undefined, { client })
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'device_not_found' }])
    const { devices } = await server.get('/accounts/home-a/devices')
    expect(devices.map((device: { device_id: string }) => device.device_id)).toContain(device_id)
  })
})
