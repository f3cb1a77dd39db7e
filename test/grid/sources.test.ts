/** Each source of grid data in its own protocol, over HTTP, against a server on loopback that speaks it. */
import { afterEach, describe, expect, test } from 'vitest'
import {
  electricityMaps,
  energyCharts,
  entsoe,
  type GridAdapter,
  PoliteFetcher,
  type SourceQuestion,
  terna,
} from '../../src/ingest/grid/index.ts'
import {
  type AskedRequest,
  type GridSourceServer,
  goldenGrid,
  type SourceReply,
  startGridSource,
} from '../support/grid-source.ts'

const at = (text: string) => Date.parse(text)
const now = at('2026-07-22T14:30:00Z')
const question: SourceQuestion = {
  zone: 'IT',
  now,
  fromAt: at('2026-07-20T14:00:00Z'),
  toAt: at('2026-07-23T22:00:00Z'),
}

let source: GridSourceServer
afterEach(() => source.stop())

/** Reads from a source that answers as told; waits are skipped. */
async function readFrom(
  adapterAt: (url: string) => GridAdapter,
  reply: (request: AskedRequest) => SourceReply,
  asked: Partial<SourceQuestion> = {},
) {
  source = await startGridSource(reply)
  const fetcher = new PoliteFetcher({
    clock: () => now,
    pause: async () => {},
    spacingMs: 0,
    banMs: 600_000,
    timeoutMs: 2_000,
  })
  const { failure, ...said } = await adapterAt(source.url).read({ ...question, ...asked }, fetcher.ask)
  if (failure !== undefined) throw failure
  return said
}

