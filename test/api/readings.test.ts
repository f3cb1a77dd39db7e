/** Readings over HTTP: every form, what becomes of every row, and bodies that break. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Body,
  pause,
  register,
  retailer,
  startTestServer,
  type TestServer,
  tokenOf,
} from '../support/test-server.ts'

let server: TestServer
let path: string
let accounts = 0

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z')
})
afterAll(async () => {
  await server?.stop()
})
beforeEach(async () => {
  const number = `home-${++accounts}`
  await register(server, number, `IT001E1${String(accounts).padStart(7, '0')}`)
  path = `/accounts/${number}/readings`
})

async function post(body: Body, contentType = 'text/csv', headers: Record<string, string> = {}) {
  const response = await server.send('POST', path, body, { contentType, headers })
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field
  return { status: response.status, ...((await response.json()) as any) }
}

const ndjson = 'application/x-ndjson'
const json = 'application/json'

describe('every form of a body is read', () => {
  const forms: [string, Body, string, number][] = [
    ['CSV of power', 'at,power_w\n2026-03-09T10:00:00Z,100\n2026-03-09T10:01:00+01:00,\n', 'text/csv', 2],
    [
      'CSV with CRLF, quotes, a mark of its encoding and no last line end',
      '\ufeffat,power_w\r\n"2026-03-09T10:00:00Z","1.5e2"',
      'text/csv; charset=utf-8',
      1,
    ],
    [
      'CSV of energy and of what is injected',
      'at,energy_wh,energy_wh_export\n2026-03-09T10:00:00Z,100,20\n',
      'text/csv',
      1,
    ],
    ['CSV of registers', 'at,register_wh\n2026-03-09T10:00:00Z,1000\n2026-03-09T10:15:00Z,1100\n', 'text/csv', 2],
    [
      'NDJSON',
      '{"at":"2026-03-09T10:00:00Z","power_w":100}\n\n{"at":"2026-03-09T10:01:00Z","power_w":null}',
      ndjson,
      2,
    ],
    ['JSON rows', '{"readings":[{"at":"2026-03-09T10:00:00Z","power_w":100}]}', json, 1],
    [
      'dense JSON',
      '{"kind":"power_w","start":"2026-03-09T10:00:00Z","interval_s":60,"values":[150,null,600]}',
      json,
      3,
    ],
  ]
  test.each(forms)('%s', async (_name, body, contentType, rows) => {
    const expected = { received: rows, accepted: rows, duplicates: 0, replaced: 0, rejected_count: 0, rejected: [] }
    const { status, data } = await post(body, contentType)
    const { format } = data
    expect({ status, data }).toEqual({ status: 200, data: { format, ...expected } })
    expect(contentType).toContain(format)
    const again = await post(new Uint8Array(gzipSync(body)), contentType, { 'content-encoding': 'gzip' })
    expect(again).toEqual({ status: 200, data: { format, ...expected, accepted: 0, duplicates: rows } })
    expect(await post(new Uint8Array(gzipSync(body)), contentType)).toEqual(again)
  })
})

describe('the rows of a body', () => {
  test('are rejected one by one, named with their number, and cost the good ones nothing', async () => {
    const rows = [
      ['2026-03-09T10:00:00Z,100', null],
      ['2026-03-09T10:01:00Z,NaN', 'value_not_a_number'],
      ['2026-03-09T10:02:00Z,-1', 'value_negative'],
      ['2026-03-09T10:03:00,5', 'at_without_zone'],
      ['2026-03-11T12:10:00Z,5', 'at_in_future'],
      ['1999-12-31T23:59:00Z,5', 'at_too_early'],
      ['2026-03-09T10:04:00Z,100001', 'power_absurd'],
      ['2026-02-30T10:00:00Z,5', 'at_invalid'],
      [',5', 'at_missing'],
      ['2026-03-09T10:05:00Z,5,7', 'row_malformed'],
      ['2026-03-09T10:06:00Z,1e400', 'power_absurd'],
      ['2026-03-09T10:07:00Z,200', null],
    ] as const
    const { status, data } = await post(`at,power_w\n${rows.map(([row]) => row).join('\n')}\n`)
    const expected = rows.flatMap(([, code], index) => (code === null ? [] : [{ row: index + 1, code }]))
    expect(status).toBe(200)
    expect(data).toMatchObject({ received: 12, accepted: 2, rejected_count: 10 })
    expect(data.rejected.map(({ row, code }: { row: number; code: string }) => ({ row, code }))).toEqual(expected)
  })

  test('are replaced by a later row of the same instant, in the body and after it', async () => {
    const body = 'at,power_w\n2026-03-09T10:00:00Z,100\n2026-03-09T11:00:00+01:00,200\n'
    expect((await post(body)).data).toMatchObject({ received: 2, accepted: 1, replaced: 1 })
    expect((await post('at,power_w\n2026-03-09T10:00:00Z,300\n')).data).toMatchObject({ replaced: 1 })
    expect((await post('at,power_w\n2026-03-09T10:00:00Z,300\n')).data).toMatchObject({ duplicates: 1 })
  })

  test('a thousand rejected rows are named, all are counted', async () => {
    const { data } = await post(`at,power_w\n${'nothing,5\n'.repeat(2500)}`)
    expect(data).toMatchObject({ received: 2500, accepted: 0, rejected_count: 2500 })
    expect(data.rejected).toHaveLength(1000)
  })
})

describe('a body that breaks keeps its whole good rows and says what was wrong', () => {
  const good = 'at,power_w\n2026-03-09T10:00:00Z,100\n2026-03-09T10:01:00Z,100\n'
  const truncated = gzipSync(
    good + Array.from({ length: 5000 }, (_, i) => `2026-03-0${1 + (i % 8)}T10:00:00Z,${i}`).join('\n'),
  )
  const breaks: [string, Body, string, Record<string, string>, number, string, string, number?][] = [
    ['an empty body', '', 'text/csv', {}, 400, 'body_missing', ''],
    ['gzip that is none', good, 'text/csv', { 'content-encoding': 'gzip' }, 400, 'body_malformed', 'gzip_invalid'],
    [
      'gzip that ends early',
      new Uint8Array(truncated.subarray(0, truncated.length - 40)),
      'text/csv',
      {},
      400,
      'body_malformed',
      'gzip_truncated',
      2,
    ],
    [
      'CSV without a header',
      '2026-03-09T10:00:00Z,100\n',
      'text/csv',
      {},
      400,
      'body_malformed',
      'header_column_unknown',
    ],
    ['CSV without at', 'power_w\n100\n', 'text/csv', {}, 400, 'body_malformed', 'header_without_at'],
    ['CSV without values', 'at\n2026-03-09T10:00:00Z\n', 'text/csv', {}, 400, 'body_malformed', 'header_without_value'],
    [
      'JSON that ends early',
      '{"readings":[{"at":"2026-03-09T10:00:00Z","power_w":100},',
      json,
      {},
      400,
      'body_malformed',
      'json_incomplete',
      1,
    ],
    [
      'JSON that is none',
      '{"readings":[{"at":"2026-03-09T10:00:00Z","power_w":100}, oops]}',
      json,
      {},
      400,
      'body_malformed',
      'json_malformed',
      1,
    ],
    ['a JSON list', '[]', json, {}, 400, 'body_malformed', 'json_not_an_object'],
    ['an unknown field', '{"rows":[]}', json, {}, 400, 'body_malformed', 'field_unknown'],
    [
      'dense JSON without a start',
      '{"kind":"power_w","interval_s":60,"values":[1]}',
      json,
      {},
      400,
      'body_malformed',
      'field_missing',
    ],
    ['a type that carries no readings', '<readings/>', 'text/html', {}, 415, 'media_type_unsupported', ''],
    ['XML of no format that is read', '<readings/>', 'text/xml', {}, 400, 'body_malformed', 'format_unknown'],
    ['another coding', good, 'text/csv', { 'content-encoding': 'br' }, 415, 'encoding_unsupported', ''],
  ]
  test.each(breaks)('%s', async (_name, body, contentType, headers, status, code, refusal, kept = 0) => {
    const answer = await post(body, contentType, headers)
    expect(answer).toMatchObject({ status, code })
    if (refusal !== '') expect(answer.errors[0]).toMatchObject({ code: refusal, in: 'body' })
    if (kept > 0) expect(answer.report.accepted).toBeGreaterThanOrEqual(kept)
    const held = await server.get(path.replace('/readings', ''))
    expect(held.readings?.count ?? 0).toBe(answer.report?.accepted ?? 0)
  })

  test('a bomb of gzip is refused at 512 MiB unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(600 * 1024 * 1024, `at,power_w\n${' '.repeat(15_999)}\n`))
    const answer = await post(new Uint8Array(bomb), 'text/csv')
    expect(answer).toMatchObject({ status: 413, code: 'body_too_large', errors: [{ code: 'body_unpacks_too_large' }] })
  })

  test('more than 64 MiB sent are refused', async () => {
    const answer = await post(`at,power_w\n${'x'.repeat(65 * 1024 * 1024)}`).catch((error: Error) => error.message)
    // The server stops reading and answers; a sender that is still sending may see the closed connection instead.
    if (typeof answer !== 'string') expect(answer).toMatchObject({ status: 413, code: 'body_too_large' })
    expect((await server.get(path.replace('/readings', ''))).readings).toBeNull()
  })
})

describe('readings become slots as the contract says', () => {
  async function powerOf(rows: string): Promise<(number | null)[]> {
    expect((await post(`at,${rows}`)).status).toBe(200)
    const account = path.split('/')[2] ?? ''
    await server.analysed(account)
    const { electricity_data } = await server.get(`/accounts/${account}/consumption?period=yesterday`)
    const sums = electricity_data.data.map((row: (number | null)[]) =>
      row[0] === null ? null : row.reduce<number>((sum, one) => sum + (one ?? 0), 0),
    )
    const first = electricity_data.index.indexOf('2026-03-09T10:00:00Z')
    return sums.slice(first, first + 8)
  }

  test('power holds until the next reading, at most five minutes, and an empty value ends it', async () => {
    const rows = 'power_w\n2026-03-09T10:00:00Z,100\n2026-03-09T10:02:00Z,\n2026-03-09T10:03:00Z,50\n'
    expect(await powerOf(rows)).toEqual([100, 100, null, 50, 50, 50, 50, 50])
  })

  test('quarter-hour energy becomes quarter-hour power', async () => {
    const rows = 'energy_wh\n2026-03-09T10:00:00Z,100\n2026-03-09T10:15:00Z,\n2026-03-09T10:30:00Z,25\n'
    expect(await powerOf(rows)).toEqual([400, null, 100, null, null, null, null, null])
  })

  test('a time without readings has slots as long as those of the newest day', async () => {
    const lengthOf = async () => {
      const account = path.split('/')[2] ?? ''
      await server.analysed(account)
      const { electricity_data } = await server.get(`/accounts/${account}/consumption?from=2026-03-02&to=2026-03-03`)
      return electricity_data.index.length
    }
    await post('at,energy_wh\n2026-03-08T10:00:00Z,100\n')
    expect(await lengthOf()).toBe(96)
    await post('at,power_w\n2026-03-09T10:00:00Z,100\n')
    expect(await lengthOf()).toBe(1440)
  })

  test('a register that falls is a reset, not negative energy', async () => {
    const rows =
      'register_wh\n2026-03-09T10:00:00Z,1000\n2026-03-09T10:15:00Z,1100\n2026-03-09T10:30:00Z,5\n2026-03-09T10:45:00Z,30\n'
    expect(await powerOf(rows)).toEqual([400, null, 100, null, null, null, null, null])
  })

  test('a register that comes back from a fault of many hours shows no energy, as little now as over the latest hours', async () => {
    const [account, now] = [path.split('/')[2] ?? '', Date.parse('2026-03-10T12:00:00Z')]
    const quarters = Array.from({ length: 80 }, (_, quarter) => {
      const isFaulty = quarter > 0 && quarter < 75
      return [new Date(now - quarter * 900_000).toISOString(), isFaulty ? 0 : 40_000 - quarter * 100]
    })
    const rows = quarters.map((row) => `${row.join(',')}\n`).join('')
    expect((await post(`at,register_wh\n${rows}`)).status).toBe(200)
    expect((await server.get(`/accounts/${account}/consumption/realtime`)).realtime_consumption).toBeNull()
    const { electricity_data } = await server.get(`/accounts/${account}/consumption/latest`)
    const data: readonly [number | null][] = electricity_data.data
    const returnedFrom = electricity_data.index.indexOf('2026-03-10T11:45:00Z')
    expect(new Set(data.slice(0, returnedFrom).flat())).toEqual(new Set([0]))
    expect(new Set(data.slice(returnedFrom).flat())).toEqual(new Set([null]))
  })
})

/** Whether the body of one import is being read. */
async function isImportUnderWay(): Promise<boolean> {
  const metrics = await fetch(`${server.baseUrl}/metrics`)
  return (await metrics.text()).includes('loadlens_imports_under_way 1')
}

