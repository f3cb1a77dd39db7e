/**
 * Tasmota: `tele/<topic>/SENSOR` every few minutes, and `STATUS8`/`STATUS10` when asked.
 * https://tasmota.github.io/docs/Energy-Monitoring/ and /docs/Smart-Meter-Interface/. `Power` is W, `Total` kWh that only grow,
 * `ExportActive` kWh; arrays where the device has several channels, or one number that is the sum of all (`SetOption129 0`, the
 * default): it is the home's where the home has all channels, and nobody's else. `Time` is the wall clock without a zone: in the doubled
 * hour of autumn the reading nearer to its arrival is meant. Scripts for smart meters name their own fields.
 */
import { localTimeNear } from '../../energy/civil-time.ts'
import { readInstantText } from '../instant.ts'
import { type Fields, isFields } from '../json-fields.ts'
import { type DeviceAdapter, type DeviceSettings, plainTopic, type Sample } from './adapter.ts'
import { fieldsOf, malformed, nothingOf, numberIn } from './payloads.ts'

export const tasmota: DeviceAdapter = {
  kind: 'tasmota',
  title: 'Tasmota (sockets, energy meters, scripts for smart meters)',
  topicIs: "`tele/<topic>`, or the device's topic alone, such as `tasmota_8F2C11`.",
  channelsAre:
    'The numbers of the channels, `0` where absent; for a script the path of the field that has W, such as `MT175.Power`.',
  defaultChannels: ['0'],
  defaultHoldS: 600,
  buffers: false,
  remembers: false,
  topicOf: (given) => {
    const topic = plainTopic(given)
    return topic === undefined || topic.includes('/') ? topic : `tele/${topic}`
  },
  isChannel: (channel) => /^(?:\d|[^.\s]+(?:\.[^.\s]+)+)$/.test(channel),
  filters: ({ topic }) => {
    const status = topic.startsWith('tele/') ? `stat/${topic.slice('tele/'.length)}` : topic
    return [`${topic}/SENSOR`, `${status}/STATUS8`, `${status}/STATUS10`]
  },
  read: ({ payload, receivedAt }, device) => {
    const message = fieldsOf(payload)
    if (message === undefined) return malformed(payload, 'an object')
    const status = isFields(message.StatusSNS) ? message.StatusSNS : message
    const at = instantOf(status.Time, device, receivedAt)
    if (status.Time !== undefined && at === undefined) return { code: 'at_invalid', detail: 'Time' }
    const samples = [...samplesOfEnergy(status.ENERGY, device), ...samplesOfPaths(status, device)]
    return samples.length === 0
      ? nothingOf('ENERGY with Power or Total, nor a field that the channels name')
      : { samples: samples.map((sample) => ({ ...sample, at })) }
  },
}

function instantOf(time: unknown, { timeZone }: DeviceSettings, receivedAt: number): number | undefined {
  if (typeof time !== 'string') return undefined
  const zoned = readInstantText(time)
  return typeof zoned === 'number' ? zoned : localTimeNear(time, timeZone, receivedAt)
}

function samplesOfEnergy(energy: unknown, device: DeviceSettings): Sample[] {
  if (!isFields(energy)) return []
  const powers = valuesOf(energy, 'Power').map((value, index): Sample => {
    return { channel: String(index), kind: 'power', direction: 'net', value }
  })
  return [
    ...powers,
    ...registersOf(energy, 'Total', 'import', device),
    ...registersOf(energy, 'ExportActive', 'export', device),
  ]
}

/** Registers by channel. A sum of all channels stands once, on the first: the others add 0 to it. */
function registersOf(
  energy: Fields,
  name: string,
  direction: 'import' | 'export',
  { channels }: DeviceSettings,
): Sample[] {
  const { Power: power, [name]: told } = energy
  const all = Array.isArray(power) && !Array.isArray(told) ? power.map((_, index) => String(index)) : []
  if (!all.every((channel) => channels.includes(channel))) return []
  const [first, ...others] = valuesOf(energy, name)
  if (first === undefined) return []
  return [first, ...others, ...all.slice(1).map(() => 0)].map((valueKwh, index) => {
    return { channel: String(index), kind: 'register', direction, value: valueKwh * 1_000 }
  })
}

/** A number, or one per channel. */
function valuesOf(fields: Fields, name: string): number[] {
  const value = fields[name]
  if (!Array.isArray(value)) return [numberIn(fields, name) ?? []].flat()
  return value.every((one) => typeof one === 'number' && Number.isFinite(one)) ? value.slice(0, 10) : []
}

function samplesOfPaths(status: Fields, { channels }: DeviceSettings): Sample[] {
  return channels.flatMap((channel): Sample[] => {
    const path = channel.split('.')
    const [name = ''] = path.slice(-1)
    let place: unknown = status
    for (const step of path.slice(0, -1))
      place = isFields(place) && Object.hasOwn(place, step) ? place[step] : undefined
    const value = path.length > 1 && isFields(place) ? numberIn(place, name) : undefined
    return value === undefined ? [] : [{ channel, kind: 'power', direction: 'net', value }]
  })
}
