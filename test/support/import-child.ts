/** A process that imports one bad body with little memory, and says what became of it and how much memory it took. */
import { createGzip, gzipSync } from 'node:zlib'
import { type FormatChoice, importReadings } from '../../src/ingest/index.ts'
import { only } from './import-file.ts'

const mebibyte = 1024 * 1024
const large = 2048
const xml = '<?xml version="1.0"?>'

/** `head`, then a block again and again, 2 GiB in all unless said otherwise, then `tail`. */
function* endless(head: string, unit: string, tail = '', mebibytes = large): Generator<Uint8Array> {
  const block = Buffer.from(unit.repeat(Math.ceil(mebibyte / unit.length)))
  yield Buffer.from(head)
  for (let count = 0; count < mebibytes; count++) yield block
  yield Buffer.from(tail)
}

/** Two million attributes of one element, each of another name. */
function* attributes(): Generator<Uint8Array> {
  yield Buffer.from(`${xml}<FlussoMisure `)
  for (let block = 0; block < 2000; block++) {
    yield Buffer.from(Array.from({ length: 1000 }, (_, number) => `a${block}-${number}='' `).join(''))
  }
}

/** Two GiB of spaces in about two MiB of gzip. */
async function* gzipBomb(): AsyncGenerator<Uint8Array> {
  const gzip = createGzip()
  const block = Buffer.alloc(mebibyte, ' ')
  void (async () => {
    for (let count = 0; count < large; count++) {
      if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve))
    }
    gzip.end()
  })()
  for await (const bytes of gzip) yield bytes as Buffer
}

const laughs = Array.from({ length: 20 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`)
const row = (minute: number) => `2026-03-09T10:0${minute}:00Z,${minute}\n`
const utf16 = Buffer.from(`at,power_w\n${row(1)}`, 'utf16le')

type Bad = readonly [choice: FormatChoice, body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>]

const bad: Readonly<Record<string, () => Bad>> = {
  'XML whose entities grow': () => [
    only('sii'),
    [Buffer.from(`${xml}<!DOCTYPE f [<!ENTITY l0 "ha">${laughs.join('')}]><FlussoMisure>&l20;</FlussoMisure>`)],
  ],
  'a document type of 2 GiB': () => [only('sii'), endless(`${xml}<!DOCTYPE f [`, '<!ENTITY a "a">')],
  'XML nested without end': () => [only('sii'), endless(`${xml}<FlussoMisure>`, '<a>')],
  'an XML text of 2 GiB': () => [only('sii'), endless(`${xml}<FlussoMisure><Pod>`, 'IT001E')],
  'an XML attribute of 2 GiB': () => [only('green-button'), endless(`${xml}<feed a="`, 'naesb.org/espi ')],
  'an XML comment of 2 GiB': () => [only('sii'), endless(`${xml}<FlussoMisure><!--`, 'ha ')],
  'attributes without end': () => [only('sii'), attributes()],
  'a line of 2 GiB in a CSV of this product': () => [
    only('csv'),
    endless(`at,power_w\n${row(1)}2026-03-09T10:02:00Z,`, '5', `\n${row(3)}`),
  ],
  'a line of 2 GiB in the CSV of another house': () => [
    only('e-distribuzione'),
    endless('Giorno;00:00-00:15;', '00:15-00:30;'),
  ],
  'a quote that never closes': () => [only('portale-consumi'), endless('pod;"data_lettura', ';ea1')],
  'a line of 2 GiB in NDJSON': () => [only('ndjson'), endless(`{"at":"`, '2026', `"}\n`)],
  'a JSON text of 2 GiB': () => [only('e-distribuzione-app'), endless('{"data":[{"readings":"', 'A1')],
  'JSON nested without end': () => [only('json'), endless('{"readings":[', '[')],
  'a gzip that unpacks to 2 GiB': () => [only('csv'), gzipBomb()],
  'a gzip that is cut off': () => [only('csv'), [gzipSync(`at,power_w\n${row(1).repeat(5000)}`).subarray(0, 60)]],
  'UTF-16 with its mark': () => [only('csv'), [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])]],
  'UTF-16 without its mark': () => [only('csv'), [utf16]],
  'Latin-1 in a CSV': () => [
    only('portale-consumi'),
    [Buffer.from('pod;data_lettura;unità\n', 'latin1'), ...endless('', 'à', '', 1)],
  ],
  'Latin-1 in XML': () => [
    only('sii'),
    [Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><FlussoMisure><Note>unità</Note>', 'latin1')],
  ],
}

/** The names of what is imported, for the test. */
export const badBodies = Object.keys(bad)

const [name = ''] = process.argv.slice(2)
const made = bad[name]?.()
if (made !== undefined) {
  const [choice, body] = made
  const source = (async function* () {
    yield* body
  })()
  const result = await importReadings(source, choice, {
    now: Date.parse('2026-03-10T12:00:00Z'),
    source: 'api',
    write: async ({ at }) => ({ outcomes: new Uint8Array(at.length) }),
    limits: {
      sentBytesMax: Number.POSITIVE_INFINITY,
      unpackedBytesMax: 512 * mebibyte * (name.includes('line') ? 8 : 1),
    },
  })
  const { report, ...refused } = 'refusal' in result ? result : { report: result }
  const memoryMiB = process.resourceUsage().maxRSS / 1024
  process.stdout.write(JSON.stringify({ ...refused, report, memoryMiB }))
}