describe('ENTSO-E', () => {
  const document = ({ url }: AskedRequest) =>
    `${url.searchParams.get('documentType')} ${url.searchParams.get('processType')}`
  const documents: Readonly<Record<string, string>> = {
    'A75 A16': 'entsoe-a75-curves-resolutions-consumption.synthetic.xml',
    'A65 A16': 'entsoe-a65-load.synthetic.xml',
    'A69 A01': 'entsoe-a69-wind-and-sun.synthetic.xml',
    'A65 A01': 'entsoe-a65-load-forecast.synthetic.xml',
  }
  const golden = (request: AskedRequest) => ({ body: goldenGrid(documents[document(request)] ?? '') })
  const noData = { status: 400, body: goldenGrid('entsoe-no-data.synthetic.xml') }
  const read = (reply: (request: AskedRequest) => SourceReply) => readFrom((url) => entsoe('key', url), reply)

  test('holds A03 points on, joins periods, mixes quarters with hours, leaves out what storage takes', async () => {
    const { events } = await read(golden)
    const actual = events.filter(({ kind }) => kind === 'actual')
    // 10 h: sun (1000 + 1000 + 1400 + 1400) / 4 = 1200, wind 500, river 2000; with storage 100 and gas 5000: 8800.
    expect(
      actual.map(({ solarMw, windMw, otherRenewableMw, generationMw }) => [
        solarMw,
        windMw,
        otherRenewableMw,
        generationMw,
      ]),
    ).toEqual([
      [1200, 500, 2000, 8800],
      [1400, 600, 2000, 9100],
      [1200, 700, 2000, 9000],
    ])
    expect(actual[0]).toMatchObject({
      zone: 'IT',
      source: 'entsoe',
      startAt: at('2026-07-22T10:00Z'),
      madeAt: at('2026-07-22T11:00Z'),
      durationS: 3600,
      renewableShare: 3700 / 8800,
      loadMw: 10_000,
      renewableShareOfLoad: 0.37,
    })
  })

  test('refuses an hour that lacks a kind which the other hours have', async () => {
    const { rejected } = await read(golden)
    expect(rejected).toMatchObject([{ at: '2026-07-22T13:00:00Z', code: 'hour_incomplete' }])
  })

  const generation = goldenGrid('entsoe-a75-curves-resolutions-consumption.synthetic.xml')
  const readGeneration = (body: string) =>
    read((request) => (document(request) === 'A75 A16' ? { body } : { ...noData, status: 200 }))

  test('makes no hour of a kind of which a quarter is missing', async () => {
    const point = (position: number) => `<Point><position>${position}</position><quantity>1000</quantity></Point>`
    const quarters = Array.from({ length: 16 }, (_, index) => index + 1).filter((position) => position !== 6)
    const body = generation
      .replace('<curveType>A03<', '<curveType>A01<')
      .replace(/(<Point>.*<\/Point>\s*){3}/, quarters.map(point).join(''))
    const { events, rejected } = await readGeneration(body)
    expect(events.map(({ startAt }) => startAt)).toEqual([at('2026-07-22T10:00Z'), at('2026-07-22T12:00Z')])
    expect(rejected[0]).toMatchObject({ at: '2026-07-22T11:00:00Z', code: 'hour_incomplete' })
  })

  test.each([
    ['by day, an hour without it is refused', '2026-07-22T1', []],
    ['by night, it gives nothing', '2026-07-22T0', [0]],
  ])('the sun may be left out while it is down: %s', async (_when, hour, solarMw) => {
    const body = generation
      .replace('<end>2026-07-22T14', '<end>2026-07-22T12')
      .replace('<Point><position>9</position><quantity>1200</quantity></Point>', '')
      .replaceAll('2026-07-22T1', hour)
    const { events, rejected } = await readGeneration(body)
    const third = at(`${hour}2:00Z`)
    expect(events.filter(({ startAt }) => startAt === third).map((event) => event.solarMw)).toEqual(solarMw)
    expect(rejected.filter((one) => at(one.at) === third)).toHaveLength(solarMw.length === 0 ? 1 : 0)
  })

  test('in winter, when the sun is down for most of the day, an hour at noon without it is refused as in summer', async () => {
    const series = (psrType: string, hours: readonly number[]) =>
      `<TimeSeries><quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A01</curveType><MktPSRType><psrType>${psrType}</psrType></MktPSRType><Period>
        <timeInterval><start>2025-12-22T00:00Z</start><end>2025-12-23T00:00Z</end></timeInterval><resolution>PT60M</resolution>
        ${hours.map((hour) => `<Point><position>${hour + 1}</position><quantity>1000</quantity></Point>`).join('')}
      </Period></TimeSeries>`
    const kinds = [series('B04', [...Array(24).keys()]), series('B16', [8, 9, 10, 12, 13, 14, 15])]
    const body = generation.replace(/<TimeSeries>[\s\S]*<\/TimeSeries>/, kinds.join(''))
    const { events, rejected } = await readGeneration(body)
    expect(rejected.map((one) => one.at)).toContain('2025-12-22T11:00:00Z')
    expect(events.map(({ startAt }) => startAt)).not.toContain(at('2025-12-22T11:00Z'))
    expect(events.find(({ startAt }) => startAt === at('2025-12-22T12:00Z'))?.solarMw).toBe(1000)
    expect(events.find(({ startAt }) => startAt === at('2025-12-22T22:00Z'))?.solarMw).toBe(0)
  })

  test('gives wind, sun and load of tomorrow as published, with the time of the document', async () => {
    const { events } = await read(golden)
    expect(events.filter(({ kind }) => kind === 'forecast')).toMatchObject([
      { startAt: at('2026-07-23T10:00Z'), solarMw: 3000, windMw: 1000, loadMw: 12_000, generationMw: null },
      { startAt: at('2026-07-23T11:00Z'), solarMw: 3000, windMw: 1100, loadMw: 12_000, renewableShare: null },
    ])
    // The document says 15:41, which has not been yet: it counts as made now.
    expect(events.at(-1)?.madeAt).toBe(now)
  })

  test('asks for a zone by its code, for whole minutes of UTC, with the key', async () => {
    await readFrom(
      (url) => entsoe('key', url),
      () => noData,
      { zone: 'NORD' },
    )
    expect(source.asked.map(document)).toEqual(['A75 A16', 'A65 A16', 'A69 A01', 'A65 A01'])
    const { searchParams } = source.asked[0]?.url ?? new URL('http://none')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      securityToken: 'key',
      in_Domain: '10Y1001A1001A73I',
      periodStart: '202607201400',
      periodEnd: '202607232200',
    })
  })

  test('no data is no error, whether it comes with status 200 or 400', async () => {
    for (const status of [200, 400])
      expect(await read(() => ({ ...noData, status }))).toEqual({ events: [], rejected: [], isPartial: false })
  })

  test.each([
    ['a refusal', goldenGrid('entsoe-refusal.synthetic.xml'), 'exceeds one year'],
    ['a page of HTML', '<html><body>Maintenance<br></body></html>', 'no XML'],
    ['other XML', '<rss></rss>', 'no GL_MarketDocument'],
    ['a truncated document', goldenGrid('entsoe-a65-load.synthetic.xml').slice(0, 900), 'no XML'],
    ['another unit', goldenGrid('entsoe-a65-load.synthetic.xml').replace('MAW', 'MWH'), 'not in MAW'],
    ['a number that is none', goldenGrid('entsoe-a65-load.synthetic.xml').replace('>10200<', '>n/a<'), 'no number'],
    [
      'a point outside its period',
      goldenGrid('entsoe-a65-load.synthetic.xml').replace('>3<', '>400<'),
      'outside its period',
    ],
    ['another resolution', goldenGrid('entsoe-a65-load.synthetic.xml').replace('PT60M', 'P1D'), 'resolution'],
  ])('%s is refused as malformed', async (_name, body, message) => {
    await expect(read(() => ({ body }))).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(message),
    })
  })

  test('two figures of one kind and hour are refused', async () => {
    const twice = goldenGrid('entsoe-a65-load.synthetic.xml').replace(
      /(<TimeSeries>[\s\S]*<\/TimeSeries>)/,
      (all) => all + all.replace('10200', '1'),
    )
    await expect(read(() => ({ body: twice }))).rejects.toMatchObject({ code: 'malformed' })
  })

  test('a refused key is said without the key', async () => {
    await expect(read(() => 401)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.not.stringContaining('key='),
    })
  })
})

