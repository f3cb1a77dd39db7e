/**
 * SML files of electronic household meters (Germany), as an optical head reads them: raw bytes, or their hexadecimal text.
 * OBIS 1-0:16.7.0 is the net power (negative when injected), 1.7.0 and 2.7.0 drawn and injected, 1.8.0 and 2.8.0 the
 * registers, 36.7.0, 56.7.0 and 76.7.0 the phases. DLMS units: 27 W, 30 Wh. The meter's clock counts its own seconds: unused.
 */
import { type DeviceAdapter, plainTopic, type Sample } from './adapter.ts'
import { malformed, nothingOf } from './payloads.ts'
import { entriesOfSml, type SmlEntry } from './sml-file.ts'

type Meaning = Pick<Sample, 'channel' | 'kind' | 'direction'>

const meanings: Readonly<Record<string, Meaning>> = {
  '1-0:16.7.0': { channel: 'total', kind: 'power', direction: 'net' },
  '1-0:1.7.0': { channel: 'total', kind: 'power', direction: 'import' },
  '1-0:2.7.0': { channel: 'total', kind: 'power', direction: 'export' },
  '1-0:36.7.0': { channel: 'L1', kind: 'power', direction: 'net' },
  '1-0:56.7.0': { channel: 'L2', kind: 'power', direction: 'net' },
  '1-0:76.7.0': { channel: 'L3', kind: 'power', direction: 'net' },
  '1-0:1.8.0': { channel: 'total', kind: 'register', direction: 'import' },
  '1-0:2.8.0': { channel: 'total', kind: 'register', direction: 'export' },
}

const units = { power: 27, energy: 30, register: 30 } as const

export const sml: DeviceAdapter = {
  kind: 'sml',
  title: 'SML meter (raw files of an optical head)',
  topicIs: 'The topic that files are published to, such as `sml/raw`.',
  channelsAre: '`total` (where absent), `L1`, `L2`, `L3`.',
  defaultChannels: ['total'],
  defaultHoldS: 300,
  buffers: false,
  remembers: false,
  topicOf: plainTopic,
  isChannel: (channel) => /^(?:total|L[123])$/.test(channel),
  filters: ({ topic }) => [topic],
  read: ({ payload }) => {
    const entries = entriesOfSml(bytesOf(payload))
    if (entries === 'checksum_wrong') return { code: 'checksum_wrong', detail: 'CRC of the file' }
    if (entries === 'no_file') return malformed(payload, 'an SML file')
    const known = entries.filter(({ obis }) => meanings[obis] !== undefined)
    const foreign = known.find(
      ({ obis, unit }) => unit !== undefined && unit !== units[meanings[obis]?.kind ?? 'power'],
    )
    if (foreign !== undefined) return { code: 'unit_unknown', detail: `${foreign.obis} in unit ${foreign.unit}` }
    const samples = known.flatMap(sampleOf)
    return samples.length > 0 ? { samples } : nothingOf('1-0:16.7.0 nor 1-0:1.8.0')
  },
}

/** Hexadecimal text may have white space between its bytes. */
function bytesOf(payload: Buffer): Buffer {
  const text = payload.toString('latin1').replaceAll(/\s/g, '')
  return /^(?:[\da-fA-F]{2})+$/.test(text.slice(0, 64)) ? Buffer.from(text, 'hex') : payload
}

function sampleOf({ obis, value }: SmlEntry): Sample[] {
  const meaning = meanings[obis]
  return meaning === undefined ? [] : [{ ...meaning, value }]
}
