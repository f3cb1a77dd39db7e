/**
 * P1 telegrams of DSMR meters (Netherlands, Belgium, Luxembourg), as they leave the meter.
 * DSMR 5.0.2 P1 companion standard: a line per value, `1-0:1.7.0(01.193*kW)` drawn, `2.7.0` injected, registers `1.8.n` and
 * `2.8.n` in kWh (n: tariff; added up), the meter's clock `0-0:1.0.0(YYMMDDhhmmssX)` with X = W (UTC+1) or S (UTC+2), and
 * after `!` the CRC-16/ARC of everything up to and with it. Meters before DSMR 4 send no checksum.
 */
import { type DeviceAdapter, plainTopic, type Sample } from './adapter.ts'
import { malformed, nothingOf, numberOf } from './payloads.ts'

/** OBIS codes of powers: the channel, and which way. */
const powers: Readonly<Record<string, readonly [channel: string, direction: 'import' | 'export']>> = {
  '1.7.0': ['total', 'import'],
  '2.7.0': ['total', 'export'],
  '21.7.0': ['L1', 'import'],
  '22.7.0': ['L1', 'export'],
  '41.7.0': ['L2', 'import'],
  '42.7.0': ['L2', 'export'],
  '61.7.0': ['L3', 'import'],
  '62.7.0': ['L3', 'export'],
}

export const dsmr: DeviceAdapter = {
  kind: 'dsmr',
  title: 'P1 port of a DSMR meter (raw telegrams)',
  topicIs: 'The topic that telegrams are published to, such as `p1/telegram`.',
  channelsAre: '`total` (where absent), `L1`, `L2`, `L3`.',
  defaultChannels: ['total'],
  defaultHoldS: 300,
  buffers: false,
  remembers: false,
  topicOf: plainTopic,
  isChannel: (channel) => /^(?:total|L[123])$/.test(channel),
  filters: ({ topic }) => [topic],
  read: ({ payload }) => {
    const start = payload.indexOf('/')
    const end = payload.indexOf('!', start)
    if (start < 0 || end < 0) return malformed(payload, 'a telegram from / to !')
    const checksum = payload.toString('latin1', end + 1, end + 5).trim()
    if (checksum !== '' && Number.parseInt(checksum, 16) !== crcOf(payload.subarray(start, end + 1)))
      return { code: 'checksum_wrong', detail: `CRC ${checksum}` }
    const lines = payload.toString('latin1', start, end)
    const at = clockOf(lines)
    const samples = [...powersOf(lines), ...registersOf(lines)]
    return samples.length === 0
      ? nothingOf('1-0:1.7.0 nor 1-0:1.8.n')
      : { samples: samples.map((sample) => ({ ...sample, at })) }
  },
}

function powersOf(lines: string): Sample[] {
  return [...lines.matchAll(/^1-0:(\d+\.7\.0)\(([\d.]+)\*kW\)/gm)].flatMap(([, code = '', text = '']): Sample[] => {
    const [channel, direction] = powers[code] ?? []
    const powerKw = numberOf(text)
    if (channel === undefined || direction === undefined || powerKw === undefined) return []
    return [{ channel, kind: 'power', direction, value: powerKw * 1_000 }]
  })
}

/** The sum of the tariffs; the total `n.8.0` alone where it is told. */
function registersOf(lines: string): Sample[] {
  return (['import', 'export'] as const).flatMap((direction): Sample[] => {
    const code = direction === 'import' ? 1 : 2
    const told = [...lines.matchAll(new RegExp(`^1-0:${code}\\.8\\.([0-9])\\(([\\d.]+)\\*kWh\\)`, 'gm'))]
    const total = told.filter(([, tariff]) => tariff === '0')
    const values = (total.length > 0 ? total : told).map(([, , text = '']) => numberOf(text))
    if (values.length === 0 || values.includes(undefined)) return []
    const sumWh = values.reduce((sum: number, one) => sum + Math.round((one ?? 0) * 1_000), 0)
    return [{ channel: 'total', kind: 'register', direction, value: sumWh }]
  })
}

function clockOf(lines: string): number | undefined {
  const [, y, mo, d, h, mi, s, season] = /^0-0:1\.0\.0\((\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([SW])\)/m.exec(lines) ?? []
  if (season === undefined) return undefined
  const at = Date.parse(`20${y}-${mo}-${d}T${h}:${mi}:${s}${season === 'S' ? '+02:00' : '+01:00'}`)
  return Number.isNaN(at) ? undefined : at
}

/** CRC-16/ARC: polynomial x16+x15+x2+1, reflected, from 0. */
function crcOf(bytes: Buffer): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  }
  return crc
}