/** The head of a request with a body of so many bytes. */
async function headOf(to: string, contentType: string, bodyBytes: number): Promise<string> {
  const token = await tokenOf(server.baseUrl, retailer)
  return `POST ${to} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${contentType}\r\nContent-Length: ${bodyBytes}\r\n\r\n`
}

test('a sender that hangs up in the middle leaves its whole rows, and a server that answers on', async () => {
  const { hostname, port } = new URL(server.baseUrl)
  const head = await headOf(path, 'text/csv', 100_000)
  const socket = connect(Number(port), hostname)
  socket.write(`${head}at,power_w\n2026-03-09T10:00:00Z,100\n2026-03-09T10:0`)
  // A reset that comes too soon takes bytes with it that the server has not read yet.
  while (!(await isImportUnderWay())) await pause(10)
  socket.destroy()
  const account = path.replace('/readings', '')
  while ((await server.get(account)).readings === null) await pause(20)
  expect((await server.get(account)).readings.count).toBe(1)
})

/** Sends half a request, says that its time is over as Node does, and sends the rest: the status of the answer. */
async function statusAfterTimeout(to: string, contentType: string, body: string, isUnderWay: () => Promise<boolean>) {
  const { hostname, port } = new URL(server.baseUrl)
  const head = await headOf(to, contentType, body.length)
  let started: { readonly server: Server; readonly socket: Socket } | undefined
  const onStart = (message: unknown) => {
    const request = message as { readonly request: IncomingMessage; readonly server: Server; readonly socket: Socket }
    if (request.request.url === to) started = request
  }
  subscribe('http.server.request.start', onStart)
  const socket = connect(Number(port), hostname)
  try {
    socket.write(head + body.slice(0, -5))
    while (started === undefined || !(await isUnderWay())) await pause(10)
    const timeout = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    started.server.emit('clientError', timeout, started.socket)
    socket.write(body.slice(-5))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return Number(answer.toString().split(' ')[1])
  } finally {
    unsubscribe('http.server.request.start', onStart)
    socket.destroy()
  }
}

test('readings have as long to arrive as it takes to write them, other requests have not', async () => {
  const rows = 'at,power_w\n2026-03-09T10:00:00Z,100\n'
  expect(await statusAfterTimeout(path, 'text/csv', rows, isImportUnderWay)).toBe(200)
  expect(await statusAfterTimeout('/accounts', json, '{"pod":"IT001E9"}', async () => true)).toBe(408)
})