describe('Energy-Charts', () => {
  const replyWith =
    (forecast: string) =>
    ({ url }: AskedRequest) => ({
      body: goldenGrid(url.pathname === '/public_power' ? 'energy-charts-public-power.synthetic.json' : forecast),
    })

  test('makes hours of quarters; consumption, exchange and shares are no generation; a hole is no zero', async () => {
    const { events, rejected } = await readFrom(energyCharts, replyWith('energy-charts-share-forecast.synthetic.json'))
    expect(events.filter(({ kind }) => kind === 'actual')).toMatchObject([
      {
        startAt: at('2026-07-22T10:00Z'),
        solarMw: 1200,
        windMw: 500,
        otherRenewableMw: 2000,
        generationMw: 8800,
        loadMw: 10_000,
      },
    ])
    expect(rejected.map((one) => one.at)).toEqual(['2026-07-22T11:00:00Z'])
  })

  test('an hour that lacks a kind is named, newest ones that are still to come are not', async () => {
    const body = JSON.stringify({
      unix_seconds: ['11:00', '12:00', '13:00', '14:00'].map((time) => at(`2026-07-22T${time}Z`) / 1000),
      production_types: [
        { name: 'Solar', data: [9000, 8000, 7000, null] },
        { name: 'Wind onshore', data: [null, 1500, null, null] },
        { name: 'Fossil gas', data: [12_000, 12_500, 13_000, null] },
      ],
    })
    const { events, rejected } = await readFrom(energyCharts, ({ url }) =>
      url.pathname === '/public_power' ? { body } : { body: goldenGrid('energy-charts-substitute.synthetic.json') },
    )
    expect(events.map(({ startAt }) => startAt)).toEqual([at('2026-07-22T12:00Z')])
    expect(rejected).toMatchObject([{ at: '2026-07-22T11:00:00Z', code: 'hour_incomplete' }])
  })

  test('its share is percent of load: it may exceed 1, and a missing one stays missing', async () => {
    const { events } = await readFrom(energyCharts, replyWith('energy-charts-share-forecast.synthetic.json'))
    const forecast = events.filter(({ kind }) => kind === 'forecast')
    expect(forecast.map(({ renewableShareOfLoad }) => renewableShareOfLoad)).toEqual([0.485, 1.042, 0.61])
    expect(forecast.every(({ renewableShare }) => renewableShare === null)).toBe(true)
  })

  test('a forecast that only repeats the last days is refused', async () => {
    const { events } = await readFrom(energyCharts, replyWith('energy-charts-substitute.synthetic.json'))
    expect(events.filter(({ kind }) => kind === 'forecast')).toEqual([])
  })

  test.each([
    ['no JSON', 'Service Unavailable', 'no JSON'],
    ['another form', '{"unix_seconds": "soon"}', 'not of the form'],
    [
      'series of other lengths',
      '{"unix_seconds": [0, 3600], "production_types": [{"name": "Solar", "data": [1]}]}',
      'not as long',
    ],
  ])('%s is refused as malformed', async (_name, body, message) => {
    await expect(readFrom(energyCharts, () => ({ body }))).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(message),
    })
  })
})

