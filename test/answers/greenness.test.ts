/** Greenness over HTTP: from a source on loopback into the answers, without a request ever waiting for the source. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { GridEvent } from '../../src/energy/grid-hours.ts'
import { readGridCsv } from '../../src/ingest/grid/index.ts'
import { type GridSourceServer, type SourceReply, startGridSource } from '../support/grid-source.ts'
import { type RawMinute, rawMinutes } from '../support/raw-minutes.ts'
import { pause, register, startTestServer, type TestServer } from '../support/test-server.ts'

const clockStart = '2023-06-15T10:20:00Z'
let history: readonly GridEvent[]
let server: TestServer | undefined
let source: GridSourceServer | undefined

beforeAll(() => {
  const file = new URL('../../data/grid/IT.csv.gz', import.meta.url)
  history = readGridCsv(gunzipSync(readFileSync(file)).toString(), 'IT').hours
})
afterEach(async () => {
  await server?.stop()
  await source?.stop()
})

/** `public_power` of the days asked for, from the history. */
function publicPower(url: URL): SourceReply {
  const [from, to] = ['start', 'end'].map((name) => Date.parse(`${url.searchParams.get(name)}T00:00:00Z`))
  const days = history.filter(({ startAt }) => startAt >= (from ?? 0) && startAt < (to ?? 0) + 86_400_000)
  const column = (read: (hour: GridEvent) => number | null) => days.map(read)
  const types = {
    Solar: column(({ solarMw }) => solarMw),
    'Wind onshore': column(({ windMw }) => windMw),
    Geothermal: column(({ otherRenewableMw }) => otherRenewableMw),
    'Fossil gas': column(({ generationMw, solarMw, windMw, otherRenewableMw }) =>
      generationMw === null ? null : generationMw - (solarMw ?? 0) - (windMw ?? 0) - (otherRenewableMw ?? 0),
    ),
    Load: column(({ loadMw }) => loadMw),
  }
  return {
    body: JSON.stringify({
      unix_seconds: days.map(({ startAt }) => startAt / 1000),
      production_types: Object.entries(types).map(([name, data]) => ({ name, data })),
    }),
  }
}

async function startWith(reply: (url: URL) => SourceReply, zones = 'IT') {
  source = await startGridSource(({ url }) => reply(url))
  server = await startTestServer(clockStart, {
    LOADLENS_GRID_SOURCES: 'energy-charts',
    LOADLENS_ENERGY_CHARTS_URL: source.url,
    LOADLENS_GRID_ZONES: zones,
    LOADLENS_LOG_LEVEL: 'fatal',
  })
  return server
}

test('measured hours come from the source, the rest is forecast from them, and both say so', {
  timeout: 240_000,
}, async () => {
  const { get } = await startWith((url) => (url.pathname === '/public_power' ? publicPower(url) : 404))
  let data = await get('/greenness')
  while (data.meta.coverage < 0.9) {
    await pause(50)
    data = await get('/greenness')
  }
  const kinds = data.meta.hours.map(({ kind }: { kind: string }) => kind)
  expect(kinds).toEqual([...Array(12).fill('actual'), ...Array(36).fill('forecast')])
  const measured = history.find(({ startAt }) => startAt === Date.parse('2023-06-15T09:00:00Z'))
  expect(data.time_series.data[11][0]).toBeCloseTo(measured?.renewableShare ?? 0, 4)
  expect(data.meta.hours[11]).toMatchObject({ source: 'energy-charts', model: null, made_at: '2023-06-15T10:00:00Z' })
  expect(data.meta).toMatchObject({ model: 'ridge-3', estimated: false, reason: null, zone: 'IT' })
  expect(data.meta.attribution).toContainEqual(expect.objectContaining({ licence: 'CC BY 4.0' }))
  expect(data.best_windows.length).toBeGreaterThan(0)
})

