/** Bodies of readings: every reason for which a row or a body is refused, however the bytes are cut, in bounded memory. */
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../../src/energy/readings.ts'
import {
  anyFormat,
  type BodyRefusal,
  type BodyRefusalCode,
  batchOutcomes,
  bodyRefusals,
  type ImportReport,
  importReadings,
  type lateRejections,
  type RowRejectionCode,
  rowRejections,
} from '../../src/ingest/index.ts'
import type { Patience } from '../../src/ingest/unpack.ts'
import { only } from '../support/import-file.ts'
import { readingsOfBatch } from '../support/readings.ts'

type OwnFormat = 'csv' | 'ndjson' | 'json'
/** A format of the registry, or `any`: told by its beginning. */
type FormatName = string

const now = Date.parse('2026-03-10T12:00:00Z')
const at = '2026-03-09T10:00:00Z'

interface Imported {
  readonly report: ImportReport
  readonly refusal: BodyRefusalCode | undefined
  readonly readings: readonly Reading[]
}

type Options = Partial<Parameters<typeof importReadings>[2]>

/** Imports a body that comes in the given pieces; the store is a list that takes everything as new. */
async function imported(pieces: Iterable<Uint8Array>, format: FormatName, options: Options = {}): Promise<Imported> {
  const readings: Reading[] = []
  const source = (async function* () {
    yield* pieces
  })()
  const result = await importReadings(source, format === 'any' ? anyFormat : only(format), {
    now,
    source: 'api',
    write: async (batch) => {
      readings.push(...readingsOfBatch(batch))
      return { outcomes: new Uint8Array(batch.at.length) }
    },
    ...options,
  })
  return 'refusal' in result
    ? { report: result.report, refusal: result.refusal, readings }
    : { report: result, refusal: undefined, readings }
}

const whole = (text: string | Uint8Array) => [typeof text === 'string' ? Buffer.from(text) : text]
const csv = (row: string, header = 'at,power_w') => whole(`${header}\n${row}\n`)

/** What a file of its own says; the PODs of these are looked up by whoever writes. */
const quarters = Array.from({ length: 96 }, (_, index) => `ea${index + 1}`)
const portale = (pod: string, day: string, values: string[]) =>
  whole(
    `pod;data_lettura;${quarters.join(';')}\n${pod};${day};${quarters.map((_, index) => values[index] ?? '').join(';')}\n`,
  )
const skipped = portale('IT001E12345678', '30/03/2025', [...Array(11).fill(''), '0.1', ...Array(84).fill('0.1')])
const doubled = portale('IT001E12345678', '26/10/2025', [...Array(8).fill(''), '0.1'])
const gas = whole(
  '<feed xmlns="http://naesb.org/espi"><ReadingType><uom>119</uom></ReadingType><IntervalReading><value>1</value></IntervalReading></feed>',
)
const answering = (code: (typeof lateRejections)[number]): Options => ({
  write: async ({ at }) => ({ outcomes: new Uint8Array(at.length).fill(batchOutcomes.indexOf(code)) }),
})

const rejections: Record<RowRejectionCode, readonly [Uint8Array[], FormatName, Options?]> = {
  at_missing: [csv(',5'), 'csv'],
  at_invalid: [csv('2026-02-29T10:00:00Z,5'), 'csv'],
  at_without_zone: [csv('2026-03-09T10:00:00,5'), 'csv'],
  at_too_early: [csv('1999-12-31T23:59:59Z,5'), 'csv'],
  at_in_future: [csv('2026-03-11T12:00:01Z,5'), 'csv'],
  day_invalid: [portale('IT001E12345678', '31/02/2025', ['0.1']), 'portale-consumi'],
  time_skipped: [skipped, 'portale-consumi'],
  time_ambiguous: [doubled, 'portale-consumi'],
  series_unknown: [gas, 'green-button'],
  pod_missing: [portale('', '01/03/2025', ['0.1']), 'portale-consumi'],
  pod_invalid: [portale('POD 1', '01/03/2025', ['0.1']), 'portale-consumi'],
  pod_unknown: [portale('IT001E12345678', '01/03/2025', ['0.1']), 'portale-consumi', answering('pod_unknown')],
  pod_other: [portale('IT001E12345678', '01/03/2025', ['0.1']), 'portale-consumi', answering('pod_other')],
  after_closure: [csv(`${at},5`), 'csv', answering('after_closure')],
  before_supply: [portale('IT001E12345678', '01/03/2025', ['0.1']), 'portale-consumi', answering('before_supply')],
  value_missing: [whole(`{"at":"${at}"}\n`), 'ndjson'],
  value_not_a_number: [csv(`${at},NaN`), 'csv'],
  value_negative: [csv(`${at},-0.1`), 'csv'],
  power_absurd: [csv(`${at},100000.1`), 'csv'],
  energy_absurd: [csv(`${at},25000.1`, 'at,energy_wh'), 'csv'],
  register_absurd: [csv(`${at},1000000000001`, 'at,register_wh'), 'csv'],
  interval_invalid: [csv(`${at},5,0`, 'at,energy_wh,interval_s'), 'csv'],
  max_gap_invalid: [csv(`${at},5,4000`, 'at,register_wh,max_gap_s'), 'csv'],
  field_unknown: [whole(`{"at":"${at}","power_w":5,"volts":230}\n`), 'ndjson'],
  row_malformed: [whole(`{"at":"${at}","power_w":5\n`), 'ndjson'],
  row_too_long: [csv(`${at},${'5'.repeat(20_000)}`), 'csv'],
  row_not_utf8: [[Buffer.from(`{"at":"${at}","power_w":5,"x":"`), Buffer.from([0xff]), Buffer.from('"}\n')], 'ndjson'],
}

