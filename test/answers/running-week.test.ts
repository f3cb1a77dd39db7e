/** Homes of coarse readings in the middle of a week, over HTTP: what has not closed is not answered, nor compared with what has, and nothing is told finer than it was read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { register, startTestServer, type TestServer } from '../support/test-server.ts'

const base = '/accounts/home'
let server: TestServer

/** Quarters of so many Wh each, from an instant on. */
const sendQuarters = (start: string, count: number, energyWh: number) =>
  server.post(`${base}/readings`, { kind: 'energy_wh', start, interval_s: 900, values: Array(count).fill(energyWh) })

beforeAll(async () => {
  // Wednesday, 13:16 in Italy.
  server = await startTestServer('2026-03-11T12:16:00Z')
  await register(server, 'home', 'IT001E00000001')
  // 400 W in the whole week before, 200 W in this one until noon of Wednesday.
  await sendQuarters('2026-03-01T23:00:00Z', 7 * 96, 100)
  await sendQuarters('2026-03-08T23:00:00Z', 2.5 * 96, 50)
  await server.analysed('home')
}, 120_000)

afterAll(async () => {
  await server?.stop()
})

test('the energy of a running week is compared with that of the week before until the same noon', async () => {
  const { total_consumption, meta } = await server.get(`${base}/consumption/distribution?period=this-week`)
  expect(total_consumption).toEqual({ selected_period: 60 * 200, previous_period: 60 * 400 })
  expect(meta).toMatchObject({ from: '2026-03-08T23:00:00Z', to: '2026-03-11T12:15:00Z' })
  expect(meta.previous).toEqual({ from: '2026-03-01T23:00:00Z', to: '2026-03-04T11:00:00Z', coverage: 1 })
})

test('the power of a running week ends with the newest closed slot of the length asked for', async () => {
  const ask = (resolution: string) => server.get(`${base}/consumption?period=this-week${resolution}`)
  const [quarters, hours] = [await ask(''), await ask('&resolution=3600')]
  expect([quarters.meta.to, quarters.electricity_data.index.at(-1)]).toEqual([
    '2026-03-11T12:15:00Z',
    '2026-03-11T12:00:00Z',
  ])
  expect([hours.meta.to, hours.electricity_data.index.at(-1)]).toEqual(['2026-03-11T12:00:00Z', '2026-03-11T11:00:00Z'])
})

test('slots finer than the readings are refused', async () => {
  const refused = await server.send('GET', `${base}/consumption?period=this-week&resolution=60`)
  const { errors } = (await refused.json()) as { errors: object[] }
  expect([refused.status, errors]).toMatchObject([400, [{ code: 'value_out_of_range' }]])
})

test('an hour of energy that ended minutes ago is power now, though it began more than an hour ago', async () => {
  await register(server, 'hours', 'IT001E00000002')
  const hour = { at: '2026-03-11T11:10:00Z', energy_wh: 500, interval_s: 3600 }
  await server.post('/accounts/hours/readings', { readings: [hour] })
  expect(await server.get('/accounts/hours/consumption/realtime')).toMatchObject({
    realtime_consumption: 500,
    measured_at: '2026-03-11T12:10:00Z',
  })
})
