/** What holds for every format of files there is: generated from the registry and the golden files. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FileFormat, fileFormats, type ImportOptions } from '../../src/ingest/index.ts'
import { cutInto, goldenFile, goldenFiles, type ImportedFile, importFile, only } from '../support/import-file.ts'

const golden = fileFormats.flatMap((format) => goldenFiles(format.name).map((path) => [path, format] as const))

/** What a sender says beside a file that does not say it. */
function saidWith(path: string, { needsUnit }: FileFormat): Partial<ImportOptions> {
  return {
    ...(path.includes('two-entities') ? { entity: 'sensor.house_power' } : {}),
    ...(needsUnit === true ? { unit: 'W' } : {}),
  }
}

function isSane({ report, readings }: ImportedFile): void {
  expect(report.received).toBe(report.accepted + report.duplicates + report.replaced + report.rejected_count)
  for (const { at, value, spanS, quality } of readings) {
    expect(Number.isSafeInteger(at)).toBe(true)
    expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true)
    expect(spanS).toBeGreaterThan(0)
    expect(['measured', 'estimated', 'corrected']).toContain(quality)
  }
}

test('every format has a name of its own and a golden file', () => {
  expect(new Set(fileFormats.map(({ name }) => name)).size).toBe(fileFormats.length)
  for (const { name } of fileFormats) expect(goldenFiles(name).length).toBeGreaterThan(0)
  expect(golden.length).toBeGreaterThanOrEqual(fileFormats.length)
})

test.each([
  ['{"readings":[{"at":"2026-03-09T10:00:00Z","power_w":532}]}', 'json'],
  ['{"at":"2026-03-09T10:00:00Z","power_w":532}', 'ndjson'],
])('%s is of one form, whether or not a line end follows', (text, name) => {
  for (const head of [text, `${text}\n`])
    expect(fileFormats.filter((one) => one.recognises(head)).map((one) => one.name)).toEqual([name])
})

describe.each(golden)('%s', (path, format) => {
  const bytes = goldenFile(path)
  const said = saidWith(path, format)

  test('is recognised by its beginning, and by no other format', async () => {
    const head = bytes.toString('utf8', 0, 4096)
    expect(fileFormats.filter((one) => one.recognises(head)).map(({ name }) => name)).toEqual([format.name])
    expect((await importFile([bytes], said)).report.format).toBe(format.name)
  })

  test('gives readings, with their PODs where the format names them', async () => {
    const { report, readings, refusal } = await importFile([bytes], said)
    expect(refusal).toBeUndefined()
    expect(readings.every(({ pod }) => (pod !== undefined) === (format.namesPods === true))).toBe(true)
    expect(report.pods === undefined).toBe(format.namesPods !== true)
  })

  test('says the same however its bytes are cut, with or without gzip and a mark of its encoding', async () => {
    const expected = await importFile([bytes], said)
    const marked = Buffer.concat([Buffer.from('\ufeff'), bytes])
    expect(await importFile([gzipSync(bytes)], said)).toEqual(expected)
    expect(await importFile([marked], said)).toEqual(expected)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), async (lengths) => {
        expect(await importFile(cutInto(bytes, lengths), said)).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  test('cut off anywhere, it is refused or keeps whole values: none but the last differs', async () => {
    const whole = (await importFile([bytes], said)).readings.map((reading) => JSON.stringify(reading))
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        const cut = await importFile([bytes.subarray(0, length)], said, only(format.name))
        isSane(cut)
        const kept = cut.readings.map((reading) => JSON.stringify(reading))
        for (const reading of kept.slice(0, -1)) expect(whole).toContain(reading)
      }),
      { numRuns: 40 },
    )
  })

  test('with any bytes changed it is read or refused with a code, never a fault', async () => {
    const change = fc.record({
      at: fc.nat(bytes.length - 1),
      remove: fc.nat(40),
      insert: fc.uint8Array({ maxLength: 12 }),
    })
    const text = fc.record({
      at: fc.nat(bytes.length - 1),
      remove: fc.nat(6),
      insert: fc
        .constantFrom(';', ',', '"', '\n', '<', '>', '&', '-', '9e99', 'NaN', '{', ']', 'null', ' ')
        .map((one) => Buffer.from(one)),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(change, text), { minLength: 1, maxLength: 4 }), async (changes) => {
        const mutated = changes.reduce(
          (from, { at, remove, insert }) => Buffer.concat([from.subarray(0, at), insert, from.subarray(at + remove)]),
          bytes,
        )
        isSane(await importFile([mutated], said, only(format.name)))
      }),
      { numRuns: 60 },
    )
  })
})
