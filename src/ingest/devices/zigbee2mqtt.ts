/**
 * Zigbee2MQTT: one JSON object per device under `zigbee2mqtt/<FRIENDLY_NAME>`; friendly names may contain `/`.
 * https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html. `power` is W, `energy` and `produced_energy` kWh
 * that only grow. Clamps with two channels say `power_a`, `energy_a`, and in `energy_flow_a` which way it flows.
 * `last_seen`, where it is switched on, is when the device spoke (ISO 8601, or ms since 1970); at its start Zigbee2MQTT
 * publishes states of before anew, with the `last_seen` of then.
 */
import { readInstantText } from '../instant.ts'
import type { Fields } from '../json-fields.ts'
import { type DeviceAdapter, type Sample, topicUnder } from './adapter.ts'
import { fieldsOf, malformed, nothingOf, numberIn } from './payloads.ts'

export const zigbee2mqtt: DeviceAdapter = {
  kind: 'zigbee2mqtt',
  title: 'Zigbee2MQTT (sockets and clamps)',
  topicIs: '`zigbee2mqtt/<friendly name>`, or the friendly name alone.',
  channelsAre: 'The fields that have W: `power` where absent, `power_a`, `power_phase_b` and the like.',
  defaultChannels: ['power'],
  defaultHoldS: 600,
  buffers: false,
  repeatsStates: true,
  remembers: false,
  topicOf: (given) => topicUnder('zigbee2mqtt', given),
  isChannel: (channel) => /^power(?:_\w+)?$/.test(channel),
  filters: ({ topic }) => [topic],
  read: ({ payload }, { channels }) => {
    const message = fieldsOf(payload)
    if (message === undefined) return malformed(payload, 'an object')
    const at = lastSeenOf(message)
    const samples = channels.flatMap((channel) => samplesOf(message, channel))
    return samples.length === 0
      ? nothingOf(channels.join(', '))
      : { samples: samples.map((sample) => ({ ...sample, at })) }
  },
}

function samplesOf(message: Fields, channel: string): Sample[] {
  const suffix = channel.slice('power'.length)
  const samples: Sample[] = []
  const powerW = numberIn(message, channel)
  const isProducing = message[`energy_flow${suffix}`] === 'producing'
  if (powerW !== undefined)
    samples.push({ channel, kind: 'power', direction: 'net', value: isProducing ? -Math.abs(powerW) : powerW })
  for (const [name, direction] of [
    [`energy${suffix}`, 'import'],
    [`produced_energy${suffix}`, 'export'],
    [`energy_produced${suffix}`, 'export'],
  ] as const) {
    const energyKwh = numberIn(message, name)
    if (energyKwh !== undefined) samples.push({ channel, kind: 'register', direction, value: energyKwh * 1_000 })
  }
  return samples
}

function lastSeenOf({ last_seen: lastSeen }: Fields): number | undefined {
  if (typeof lastSeen === 'number') return lastSeen > 0 && Number.isFinite(lastSeen) ? lastSeen : undefined
  const at = typeof lastSeen === 'string' ? readInstantText(lastSeen) : undefined
  return typeof at === 'number' ? at : undefined
}