test('a source that never answers costs no request anything: the answer is a substitute and says so', async () => {
  const { get } = await startWith(() => 'never')
  const data = await get('/greenness')
  expect(new Set(data.meta.hours.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['substitute']))
  expect(data.meta).toMatchObject({ estimated: true, model: 'climatology-2', reason: null, coverage: 0 })
})

test('a zone that is asked for and has no data yet is null; a home in it is told of Italy as a whole', async () => {
  const { get, send, post } = await startWith(() => 503, 'IT,NORD')
  const north = await get('/greenness?zone=nord')
  expect(north.meta).toMatchObject({ zone: 'NORD', reason: 'forecast_unavailable' })
  expect(north.time_series.data.flat().every((value: number | null) => value === null)).toBe(true)
  const unknown = await send('GET', '/greenness?zone=SUD')
  expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('IT, NORD')])

  if (server !== undefined) await register(server, 'home', 'IT001E00000001')
  await post('/accounts/home/onboarding', {
    house: { province: 'MI' },
    appliances: [{ appliance: 'dishwasher', quantity: 1 }],
  })
  const own = await get('/accounts/home/greenness?appliance=dishwasher')
  expect(own).toMatchObject({ best_starts: [], typical_run: null, usual: null })
  expect(own.meta).toMatchObject({ zone: 'IT', reason: 'no_readings', price_weight: 0.5 })
  expect(own.meta).toMatchObject({ zone_basis: 'no_zone_data', home_zone: 'NORD' })
  for (const [query, code] of [
    ['', 'field_missing'],
    ['?appliance=fridge', 'value_not_allowed'],
    ['?appliance=kettle', 'value_not_allowed'],
    ['?appliance=dishwasher&zone=SUD', 'value_not_allowed'],
    ['?appliance=dishwasher&price_weight=2', 'value_out_of_range'],
  ]) {
    const refused = await send('GET', `/accounts/home/greenness${query}`)
    const { errors } = (await refused.json()) as { errors: { code: string }[] }
    expect([query, refused.status, errors[0]?.code]).toEqual([query, 400, code])
  }
})

test('a run that readings have not followed to its end is a usage, and no typical run until it is over', {
  timeout: 120_000,
}, async () => {
  source = await startGridSource(() => 503)
  server = await startTestServer('2014-11-24T18:00:00Z', { LOADLENS_GRID_SOURCES: '', LOADLENS_LOG_LEVEL: 'fatal' })
  const { get, post, send, analysed } = server
  await register(server, 'washes-up', 'IT001E00000002')
  await post('/accounts/washes-up/onboarding', { appliances: [{ appliance: 'dishwasher', quantity: 1 }] })
  const runsAfter = async (minutes: readonly RawMinute[]): Promise<number> => {
    const rows = minutes.map(({ utc, powerW }) => `${utc.replace('Z', ':00Z')},${powerW ?? ''}`).join('\n')
    await send('POST', '/accounts/washes-up/readings', `at,power_w\n${rows}`, { contentType: 'text/csv' })
    await analysed('washes-up')
    return (await get('/accounts/washes-up/greenness?appliance=dishwasher')).typical_run.runs
  }
  // home-1 washes up from 13:20 to 15:44.
  const minutes = rawMinutes('2014-11-16T23:00Z', '2014-11-24T18:00Z')
  const seen = minutes.findIndex(({ utc }) => utc === '2014-11-24T14:30Z')
  const before = await runsAfter(minutes.slice(0, seen))
  const { usages } = await get('/accounts/washes-up/usages?period=this-week')
  expect(usages.at(-1)).toMatchObject({ start: expect.stringMatching(/^2014-11-24T13/) })
  // Power holds for five minutes.
  expect(Date.parse(usages.at(-1).stop)).toBeLessThanOrEqual(Date.parse('2014-11-24T14:35:00Z'))
  expect(await runsAfter(minutes.slice(seen))).toBe(before + 1)
})
