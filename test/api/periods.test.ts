/** One period is one time, whichever endpoint shows it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { register, startTestServer, type TestServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:05:00Z')
})
afterAll(async () => {
  await server?.stop()
})

test('a running period of quarter-hours and then minutes ends with the newest closed minute, on every endpoint', async () => {
  await register(server, 'changed', 'IT001E00000001')
  const dense = (kind: string, start: string, interval_s: number, length: number) =>
    server.post('/accounts/changed/readings', { kind, start, interval_s, values: Array.from({ length }, () => 50) })
  await dense('energy_wh', '2026-03-05T23:00:00Z', 900, 96)
  await dense('power_w', '2026-03-09T23:00:00Z', 60, 785)
  await server.analysed('changed')
  const answerOf = (path: string) => server.get(`/accounts/changed/${path}`)
  const endOf = async (path: string) => {
    const { to, coverage } = (await answerOf(`${path}period=this-month`)).meta
    return { to, coverage }
  }
  // The minute may pass meanwhile.
  const before = await endOf('consumption/distribution?')
  const paths = ['performance?', 'habits?', '?', '?resolution=3600&'].map(
    (path) => `consumption${path.startsWith('?') ? '' : '/'}${path}`,
  )
  const others = await Promise.all([...paths, 'usages?'].map(endOf))
  const after = await endOf('consumption/distribution?')
  expect(before.to).toMatch(/^2026-03-10T12:0[5-9]:00Z$/)
  for (const one of others) expect([before, after]).toContainEqual(one)
  const { index } = (await answerOf('consumption?period=this-month')).electricity_data
  expect(index.at(-1)).toBe('2026-03-10T11:45:00Z')
})
