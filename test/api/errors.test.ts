/** The table of errors is what the documentation says, and malformed requests of every kind meet it. */
import { readFileSync } from 'node:fs'
import { request as rawRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inputErrors, problems } from '../../src/api/problems.ts'
import { reasons } from '../../src/api/schemas.ts'
import { messageRejections } from '../../src/ingest/devices/index.ts'
import { bodyRefusals, rowRejections } from '../../src/ingest/index.ts'
import { register, startTestServer, type TestServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z')
  await register(server, 'home', 'IT001E00000001')
})
afterAll(async () => {
  await server?.stop()
})

describe('docs/errors.md has every code with its status and meaning, and no other', () => {
  const sections = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    .split('\n## ')
    .slice(1)
  const tables: [string, Readonly<Record<string, string | readonly [number, string, string]>>][] = [
    ['Problems', problems],
    ['Single values', inputErrors],
    ['Bodies of readings', bodyRefusals],
    ['Rows of readings', rowRejections],
    ['Messages of live devices', messageRejections],
    ['What cannot be answered yet', reasons],
  ]
  test.each(tables)('%s', (title, table) => {
    const section = sections.find((text) => text.startsWith(title)) ?? ''
    const documented = [...section.matchAll(/^\| `\w+` \|.*$/gm)].map(([row]) => row)
    const rows = Object.entries(table).map(([code, entry]) => {
      const [status, meaning] = typeof entry === 'string' ? [[], entry] : [[entry[0]], entry[2]]
      return `| ${[`\`${code}\``, ...status, sentence(meaning)].join(' | ')} |`
    })
    expect(documented).toEqual(rows)
    expect(sections).toHaveLength(tables.length)
  })

  /** A meaning that follows other words in a message begins small and has no full stop; the page has sentences. */
  const sentence = (meaning: string) => `${meaning[0]?.toUpperCase()}${meaning.slice(1).replace(/\.$/, '')}.`
})

interface Described {
  readonly paths: Record<
    string,
    { readonly get: { readonly parameters: readonly { readonly name: string; readonly description: string }[] } }
  >
}

describe('a malformed request gets a code and the place of its fault', () => {
  const distribution = '/accounts/home/consumption/distribution'
  type Case = [string, string, string, string | undefined, string | undefined, number, string, string?, string?]
  const cases: Case[] = [
    ['an unknown address', 'GET', '/nothing', undefined, undefined, 404, 'route_not_found'],
    ['a file that is not there', 'GET', '/docs/static/nope.js', undefined, undefined, 404, 'route_not_found'],
    ['an unknown method', 'PUT', '/accounts', '{}', 'application/json', 405, 'method_not_allowed'],
    ['no body', 'POST', '/accounts', undefined, undefined, 400, 'body_missing'],
    ['an empty body', 'POST', '/accounts', '', 'application/json', 400, 'body_missing'],
    ['broken JSON', 'POST', '/accounts', '{"pod":', 'application/json', 400, 'body_malformed'],
    ['a key twice', 'POST', '/accounts', '{"pod":"a","pod":"b"}', 'application/json', 400, 'body_malformed'],
    ['a body of another type', 'POST', '/accounts', 'pod=x', 'text/plain', 415, 'media_type_unsupported'],
    ['a list for an object', 'POST', '/accounts', '[]', 'application/json', 400, 'input_invalid', '', 'type_invalid'],
    [
      'a missing field',
      'POST',
      '/accounts',
      '{"pod":"IT001E00000009","company_code":"ACME"}',
      'application/json',
      400,
      'input_invalid',
      '/account_number',
      'field_missing',
    ],
    [
      'an unknown field',
      'POST',
      '/accounts',
      '{"pod":"IT001E00000009","account_number":"9","company_code":"ACME","x":1}',
      'application/json',
      400,
      'input_invalid',
      '/x',
      'field_unknown',
    ],
    [
      'a prototype',
      'POST',
      '/accounts/home/onboarding',
      '{"__proto__":{}}',
      'application/json',
      400,
      'input_invalid',
      '/__proto__',
      'field_unknown',
    ],
    [
      'a number for a text',
      'POST',
      '/accounts',
      '{"pod":"IT001E00000009","account_number":9,"company_code":"ACME"}',
      'application/json',
      400,
      'input_invalid',
      '/account_number',
      'type_invalid',
    ],
    [
      'a body too large',
      'POST',
      '/accounts',
      `{"pod":"${'x'.repeat(1_100_000)}"}`,
      'application/json',
      413,
      'body_too_large',
    ],
    ...['.', '..'].map(
      (number): Case => [
        `an account number that addresses cannot hold: ${number}`,
        'POST',
        '/accounts',
        JSON.stringify({ pod: 'IT001E00000009', account_number: number, company_code: 'ACME' }),
        'application/json',
        400,
        'input_invalid',
        '/account_number',
        'value_not_allowed',
      ],
    ),
    [
      'an account number that cannot be',
      'GET',
      '/accounts/a%20b',
      undefined,
      undefined,
      400,
      'input_invalid',
      '/account_number',
      'format_invalid',
    ],
    [
      'a text with a NUL',
      'POST',
      '/accounts/home/devices',
      '{"kind":"json","name":"x\\u0000"}',
      'application/json',
      400,
      'input_invalid',
      '/name',
      'format_invalid',
    ],
    [
      'a list with a NUL',
      'POST',
      '/accounts/home/devices',
      '{"kind":"json","channels":["main","\\u0000"]}',
      'application/json',
      400,
      'input_invalid',
      '/channels/1',
      'format_invalid',
    ],
    [
      'a text with half of a surrogate pair',
      'POST',
      '/accounts/home/devices',
      '{"kind":"json","name":"\\ud800"}',
      'application/json',
      400,
      'input_invalid',
      '/name',
      'format_invalid',
    ],
    [
      'a topic that is kept for others',
      'POST',
      '/accounts/home/devices',
      '{"kind":"json","topic":"loadlens/mine"}',
      'application/json',
      400,
      'input_invalid',
      '/topic',
      'value_reserved',
    ],
    [
      'a parameter with a NUL',
      'POST',
      '/accounts/home/readings?entity=a%00',
      'at,power_w\n',
      'text/csv',
      400,
      'input_invalid',
      '/entity',
      'format_invalid',
    ],
    ...['NaN', 'Infinity', '-1e999'].flatMap((number): Case[] => [
      [
        `a whole number that is none: ${number}`,
        'GET',
        `/accounts?limit=${number}`,
        undefined,
        undefined,
        400,
        'input_invalid',
        '/limit',
        'type_invalid',
      ],
      [
        `a number that is none: ${number}`,
        'GET',
        `/accounts/home/greenness?appliance=dishwasher&price_weight=${number}`,
        undefined,
        undefined,
        400,
        'input_invalid',
        '/price_weight',
        'type_invalid',
      ],
    ]),
    ['an address that cannot be decoded', 'GET', '/accounts/%ff', undefined, undefined, 400, 'request_malformed'],
    ['a path part too long', 'GET', `/accounts/${'9'.repeat(200)}`, undefined, undefined, 414, 'address_too_long'],
    ['no period', 'GET', distribution, undefined, undefined, 400, 'input_invalid', '/period', 'field_missing'],
    [
      'an unknown period',
      'GET',
      `${distribution}?period=tomorrow`,
      undefined,
      undefined,
      400,
      'input_invalid',
      '/period',
      'value_not_allowed',
    ],
    [
      'a period twice',
      'GET',
      `${distribution}?period=yesterday&period=last-week`,
      undefined,
      undefined,
      400,
      'input_invalid',
      '/period',
    ],
    [
      'a period and dates',
      'GET',
      `${distribution}?period=yesterday&from=2026-03-01&to=2026-03-02`,
      undefined,
      undefined,
      400,
      'input_invalid',
      '/period',
      'value_conflicting',
    ],
    [
      'dates in the wrong order',
      'GET',
      `${distribution}?from=2026-03-02&to=2026-03-02`,
      undefined,
      undefined,
      400,
      'input_invalid',
      '/to',
      'value_out_of_range',
    ],
    [
      'too many days',
      'GET',
      `${distribution}?from=2026-01-01&to=2026-03-05`,
      undefined,
      undefined,
      400,
      'input_invalid',
      '/to',
      'value_out_of_range',
    ],
    [
      'a date that does not exist',
      'GET',
      `${distribution}?from=2026-02-30&to=2026-03-02`,
      undefined,
      undefined,
      400,
      'input_invalid',
      '/from',
      'format_invalid',
    ],
    [
      'a date before there were meters',
      'GET',
      `${distribution}?from=0001-01-01&to=0001-01-03`,
      undefined,
      undefined,
      400,
      'input_invalid',
      '/from',
      'format_invalid',
    ],
    [
      'an unknown parameter',
      'GET',
      '/accounts/home/saving?period=yesterday',
      undefined,
      undefined,
      400,
      'input_invalid',
      '/period',
      'field_unknown',
    ],
    [
      'an unknown resolution',
      'GET',
      '/accounts/home/consumption?period=yesterday&resolution=61',
      undefined,
      undefined,
      400,
      'input_invalid',
      '/resolution',
      'value_not_allowed',
    ],
    [
      'an unknown zone',
      'GET',
      '/greenness?zone=XX',
      undefined,
      undefined,
      400,
      'input_invalid',
      '/zone',
      'value_not_allowed',
    ],
    [
      'a closure on no date',
      'POST',
      '/accounts/home/closure',
      '{"on":"2026-13-01"}',
      'application/json',
      400,
      'input_invalid',
      '/on',
      'format_invalid',
    ],
  ]
  test.each(cases)('%s', async (_name, method, path, body, contentType, status, code, pointer, inputCode) => {
    const response = await server.send(method, path, body, contentType === undefined ? {} : { contentType })
    expect(response.headers.get('content-type')).toMatch('application/problem+json')
    const problem = (await response.json()) as Record<string, unknown>
    expect(problem).toMatchObject({
      status,
      code,
      type: `urn:loadlens:problem:${code}`,
      title: problems[code as keyof typeof problems][1],
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('x-request-id')).toBe(problem.request_id)
    if (pointer === undefined) return
    const fault = { pointer, ...(inputCode === undefined ? {} : { code: inputCode }) }
    expect(problem.errors).toEqual(expect.arrayContaining([expect.objectContaining(fault)]))
  })

  test.each([
    ['{"kind":"volts"}', '`kind` is one of power_w, energy_wh,'],
    ['{"kind":"power_w","interval_s":0}', '`interval_s` is a whole number from 1 to 3600, not "0".'],
    ['{"kind":"power_w","interval_s":60,"values":[]}', '`values` need `start`.'],
    ['{"readings":[],"readings":[]}', '`readings` stands twice.'],
    ['{}', 'The body needs `readings`, or `kind`, `start`, `interval_s` and `values`.'],
  ])('readings %s: what is wrong is told with the names of fields as they are', async (body, detail) => {
    const answer = await (await server.send('POST', '/accounts/home/readings', body)).json()
    expect(answer).toMatchObject({ code: 'body_malformed', detail: expect.stringContaining(detail) })
  })

  test('a date out of the years that dates have is told those years, as the description tells them', async () => {
    const years = 'from the year 1900 to 2199'
    const answer = await (await server.send('GET', `${distribution}?from=9999-12-30&to=9999-12-31`)).json()
    expect(answer).toMatchObject({ errors: [{ pointer: '/from', detail: expect.stringContaining(years) }, {}] })
    const { paths } = (await (await fetch(`${server.baseUrl}/openapi.json`)).json()) as Described
    const parameters = paths['/accounts/{account_number}/consumption/distribution']?.get.parameters ?? []
    for (const name of ['from', 'to']) expect(parameters.find((one) => one.name === name)?.description).toContain(years)
  })

  test('an answer that the client does not admit', async () => {
    const response = await server.send('GET', '/accounts', undefined, { headers: { accept: 'text/html' } })
    expect(await response.json()).toMatchObject({ status: 406, code: 'not_acceptable' })
  })

  test('a method that an address does not take is refused with those that it does', async () => {
    const response = await server.send('DELETE', '/accounts')
    expect(response.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST'])
    expect((await server.send('OPTIONS', '/accounts')).status).toBe(204)
  })

  test('headers too large, and what is no HTTP at all', async () => {
    const { hostname, port } = new URL(server.baseUrl)
    const large = await new Promise<number>((resolve, reject) => {
      const request = rawRequest(
        { hostname, port, path: '/health/live', headers: { x: 'y'.repeat(40_000) } },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      request.on('error', reject).end()
    })
    expect(large).toBe(431)
    const garbage = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(port), hostname, () => socket.write('NONSENSE\r\n\r\n'))
      socket
        .on('data', (bytes) => (text += bytes))
        .on('end', () => resolve(text))
        .on('error', reject)
    })
    expect(garbage).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(garbage.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'request_malformed' })
  })
})

test('a server that is well says so, and measures itself without naming a home', async () => {
  expect(await (await fetch(`${server.baseUrl}/health/live`)).json()).toEqual({ status: 200, data: { state: 'live' } })
  expect(await (await fetch(`${server.baseUrl}/health/ready`)).json()).toEqual({
    status: 200,
    data: { state: 'ready' },
  })
  const metrics = await (await fetch(`${server.baseUrl}/metrics`)).text()
  expect(metrics).toMatch(/loadlens_pending_days \d+/)
  expect(metrics).toMatch(/loadlens_http_request_duration_seconds_count\{[^}]*route="\/accounts"/)
  expect(metrics).not.toMatch(/IT001E|"home"/)
})

test('docs/settings.md has every measurement of the server, and no other', async () => {
  const metrics = await (await fetch(`${server.baseUrl}/metrics`)).text()
  const measured = [...metrics.matchAll(/^# HELP (loadlens_\w+)/gm)].map(([, name = '']) => name)
  const own = measured.filter((name) => !/^loadlens_(?:process|nodejs)_/.test(name))
  const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `(loadlens_\w+)` \|/gm)].map(([, name = '']) => name)
  expect(documented.toSorted()).toEqual(own.toSorted())
})