describe('a bad row is rejected with its reason', () => {
  test.each(Object.keys(rowRejections) as RowRejectionCode[])('%s', async (code) => {
    const [pieces, format, options] = rejections[code]
    const { report, refusal, readings } = await imported(pieces, format, options)
    expect(refusal).toBeUndefined()
    expect(report.rejected).toMatchObject([{ code, detail: expect.stringContaining(rowRejections[code]) }])
    expect(report.rejected_count).toBe(1)
    expect(report.accepted).toBe(readings.length)
  })
})

test.each(['ndjson', 'json'] as const)(
  'a row of %s with a field twice is rejected, whatever the field says',
  async (format) => {
    const good = [
      `{"at":"${at}","power_w":5}`,
      `{ "at" : "${at}", "power_w" : null, "interval_s":60, "\\u0065nergy_wh":5 }`,
    ]
    const bad = [
      `{"at":"${at}","power_w":1,"power_w":2}`,
      `{"at":"${at}","power_w":2,"power_w":2}`,
      `{"at":"${at}","power_w":1,"at":"${at}"}`,
      `{"power_w":1,"at":{"at":"${at}"},"at":"${at}"}`,
      `{"at":"${at}","power_w":"\\"}","power_w":2}`,
      `{"at":"${at}","power_w":1,"p\\u006fwer_w":2}`,
    ]
    const rows = [...good, ...bad, ...good]
    const body = format === 'ndjson' ? rows.join('\n') : `{"readings":[${rows.join(',')}]}`
    const { report, readings } = await imported(whole(body), format)
    expect(report.rejected.map(({ row, code }) => [row, code])).toEqual(
      bad.map((_, index) => [index + 3, 'row_malformed']),
    )
    expect(report.rejected[0]?.detail).toContain('has a field twice')
    expect(readings).toHaveLength(6)
  },
)

const limits = { sentBytesMax: 2000, unpackedBytesMax: 4000 }
const gz = (text: string) => gzipSync(text)
const manyRows = `at,power_w\n${`${at},5\n`.repeat(400)}`
const dense = (fields: object) =>
  whole(JSON.stringify({ kind: 'power_w', start: at, interval_s: 60, values: [1], ...fields }))

const espi = (content: string) => whole(`<feed xmlns="http://naesb.org/espi">${content}</feed>`)

