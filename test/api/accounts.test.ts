/** Accounts: registration, onboarding, closure, lists, export, erasure. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findAccount, findClient } from '../../src/store/index.ts'
import { newDevice } from '../support/homes.ts'
import { register, retailer, startTestServer, type TestServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z')
})
afterAll(async () => {
  await server?.stop()
})

async function registration(body: object): Promise<[number, { code?: string; data?: object; errors?: object[] }]> {
  const response = await server.send('POST', '/accounts', JSON.stringify({ company_code: 'ACME', ...body }))
  return [response.status, (await response.json()) as object]
}

describe('registration', () => {
  test.each([
    ['IT001E12345678', 'IT001E12345678'],
    ['it 001-e 12345678 X', 'IT001E12345678X'],
    ['IT001E1234567890AB', 'IT001E1234567890AB'],
    ['IT001E1234567890ABCD', 'IT001E1234567890ABCD'],
  ])('takes the POD %s and answers %s', async (pod, normalised) => {
    const number = `pod-${normalised}`
    expect(await registration({ pod, account_number: number })).toEqual([
      200,
      { status: 200, data: { pod: normalised, account_number: number, company_code: 'ACME' } },
    ])
    await server.send('DELETE', `/accounts/${number}`)
  })

  test.each([
    'IT001E1234567',
    'IT001X12345678',
    'FR001E12345678',
    'IT001E123456789A',
    'IT001E1234567890ABCDE',
    'IT001E12345678ß',
  ])('refuses %s as a POD', async (pod) => {
    expect(await registration({ pod, account_number: 'x' })).toMatchObject([
      400,
      { code: 'input_invalid', errors: [{ pointer: '/pod', in: 'body' }] },
    ])
  })

  test('keeps leading zeros, and answers the same registration the same', async () => {
    const one = { pod: 'IT001E00000002', account_number: '0002' }
    const first = await registration(one)
    expect(first[1].data).toMatchObject({ account_number: '0002' })
    expect(await registration(one)).toEqual(first)
    // Two official PODs are one when their first 14 characters agree.
    expect((await registration({ ...one, pod: 'IT001E00000002K' }))[0]).toBe(200)
  })

  test('refuses another POD or company under a known number, a POD twice, and a company not granted', async () => {
    await register(server, '0003', 'IT001E00000003')
    const again = { pod: 'IT001E00000003', account_number: '0003' }
    expect(await registration({ ...again, pod: 'IT001E00000099' })).toMatchObject([409, { code: 'account_exists' }])
    expect(await registration({ ...again, company_code: 'BETA' })).toMatchObject([409, { code: 'account_exists' }])
    expect(await registration({ ...again, account_number: '0004' })).toMatchObject([409, { code: 'pod_in_use' }])
    expect(await registration({ ...again, company_code: 'GAMMA' })).toMatchObject([
      403,
      { code: 'company_not_granted' },
    ])
  })
})

describe('closure', () => {
  test('refuses later readings, frees the POD, and keeps the history', async () => {
    await register(server, 'old-tenant', 'IT001E00000005')
    const rows = [
      { at: '2026-02-27T22:59:00Z', power_w: 100 },
      { at: '2026-02-27T23:00:00Z', power_w: 200 },
    ]
    expect(await server.post('/accounts/old-tenant/closure', { on: '2026-02-28' })).toMatchObject({
      closed_on: '2026-02-28',
    })
    expect(await server.post('/accounts/old-tenant/readings', { readings: rows })).toMatchObject({
      accepted: 1,
      rejected: [{ row: 2, code: 'after_closure' }],
    })
    await register(server, 'new-tenant', 'IT001E00000005')
    expect(await server.get('/accounts/old-tenant')).toMatchObject({ closed_on: '2026-02-28', readings: { count: 1 } })
    expect(await server.get('/accounts/new-tenant')).toMatchObject({ closed_on: null, readings: null })
    const later = await server.send('POST', '/accounts/old-tenant/closure', '{"on":"2026-04-01"}')
    expect([later.status, await later.json()]).toMatchObject([409, { code: 'pod_in_use' }])
    expect(await server.post('/accounts/old-tenant/closure', { on: '2026-02-27' })).toMatchObject({
      closed_on: '2026-02-27',
    })
  })
})

test.each([
  ['before', 'IT001E00000040'],
  ['after', 'IT001E00000041'],
])('a supply whose end is told %s its last readings measures nothing from that end on', async (when, pod) => {
  const number = `ended-${when}`
  const end = () => server.post(`/accounts/${number}/closure`, { on: '2026-03-01' })
  await register(server, number, pod)
  if (when === 'before') await end()
  await server.post(`/accounts/${number}/readings`, {
    readings: [
      { at: '2026-02-28T22:00:00Z', power_w: 2000, interval_s: 3600 },
      { at: '2026-02-28T22:58:00Z', power_w: 2000 },
    ],
  })
  await server.analysed(number)
  if (when === 'after') await end()
  await server.analysed(number)
  const { electricity_data, month_to_date } = await server.get(`/accounts/${number}/consumption/trend`)
  expect(electricity_data.data.flat().reduce((sum: number, wh: number | null) => sum + (wh ?? 0), 0)).toBe(2000)
  expect(month_to_date.data).toEqual([null, null, null])
})

test('power that would hold beyond the end of a supply fills the latest hours up to that end', async () => {
  const later = await startTestServer('2026-03-01T00:30:00Z')
  try {
    await register(later, 'ended', 'IT001E00000042')
    await later.post('/accounts/ended/closure', { on: '2026-03-01' })
    await later.post('/accounts/ended/readings', { readings: [{ at: '2026-02-28T22:58:00Z', power_w: 2000 }] })
    const { electricity_data } = await later.get('/accounts/ended/consumption/latest')
    const filled = electricity_data.index.flatMap((start: string, slot: number) => {
      const [powerW] = electricity_data.data[slot]
      return powerW === null ? [] : [[start, powerW]]
    })
    expect(filled).toEqual([
      ['2026-02-28T22:58:00Z', 2000],
      ['2026-02-28T22:59:00Z', 2000],
    ])
  } finally {
    await later.stop()
  }
})

test('a closure that is announced lets the next tenant be registered ahead', async () => {
  await register(server, 'announced', 'IT001E00000029')
  await server.post('/accounts/announced/closure', { on: '2027-01-31' })
  expect(await registration({ pod: 'IT001E00000029', account_number: 'next' })).toMatchObject([
    200,
    { data: { account_number: 'next' } },
  ])
})

describe('onboarding', () => {
  const path = '/accounts/onboarded/onboarding'
  beforeAll(() => register(server, 'onboarded', 'IT001E00000006'))

  test('is 404 until it was sent, and says the defaults of an empty one', async () => {
    const response = await server.send('GET', path)
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'onboarding_not_found' }])
    const { appliances_in_use, defaulted, onboarding_data } = await server.post(path, {})
    expect(onboarding_data).toEqual({})
    expect(defaulted).toBe(true)
    expect(appliances_in_use.map(({ appliance }: { appliance: string }) => appliance).sort()).toEqual(
      ['dishwasher', 'fridge', 'lighting', 'oven', 'smallAppliances', 'standby', 'tv', 'washingMachine'].sort(),
    )
  })

  test('echoes what was sent, in the spelling of the API, and replaces what was said before', async () => {
    const sent = {
      house: { type: 'apartment', dimension: 87, province: 'MI' },
      residents: { adults: 1 },
      appliances: [{ appliance: 'dishwasher', quantity: 1 }],
    }
    const said = { ...sent, house: { type: 'apartment', province: 'MI', dimesion: 87 } }
    const answer = await server.post(path, sent)
    expect(answer).toEqual({
      account_number: 'onboarded',
      onboarding_data: said,
      appliances_in_use: ['dishwasher', 'smallAppliances', 'standby'].map((appliance) => ({ appliance, quantity: 1 })),
      defaulted: false,
    })
    expect(await server.get(path)).toEqual(answer)
  })

  const refusals: [string, object, string, string][] = [
    ['two spellings that differ', { house: { dimesion: 80, dimension: 90 } }, '/house/dimension', 'value_conflicting'],
    ['a floor area below 10 m²', { house: { dimesion: 9 } }, '/house/dimesion', 'value_out_of_range'],
    ['an unknown house type', { house: { type: 'castle' } }, '/house/type', 'value_not_allowed'],
    ['an unknown province', { house: { province: 'XX' } }, '/house/province', 'value_not_allowed'],
    ['nobody living there', { residents: { adults: 0 } }, '/residents', 'value_out_of_range'],
    ['half a person', { residents: { adults: 1.5 } }, '/residents/adults', 'type_invalid'],
    [
      'an appliance twice',
      {
        appliances: [
          { appliance: 'oven', quantity: 1 },
          { appliance: 'oven', quantity: 2 },
        ],
      },
      '/appliances/1/appliance',
      'value_repeated',
    ],
    [
      'an unknown appliance',
      { appliances: [{ appliance: 'toaster', quantity: 1 }] },
      '/appliances/0/appliance',
      'value_not_allowed',
    ],
    [
      'none of an appliance',
      { appliances: [{ appliance: 'oven', quantity: 0 }] },
      '/appliances/0/quantity',
      'value_out_of_range',
    ],
    [
      'an appliance without quantity',
      { appliances: [{ appliance: 'oven' }] },
      '/appliances/0/quantity',
      'field_missing',
    ],
    ['an unknown field', { house: { rooms: 3 } }, '/house/rooms', 'field_unknown'],
  ]
  test.each(refusals)('refuses %s', async (_name, body, pointer, code) => {
    const response = await server.send('POST', path, JSON.stringify(body))
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'input_invalid', errors: [{ pointer, in: 'body', code }] },
    ])
    expect(await server.get(path)).toMatchObject({ onboarding_data: { residents: { adults: 1 } } })
  })
})

test('a home has fifty devices at most, and room for another once one is deleted', async () => {
  await register(server, 'full', 'IT001E00000044')
  const client = await findClient(server.db, retailer.id)
  const account = client && (await findAccount(server.db, client.id, 'full'))
  if (account === undefined) throw new Error('the account is not in the store')
  const [first] = await Array.fromAsync({ length: 50 }, () => newDevice(server.db, account, account.openedAt))
  const add = async () => {
    const response = await server.send('POST', '/accounts/full/devices', '{"kind":"json"}')
    return [response.status, ((await response.json()) as { code?: string }).code]
  }
  expect(await add()).toEqual([409, 'too_many_devices'])
  await server.send('DELETE', `/accounts/full/devices/${first}`)
  expect(await add()).toEqual([200, undefined])
})

describe('lists', () => {
  test('give every account once, page by page', async () => {
    for (let index = 10; index < 17; index++) await register(server, `list-${index}`, `IT001E000000${index}`)
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await server.get(`/accounts?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
      expect(page.accounts.length).toBeLessThanOrEqual(3)
      seen.push(...page.accounts.map((account: { account_number: string }) => account.account_number))
      cursor = page.next_cursor
    } while (cursor !== null)
    expect(seen).toEqual([...new Set(seen)].sort())
    expect(seen.filter((number) => number.startsWith('list-'))).toHaveLength(7)
  })

  test('end with the page that holds the last account', async () => {
    for (const index of [45, 46]) await register(server, `page-${index}`, `IT001E000000${index}`)
    const { length } = (await server.get('/accounts?limit=1000')).accounts
    const pages = await Promise.all([length - 1, length].map((limit) => server.get(`/accounts?limit=${limit}`)))
    expect(pages.map(({ next_cursor }) => next_cursor)).toEqual([expect.any(String), null])
  })

  test('refuse a cursor that is none', async () => {
    const response = await server.send('GET', '/accounts?cursor=%21%21')
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ pointer: '/cursor', in: 'query' }] },
    ])
  })
})

describe('export and deletion', () => {
  test('give everything, and leave nothing', async () => {
    await register(server, 'leaving', 'IT001E00000007')
    await server.post('/accounts/leaving/onboarding', { residents: { adults: 2 } })
    const values = Array.from({ length: 120 }, (_, minute) => (minute === 7 ? null : 100 + minute))
    await server.post('/accounts/leaving/readings', {
      kind: 'power_w',
      start: '2026-03-09T10:00:00Z',
      interval_s: 60,
      values,
    })
    await server.post('/accounts/leaving/devices', { kind: 'shelly-gen2', topic: 'leaving/meter' })
    await server.analysed('leaving')
    const { registered_at, time_zone } = await server.get('/accounts/leaving')
    const { devices } = await server.get('/accounts/leaving/devices')
    const response = await server.send('GET', '/accounts/leaving/export')
    expect(response.headers.get('content-type')).toMatch('application/x-ndjson')
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines[0]).toMatchObject({
      type: 'account',
      account_number: 'leaving',
      time_zone,
      registered_at,
      onboarding: { residents: { adults: 2 } },
      onboarded_at: expect.stringMatching(/^2026-03-10T12:/),
    })
    expect(lines.filter(({ type }) => type === 'device')).toEqual([{ type: 'device', ...devices[0], memory: null }])
    const readings = lines.filter(({ type }) => type === 'reading')
    expect(readings.map(({ power_w }) => power_w)).toEqual(values)
    const [day] = lines.filter(({ type }) => type === 'day')
    expect(day).toMatchObject({ day: '2026-03-09', slot_s: 60, elapsed_s: 86_400, measured_s: 119 * 60 })
    expect(day.analysed_at).toMatch(/^2026-03-10T12:/)
    expect(day.start).toBe('2026-03-08T23:00:00Z')
    // What was not measured is none of 0 W: the minute before the first value, and the eighth.
    expect(day.power_w.slice(659, 670)).toEqual([null, ...values.slice(0, 10)])
    const hours = day.hours as { start: string; measured_s: number }[]
    expect(hours).toHaveLength(24)
    expect(hours.find(({ start }) => start === '2026-03-09T10:00:00Z')).toMatchObject({ hour: 11, measured_s: 59 * 60 })
    expect(lines.at(-1)).toEqual({ type: 'end', lines: lines.length - 1 })

    expect(await (await server.send('DELETE', '/accounts/leaving')).json()).toEqual({
      status: 200,
      data: { account_number: 'leaving', deleted: true },
    })
    for (const method of ['GET', 'DELETE']) expect((await server.send(method, '/accounts/leaving')).status).toBe(404)
    // With the type of a body and no body, as clients send that name it always.
    const named = { headers: { 'content-type': 'application/json' } }
    expect((await server.send('DELETE', '/accounts/leaving', undefined, named)).status).toBe(404)
    await register(server, 'leaving', 'IT001E00000007')
    expect(await server.get('/accounts/leaving')).toMatchObject({ onboarded: false, readings: null })
  })
})

test('an export tells readings of one second apart, which can be sent again from it', async () => {
  const sent = ['10:00:00.250', '10:00:00.750', '10:00:01'].map((time, index) => ({
    at: `2026-03-09T${time}Z`,
    power_w: 100 + index,
  }))
  await register(server, 'quick', 'IT001E00000017')
  await server.post('/accounts/quick/readings', { readings: sent })
  const text = await (await server.send('GET', '/accounts/quick/export')).text()
  const readings = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'reading')
  expect(readings).toMatchObject([
    { at: '2026-03-09T10:00:00Z', at_ms: 250, power_w: 100 },
    { at: '2026-03-09T10:00:00Z', at_ms: 750, power_w: 101 },
    { at: '2026-03-09T10:00:01Z', power_w: 102 },
  ])
  expect(readings[2]).not.toHaveProperty('at_ms')
  const again = readings.map(({ at, at_ms = 0, power_w }) => ({
    at: new Date(Date.parse(at) + at_ms).toISOString(),
    power_w,
  }))
  expect(await server.post('/accounts/quick/readings', { readings: again })).toMatchObject({ duplicates: 3 })
})

test('readings of an export sent again as it says are the same readings: hold, interval and gap', async () => {
  await register(server, 'again', 'IT001E00000018')
  const path = '/accounts/again/readings'
  const start = '2026-03-09T10:00:00Z'
  await server.post(path, { kind: 'power_w', start, interval_s: 60, values: [100, null, 300] })
  await server.post(path, { kind: 'energy_wh', start, interval_s: 1800, values: [100, 200] })
  const registers = `entity_id,state,last_changed\nsensor.meter,100,${start}\nsensor.meter,101,2026-03-09T11:04:00.000Z\n`
  await server.send('POST', `${path}?unit=kWh`, registers, { contentType: 'text/csv' })
  const text = await (await server.send('GET', '/accounts/again/export')).text()
  const readings = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'reading')
  const again = readings.map(({ type, quality, source, hold_s, ...row }) =>
    hold_s === undefined ? row : { ...row, interval_s: hold_s },
  )
  expect(again).toHaveLength(7)
  expect(await server.post(path, { readings: again })).toMatchObject({ duplicates: 7 })
})

describe('an account says what can be answered', () => {
  test('without readings nothing, with some what they allow', async () => {
    await register(server, 'asking', 'IT001E00000008')
    const answersOf = async () => {
      const { answers } = await server.get('/accounts/asking')
      return Object.fromEntries(
        answers.map((one: { question: string; reason: string | null }) => [one.question, one.reason]),
      )
    }
    expect(new Set(Object.values(await answersOf()))).toEqual(new Set(['no_readings']))
    await server.post('/accounts/asking/readings', { readings: [{ at: '2026-03-09T10:00:00Z', power_w: 100 }] })
    await server.analysed('asking')
    expect(await answersOf()).toMatchObject({
      consumption: null,
      realtime: 'stale',
      performance: 'profile_missing',
      trend: 'not_enough_history',
      saving: 'not_enough_history',
    })
    expect(await server.get('/accounts/asking')).toMatchObject({
      pending_days: 0,
      readings: { count: 1, resolution_s: 60 },
    })
  })
  const answersOf = async (account: string) => {
    const { answers } = await server.get(`/accounts/${account}`)
    const all = answers as { question: string; available: boolean; reason: string | null }[]
    return Object.fromEntries(all.map(({ question, available, reason }) => [question, [available, reason]]))
  }
  const quarter = (at: string, energy_wh: number | null) => ({ at, energy_wh })

  test('and that its resolution is that of its coarsest day', async () => {
    await register(server, 'coarse', 'IT001E00000043')
    const readings = [quarter('2026-03-02T12:00:00Z', 50), { at: '2026-03-06T12:00:00Z', power_w: 100 }]
    await server.post('/accounts/coarse/readings', { readings })
    await server.analysed('coarse')
    expect((await server.get('/accounts/coarse')).readings.resolution_s).toBe(900)
  })

  test('that quarter-hours half an hour old still fill the latest hours, as these answer, and are no power now', async () => {
    await register(server, 'quarters', 'IT001E00000009')
    const readings = [quarter('2026-03-10T11:15:00Z', 50), quarter('2026-03-10T11:00:00Z', 50)]
    await server.post('/accounts/quarters/readings', { readings })
    await server.analysed('quarters')
    expect(await answersOf('quarters')).toMatchObject({ latest: [true, null], realtime: [false, 'stale'] })
    expect((await server.get('/accounts/quarters/consumption/latest')).meta.reason).toBeNull()
    expect(await server.get('/accounts/quarters/consumption/realtime')).toMatchObject({
      measured_at: '2026-03-10T11:30:00Z',
      meta: { reason: 'stale' },
    })
  })

  test('that an old home whose newest interval still runs is stale, not without readings', async () => {
    await register(server, 'running', 'IT001E00000021')
    const readings = [quarter('2026-03-08T11:00:00Z', 50), { ...quarter('2026-03-10T11:50:00Z', 50), interval_s: 3600 }]
    await server.post('/accounts/running/readings', { readings })
    expect(await answersOf('running')).toMatchObject({ realtime: [false, 'stale'] })
    expect(await server.get('/accounts/running/consumption/realtime')).toMatchObject({
      measured_at: '2026-03-08T11:15:00Z',
      meta: { reason: 'stale' },
    })
  })

  test('and that all of a running week without readings end with the same quarter-hour, in a home of quarter-hours', async () => {
    const later = await startTestServer('2026-03-10T12:07:00Z')
    try {
      await register(later, 'silent', 'IT001E00000029')
      await later.post('/accounts/silent/readings', { readings: [quarter('2026-03-08T10:00:00Z', 50)] })
      await later.analysed('silent')
      for (const answer of [
        'consumption',
        'consumption/distribution',
        'usages',
        'consumption/performance',
        'consumption/habits',
      ]) {
        const { meta } = await later.get(`/accounts/silent/${answer}?period=this-week`)
        expect([answer, meta.to, meta.reason]).toEqual([answer, '2026-03-10T12:00:00Z', 'no_readings'])
      }
    } finally {
      await later.stop()
    }
  })

  test('and that too little for a slot or a cell is too little, not an answer', async () => {
    await register(server, 'scarce', 'IT001E00000031')
    const values = Array(10).fill(100)
    const sent = { kind: 'power_w', start: '2026-03-08T10:00:00Z', interval_s: 60, values }
    await server.post('/accounts/scarce/readings', sent)
    await server.analysed('scarce')
    const day = 'from=2026-03-08&to=2026-03-09'
    for (const answer of [`habits?${day}`, `?${day}&resolution=3600`]) {
      const { electricity_data, meta } = await server.get(
        `/accounts/scarce/consumption${answer.startsWith('?') ? '' : '/'}${answer}`,
      )
      expect(new Set(electricity_data.data.flat())).toEqual(new Set([null]))
      expect(meta).toMatchObject({
        coverage: answer.startsWith('?') ? expect.any(Number) : 0.0069,
        reason: 'low_coverage',
      })
    }
    expect((await server.get(`/accounts/scarce/consumption?${day}`)).meta.reason).toBeNull()
  })

  test('that saving has figures from the first complete day on, of which it says that they are few', async () => {
    await register(server, 'new', 'IT001E00000025')
    await server.post('/accounts/new/readings', { readings: [quarter('2026-03-10T10:00:00Z', 50)] })
    await server.analysed('new')
    expect(await answersOf('new')).toMatchObject({ saving: [false, 'not_enough_history'] })
    await register(server, 'young', 'IT001E00000022')
    await server.post('/accounts/young/readings', { readings: [quarter('2026-03-09T10:00:00Z', 50)] })
    await server.analysed('young')
    expect(await answersOf('young')).toMatchObject({ saving: [true, 'not_enough_history'] })
    const { consumption, meta } = await server.get('/accounts/young/saving')
    expect([consumption, meta.reason]).toEqual([50, 'not_enough_history'])
  })

  test('that the comparisons of a home without similar homes rest on references, as these answer', async () => {
    await register(server, 'alone', 'IT001E00000026')
    const house = { type: 'apartment', dimesion: 87, province: 'MI' }
    await server.post('/accounts/alone/onboarding', { house, residents: { adults: 2 } })
    const values = Array.from({ length: 28 * 96 }, () => 50)
    const readings = { kind: 'energy_wh', start: '2026-02-09T23:00:00Z', interval_s: 900, values }
    await server.post('/accounts/alone/readings', readings)
    await server.analysed('alone')
    expect(await answersOf('alone')).toMatchObject({
      performance: [true, 'not_enough_peers'],
      saving: [true, 'not_enough_peers'],
    })
    for (const answer of ['consumption/performance?period=yesterday', 'saving'])
      expect((await server.get(`/accounts/alone/${answer}`)).meta).toMatchObject({
        estimated: true,
        reason: 'not_enough_peers',
      })
  })

  test('that a time which the meter calls not measured is no history', async () => {
    await register(server, 'silent', 'IT001E00000023')
    const nulls = ['2026-01-05T10:00:00Z', '2026-01-05T10:15:00Z'].map((at) => quarter(at, null))
    await server.post('/accounts/silent/readings', { readings: [...nulls, quarter('2026-03-09T10:00:00Z', 50)] })
    await server.analysed('silent')
    expect(await answersOf('silent')).toMatchObject({
      trend: [false, 'not_enough_history'],
      compound: [false, 'not_enough_history'],
      saving: [true, 'not_enough_history'],
    })
    for (const answer of ['consumption/trend', 'consumption/compound', 'saving'])
      expect((await server.get(`/accounts/silent/${answer}`)).meta.reason).toBe('not_enough_history')
  })

  test.each([
    ['lies ahead', 'ahead', 'IT001E00000027', { at: '2026-03-10T20:00:00Z', power_w: 100 }],
    ['has no closed slot yet', 'unclosed', 'IT001E00000028', quarter('2026-03-10T12:00:00Z', 50)],
    ['is a first register', 'first', 'IT001E00000041', { at: '2026-03-09T10:00:00Z', register_wh: 1000 }],
  ])('that a home whose one reading %s has nothing over any period, as these answer', async (_, home, pod, reading) => {
    await register(server, home, pod)
    await server.post(`/accounts/${home}/readings`, { readings: [reading] })
    await server.analysed(home)
    const answers = await answersOf(home)
    for (const [question, path] of [
      ['consumption', 'consumption'],
      ['distribution', 'consumption/distribution'],
      ['performance', 'consumption/performance'],
      ['habits', 'consumption/habits'],
      ['usages', 'usages'],
    ] as const) {
      expect([question, answers[question]]).toEqual([question, [false, 'no_readings']])
      for (const period of ['yesterday', 'this-month'])
        expect((await server.get(`/accounts/${home}/${path}?period=${period}`)).meta.reason).toBe('no_readings')
    }
  })

  test('that a home dark for months has nothing to save from, though it measures again today', async () => {
    await register(server, 'dark', 'IT001E00000024')
    const readings = [quarter('2026-01-09T10:00:00Z', 50), quarter('2026-03-10T10:00:00Z', 50)]
    await server.post('/accounts/dark/readings', { readings })
    await server.analysed('dark')
    expect(await answersOf('dark')).toMatchObject({ saving: [false, 'no_readings'], trend: [true, null] })
    expect((await server.get('/accounts/dark/saving')).consumption).toBeNull()
  })
})