test('a request that fails costs the others nothing', async () => {
  source = await startGridSource(({ url }) =>
    url.pathname === '/public_power' ? { body: goldenGrid('energy-charts-public-power.synthetic.json') } : 404,
  )
  const fetcher = new PoliteFetcher({ clock: () => now, pause: async () => {}, spacingMs: 0, banMs: 0 })
  const { events, failure } = await energyCharts(source.url).read(question, fetcher.ask)
  expect([events.length, failure?.code]).toEqual([1, 'malformed'])
})

describe('Terna', () => {
  const access = { clientId: 'id', clientSecret: 'secret' }
  const reply = ({ url, body, headers }: AskedRequest): SourceReply => {
    if (url.pathname.endsWith('/access-token'))
      return body.includes('client_secret=secret') ? { body: '{"access_token":"t","expires_in":300}' } : 401
    return headers.authorization === 'Bearer t' ? { body: goldenGrid('terna-autumn-hours.synthetic.json') } : 401
  }
  const autumn = { now: at('2026-10-25T05:00:00Z'), fromAt: at('2026-10-24T22:00:00Z') }

  test('takes a token, tells the doubled autumn hour apart, turns GWh into MW, leaves self-consumption out', async () => {
    const { events } = await readFrom((url) => terna(access, url), reply, autumn)
    expect(events).toMatchObject([
      { startAt: at('2026-10-25T00:00Z'), windMw: 2000, otherRenewableMw: 4000, solarMw: 0, generationMw: 15_500 },
      { startAt: at('2026-10-25T01:00Z'), windMw: 2200, generationMw: 15_700 },
    ])
    expect(source.asked[1]?.url.searchParams.get('dateFrom')).toBe('25/10/2026')
  })

  test('an hour without one of its sources is refused', async () => {
    const { rejected } = await readFrom((url) => terna(access, url), reply, autumn)
    expect(rejected).toMatchObject([{ at: '2026-10-25T02:00:00Z', code: 'hour_incomplete' }])
  })

  test('wrong credentials are said as such', async () => {
    await expect(
      readFrom((url) => terna({ ...access, clientSecret: 'wrong' }, url), reply, autumn),
    ).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

describe('Electricity Maps', () => {
  const body = goldenGrid('electricity-maps-history.synthetic.json')

  test('counts production, not consumption; storage is no renewable; what is estimated is refused', async () => {
    const { events, rejected } = await readFrom(
      (url) => electricityMaps('key', url),
      () => ({ body }),
      { zone: 'NORD' },
    )
    // 600 + 500 + 2000 others, 1100 sun, 800 wind; of 9600.
    expect(events).toMatchObject([
      {
        zone: 'NORD',
        otherRenewableMw: 3100,
        solarMw: 1100,
        windMw: 800,
        generationMw: 9600,
        renewableShare: 5000 / 9600,
      },
    ])
    expect(rejected).toMatchObject([{ at: '2026-07-22T10:00:00Z', code: 'estimated' }])
    expect([source.asked[0]?.headers['auth-token'], source.asked[0]?.url.searchParams.get('zone')]).toEqual([
      'key',
      'IT-NO',
    ])
  })

  test.each([
    ['13:00', 1],
    ['14:00', 0],
  ])('an hour counts once it is over: at 14:30, of that from %s on there are %i', async (time, count) => {
    const { events } = await readFrom(
      (url) => electricityMaps('key', url),
      () => ({ body: body.replace('T09:00', `T${time}`) }),
      { zone: 'NORD' },
    )
    expect(events).toHaveLength(count)
  })

  test('an answer of another zone is refused', async () => {
    await expect(
      readFrom(
        (url) => electricityMaps('key', url),
        () => ({ body }),
        { zone: 'SUD' },
      ),
    ).rejects.toMatchObject({ code: 'malformed' })
  })
})