const refusals: Record<BodyRefusalCode, readonly [Uint8Array[], FormatName, Options?]> = {
  body_empty: [[], 'csv'],
  body_not_utf8: [[Buffer.from('{"readings":[{"at":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}]}')], 'json'],
  body_too_large: [whole(manyRows), 'csv', { limits }],
  body_unpacks_too_large: [whole(gz(manyRows)), 'csv', { limits }],
  body_incomplete: [failing(), 'csv'],
  format_unknown: [whole('Dear diary'), 'any'],
  pods_missing: [csv(`${at},5`), 'csv', { byPod: true }],
  unit_missing: [whole('1388666100,357.90\n'), 'emoncms'],
  entity_missing: [whole('entity_id,state,last_changed\na,1,x\nb,1,x\n'), 'home-assistant', { unit: 'W' }],
  line_too_long: [whole(`entity_id,state,last_changed\n${'5'.repeat(200_000)}\n`), 'home-assistant', { unit: 'W' }],
  header_column_missing: [whole('pod;data_lettura\n'), 'portale-consumi'],
  csv_malformed: [whole('entity_id,state,last_changed\n"a"b,1,x\n'), 'home-assistant', { unit: 'W' }],
  reading_type_missing: [espi('<IntervalReading/>'), 'green-button'],
  xml_doctype: [whole('<!DOCTYPE f [<!ENTITY a "aaaa">]><FlussoMisure/>'), 'sii'],
  xml_malformed: [whole('<FlussoMisure><Pod></Ka></FlussoMisure>'), 'sii'],
  xml_incomplete: [whole('<FlussoMisure><DatiPod>'), 'sii'],
  xml_too_deep: [whole(`<FlussoMisure>${'<a>'.repeat(100)}`), 'sii'],
  gzip_invalid: [whole(manyRows), 'csv', { announcedGzip: true }],
  gzip_truncated: [whole(gz(manyRows).subarray(0, -8)), 'csv'],
  header_missing: [whole('\n\n'), 'csv'],
  header_column_unknown: [csv(`${at},5`, 'at,watts'), 'csv'],
  header_column_twice: [csv(`${at},5,5`, 'at,power_w,power_w'), 'csv'],
  header_without_at: [csv('5', 'power_w'), 'csv'],
  header_without_value: [csv(at, 'at'), 'csv'],
  json_malformed: [whole('{"readings":[{]}'), 'json'],
  json_incomplete: [whole('{"readings":[{"at":"'), 'json'],
  json_too_deep: [whole(`{"readings":[{"at":${'['.repeat(5000)}`), 'json'],
  json_not_an_object: [whole('[]'), 'json'],
  field_unknown: [whole('{"rows":[]}'), 'json'],
  field_missing: [whole('{}'), 'json'],
  field_twice: [dense({}).map((bytes) => Buffer.from(String(bytes).replace('{', '{"kind":"power_w",'))), 'json'],
  field_invalid: [dense({ interval_s: 0 }), 'json'],
  field_order: [
    whole(`{"values":[${'1,'.repeat(1_200_000)}1],"kind":"power_w","start":"${at}","interval_s":60}`),
    'json',
  ],
}

/** A source that breaks off after a whole row. */
function failing(): Uint8Array[] {
  const pieces = [Buffer.from(`at,power_w\n${at},5\n2026-`)]
  return Object.assign(pieces, {
    *[Symbol.iterator]() {
      yield pieces[0]
      throw new Error('the line broke')
    },
  })
}

describe('a body that cannot be read is refused with its reason', () => {
  test.each(Object.keys(bodyRefusals) as BodyRefusalCode[])('%s', async (code) => {
    const [pieces, format, options] = refusals[code]
    const { report, refusal, readings } = await imported(pieces, format, options)
    expect(refusal).toBe(code)
    expect(report.accepted).toBe(readings.length)
    expect(report.received).toBe(report.accepted + report.duplicates + report.replaced + report.rejected_count)
  })
})

/** Rows that may stand in a file: good, bad, and odd. */
const anyRow = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 4000 }), fc.double({ min: 0, max: 9000, noNaN: true }))
      .map(([minute, powerW]) => ({ at: new Date(Date.parse(at) - minute * 60_000).toISOString(), power_w: powerW })),
  },
  { weight: 1, arbitrary: fc.record({ at: fc.string({ maxLength: 8 }), power_w: fc.double() }) },
)

const textOf: Record<OwnFormat, (rows: readonly { at: string; power_w: number }[]) => string> = {
  csv: (rows) =>
    `at,power_w\n${rows.map((row) => `"${row.at.replaceAll('"', '""').replaceAll(/[\r\n]/g, ' ')}",${row.power_w}`).join('\n')}`,
  ndjson: (rows) => rows.map((row) => JSON.stringify(row)).join('\n'),
  json: (rows) => JSON.stringify({ readings: rows }),
}

