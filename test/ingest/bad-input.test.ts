/** Bodies that are meant to exhaust the memory, or are no text: refused with a clear code, in a process with little memory. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { badBodies } from '../support/import-child.ts'

const child = fileURLToPath(new URL('../support/import-child.ts', import.meta.url))
/** What the process takes by itself, with all formats loaded, is about 100 MiB. */
const memoryMiBMax = 300

const expected: Readonly<Record<string, string>> = {
  'XML whose entities grow': 'xml_doctype',
  'a document type of 2 GiB': 'xml_malformed',
  'XML nested without end': 'xml_too_deep',
  'an XML text of 2 GiB': 'line_too_long',
  'an XML attribute of 2 GiB': 'xml_malformed',
  'an XML comment of 2 GiB': 'xml_malformed',
  'attributes without end': 'xml_malformed',
  'a line of 2 GiB in a CSV of this product': 'row_too_long',
  'a line of 2 GiB in the CSV of another house': 'line_too_long',
  'a quote that never closes': 'line_too_long',
  'a line of 2 GiB in NDJSON': 'row_too_long',
  'a JSON text of 2 GiB': 'body_unpacks_too_large',
  'JSON nested without end': 'json_too_deep',
  'a gzip that unpacks to 2 GiB': 'body_unpacks_too_large',
  'a gzip that is cut off': 'gzip_truncated',
  'UTF-16 with its mark': 'body_not_utf8',
  'UTF-16 without its mark': 'body_not_utf8',
  'Latin-1 in a CSV': 'body_not_utf8',
  'Latin-1 in XML': 'body_not_utf8',
}

test('every bad body has its code', () => {
  expect(badBodies.toSorted()).toEqual(Object.keys(expected).toSorted())
})

test.each(badBodies)(
  '%s',
  async (name) => {
    const args = ['--max-old-space-size=128', child, name]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const { refusal, report, memoryMiB } = JSON.parse(stdout)
    expect([refusal, ...report.rejected.map(({ code }: { code: string }) => code)]).toContain(expected[name])
    expect(memoryMiB).toBeLessThan(memoryMiBMax)
  },
  180_000,
)
