/** Files over HTTP: into one account, by POD into many, as a dry run, and by whom. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goldenFile } from '../support/import-file.ts'
import { type Body, competitor, register, startTestServer, type TestServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer('2026-11-24T12:00:00Z')
  await register(server, 'home-a', 'IT001E12345678')
  await register(server, 'home-b', 'IT001E87654321')
  await register(server, 'home-c', 'IT001E00000003')
})
afterAll(async () => {
  await server?.stop()
})

async function post(path: string, body: Body, contentType: string, client?: typeof competitor) {
  const response = await server.send('POST', path, body, { contentType, ...(client === undefined ? {} : { client }) })
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field
  return { status: response.status, ...((await response.json()) as any) }
}

const bytes = (path: string) => new Uint8Array(goldenFile(path))
const flow = bytes('sii/synthetic-pdo2g.xml')

describe('a file of many PODs', () => {
  const pods = [
    { pod: 'IT001E12345678', account_number: 'home-a', accepted: 288, rejected_count: 0 },
    { pod: 'IT001E87654321', account_number: 'home-b', accepted: 96, rejected_count: 0 },
  ]

  /** What the server has counted of readings. */
  const counted = async () => {
    const text = await (await fetch(`${server.baseUrl}/metrics`)).text()
    return text.match(/(?<=^loadlens_readings_total).*$/gm) ?? []
  }

  test('says in a dry run what would become of it, keeps nothing and counts nothing', async () => {
    const { status, data } = await post('/readings?dry_run=true', flow, 'application/xml')
    expect(status).toBe(200)
    expect(data).toMatchObject({ format: 'sii', dry_run: true, received: 384, accepted: 384, pods })
    expect(await server.get('/accounts/home-a')).toMatchObject({ readings: null, pending_days: 0 })
    expect(await counted()).toEqual([])
  })

  test('fills the account of each POD, and may be sent again', async () => {
    expect((await post('/readings', flow, 'application/xml')).data).toMatchObject({ accepted: 384, pods })
    const again = await post('/readings', new Uint8Array(gzipSync(flow)), 'application/octet-stream')
    expect(again.data).toMatchObject({ accepted: 0, duplicates: 384 })
    expect(await counted()).toEqual(expect.arrayContaining(['{outcome="accepted"} 384', '{outcome="duplicate"} 384']))
    expect(await server.get('/accounts/home-a')).toMatchObject({ readings: { count: 288 } })
    expect(await server.get('/accounts/home-b')).toMatchObject({ readings: { count: 96 } })
  })

  test('reports the PODs of which the client has no account, and gives nothing to anybody else', async () => {
    const { data } = await post('/readings', flow, 'application/xml', competitor)
    expect(data).toMatchObject({
      accepted: 0,
      rejected_count: 384,
      pods: pods.map(({ pod }) => ({ pod, account_number: null })),
    })
    expect(data.rejected[0]).toMatchObject({ row: 1, line: expect.any(Number), code: 'pod_unknown' })
  })

  test('fills one account from its own rows alone', async () => {
    const { data } = await post('/accounts/home-b/readings?format=sii', flow, 'application/xml')
    expect(data).toMatchObject({ accepted: 0, duplicates: 96, rejected_count: 288 })
    expect(data.rejected[0]).toMatchObject({ code: 'pod_other' })
  })

  test('gives a reading to the account that had the POD then', async () => {
    await server.post('/accounts/home-c/closure', { on: '2025-09-01' })
    await register(server, 'home-d', 'IT001E00000003')
    const head = 'POD;DATA;ORA;FL_ORA_LEGALE;ATTIVA_PRELEVATA'
    const rows = ['20250831;234500;2;0,1', '20250901;000000;2;0,2'].map((row) => `IT001E00000003;${row}`)
    const send = async (lines: string[]) => (await post('/readings', [head, ...lines].join('\n'), 'text/csv')).data
    const { rejected, pods } = await send(rows)
    expect(rejected).toEqual([])
    const pod = { pod: 'IT001E00000003', duplicates: 0, replaced: 0, rejected_count: 0 }
    expect(pods).toEqual([
      { ...pod, account_number: 'home-c', accepted: 1 },
      { ...pod, account_number: 'home-d', accepted: 1 },
    ])
    const bad = 'IT001E00000003;20250831;233000;2;x'
    expect((await send([bad, ...rows.slice(0, 1)])).pods).toEqual([
      { ...pod, account_number: 'home-c', accepted: 0, duplicates: 1, rejected_count: 1 },
    ])
    expect((await send([bad])).pods).toEqual([{ ...pod, account_number: 'home-d', accepted: 0, rejected_count: 1 }])
    expect(await server.get('/accounts/home-c')).toMatchObject({ readings: { from: '2025-08-31T21:45:00Z', count: 1 } })
    expect(await server.get('/accounts/home-d')).toMatchObject({ readings: { from: '2025-08-31T22:00:00Z', count: 1 } })
  })
})

describe('a file that names no POD', () => {
  test('goes into the account it is sent to, and nowhere without one', async () => {
    const file = bytes('e-distribuzione/synthetic-ordinary-days.csv')
    expect((await post('/accounts/home-a/readings', file, 'text/csv')).data).toMatchObject({
      format: 'e-distribuzione',
      accepted: 192,
    })
    expect(await post('/readings', file, 'text/csv')).toMatchObject({
      status: 400,
      code: 'body_malformed',
      errors: [{ code: 'pods_missing' }],
    })
  })

  test('needs its unit said where it has none', async () => {
    const file = bytes('home-assistant/synthetic-register.csv')
    const path = '/accounts/home-a/readings'
    expect(await post(path, file, 'text/csv')).toMatchObject({ status: 400, errors: [{ code: 'unit_missing' }] })
    expect((await post(`${path}?unit=kWh`, file, 'text/csv')).data).toMatchObject({ accepted: 6 })
    expect(await post(`${path}?unit=MWh`, file, 'text/csv')).toMatchObject({ status: 400, code: 'input_invalid' })
  })
})

test('an estimate never replaces what was measured; what was measured replaces the estimate', async () => {
  const estimated = Buffer.from(flow).toString().replaceAll('<TipoDato>E', '<TipoDato>S')
  expect((await post('/readings', estimated, 'application/xml')).data).toMatchObject({ duplicates: 384, replaced: 0 })
  const measured = Buffer.from(flow).toString().replaceAll('<TipoDato>S', '<TipoDato>E')
  expect((await post('/readings', measured, 'application/xml')).data).toMatchObject({ duplicates: 288, replaced: 96 })
})

test('a broken file keeps its whole rows and says what became of each POD', async () => {
  const broken = flow.subarray(0, flow.length - 100)
  expect(await post('/readings', broken, 'application/xml')).toMatchObject({
    status: 400,
    errors: [{ code: 'xml_incomplete' }],
    report: { duplicates: expect.any(Number), pods: [{ account_number: 'home-a' }, { account_number: 'home-b' }] },
  })
})