describe('what a body says does not depend on how its bytes are cut, or on gzip', () => {
  test.each(['csv', 'ndjson', 'json'] as const)('%s', async (format) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 }),
        async (rows, cuts) => {
          const bytes = Buffer.from(textOf[format](rows))
          const pieces: Buffer[] = []
          for (let from = 0, cut = 0; from < bytes.length; cut++) {
            const length = cuts[cut % cuts.length] ?? 1
            pieces.push(bytes.subarray(from, from + length))
            from += length
          }
          const expected = await imported([bytes], format)
          expect(await imported(pieces, format)).toEqual(expected)
          expect(await imported([gzipSync(bytes)], format)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('any bytes at all', () => {
  test.each(['csv', 'ndjson', 'json'] as const)('%s are read or refused, never a fault', async (format) => {
    const good = Buffer.from(
      textOf[format]([
        { at, power_w: 5 },
        { at, power_w: 6 },
      ]),
    )
    const damaged = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([index, byte]) => {
      const copy = Buffer.from(good)
      copy[index] = byte
      return copy
    })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
          damaged,
        ),
        async (bytes) => {
          const { report, readings } = await imported([bytes], format)
          expect(report.accepted).toBe(readings.length)
          for (const { at: instant, value } of readings) {
            expect(Number.isFinite(instant)).toBe(true)
            expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('a line of a gigabyte is one rejected row, in little memory', async () => {
  const block = Buffer.alloc(1024 * 1024, '5')
  function* endless() {
    yield Buffer.from(`at,power_w\n${at},1\n${at},`)
    for (let megabyte = 0; megabyte < 1024; megabyte++) yield block
    yield Buffer.from(`\n2026-03-09T10:01:00Z,2\n`)
  }
  const limitless = { sentBytesMax: Number.POSITIVE_INFINITY, unpackedBytesMax: Number.POSITIVE_INFINITY }
  const before = process.memoryUsage().rss
  const { report } = await imported(endless(), 'csv', { limits: limitless })
  expect(report).toMatchObject({ received: 3, accepted: 2, rejected: [{ row: 2, code: 'row_too_long' }] })
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
})

test('a real year of minutes is read value for value', async () => {
  const { readFileSync } = await import('node:fs')
  const raw = gunzipSync(readFileSync(new URL('../../data/homes/home-1.csv.gz', import.meta.url)))
    .toString()
    .split('\n')
    .slice(1, 100_001)
  const rows = raw.map((line) => line.split(',', 2) as [string, string])
  const body = `at,power_w\n${rows.map(([utc, watts]) => `${utc.replace('Z', ':00Z')},${watts}`).join('\n')}`
  const { report, readings } = await imported([gzipSync(body)], 'csv', { batchSize: 1000 })
  expect(report).toMatchObject({ received: 100_000, accepted: 100_000 })
  for (const [index, [utc, watts]] of rows.entries()) {
    const reading = readings[index]
    if (reading?.at !== Date.parse(utc) || reading.value !== (watts === '' ? null : Number(watts)))
      throw new Error(`row ${index}: ${utc}`)
  }
})

test('the refusal of a body and its report are one value', async () => {
  const result = (await importReadings(
    (async function* () {
      yield Buffer.from('[]')
    })(),
    only('json'),
    { now, source: 'api', write: async () => ({ outcomes: [] }) },
  )) as BodyRefusal
  expect(result).toMatchObject({ refusal: 'json_not_an_object', detail: expect.any(String), report: { received: 0 } })
})

describe('a sender', () => {
  const sizes = { sentBytesMax: 1e6, unpackedBytesMax: 1e6 }
  const good = `${at},100\n`

  async function sent(source: AsyncIterable<Uint8Array>, patience: Patience, write = async () => {}) {
    return await importReadings(source, only('csv'), {
      now,
      source: 'api',
      limits: { ...sizes, patience },
      batchSize: 1,
      write: async (batch) => {
        await write()
        return { outcomes: new Uint8Array(batch.at.length) }
      },
    })
  }

  test('that falls silent has its whole rows kept, and a report of them', async () => {
    async function* source() {
      yield Buffer.from(`at,power_w\n${good}2026-03-09T10:`)
      await new Promise(() => {})
    }
    const result = await sent(source(), { silenceS: 0.02, waitS: 600 })
    expect(result).toMatchObject({ refusal: 'body_incomplete', report: { received: 1, accepted: 1 } })
  })

  test('that trickles is waited for only so long in all', async () => {
    async function* source() {
      yield Buffer.from('at,power_w\n')
      for (;;) yield await sleep(5, Buffer.from(good))
    }
    expect(await sent(source(), { silenceS: 600, waitS: 0.05 })).toMatchObject({ refusal: 'body_incomplete' })
  })

  test('is not blamed for the time in which its rows are written', async () => {
    async function* source() {
      yield Buffer.from('at,power_w\n')
      for (let chunk = 0; chunk < 5; chunk++) yield Buffer.from(good.repeat(200))
    }
    const slow = async () => await sleep(60)
    expect(await sent(source(), { silenceS: 0.05, waitS: 0.05 }, slow)).toMatchObject({
      received: 1000,
      accepted: 1000,
    })
  })
})

test('a body whose rows cannot be written is read to its end, so that its sender hears why', async () => {
  let given = 0
  const pieces = (function* () {
    for (; given < 50; given++) yield Buffer.from(given === 0 ? 'at,power_w\n' : `${at},5\n`.repeat(20))
  })()
  const write = async () => {
    throw new Error('the database is away')
  }
  await expect(imported(pieces, 'csv', { write, batchSize: 20 })).rejects.toThrow('the database is away')
  expect(given).toBe(50)
})
