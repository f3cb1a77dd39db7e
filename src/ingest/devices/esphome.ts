/**
 * ESPHome: `<topic_prefix>/sensor/<object_id>/state` with a plain number, `nan` where the sensor knows nothing.
 * https://esphome.io/components/mqtt.html. A topic does not say its unit: the channel does.
 */
import { type DeviceAdapter, plainTopic } from './adapter.ts'
import { kindOfNamed, namedChannel, namedChannelsAre, sampleOfNamed } from './named-channels.ts'
import { malformed, numberOf, textOf } from './payloads.ts'

export const esphome: DeviceAdapter = {
  kind: 'esphome',
  title: 'ESPHome (sensors)',
  topicIs: "The node's topic prefix, by default its name, such as `meter`.",
  channelsAre: namedChannelsAre('Object ids of sensors; `house_power` where absent'),
  defaultChannels: ['house_power'],
  defaultHoldS: 300,
  buffers: false,
  remembers: false,
  topicOf: plainTopic,
  isChannel: (channel) => /^[\w-]+(?::|$)/.test(channel) && namedChannel(channel) !== undefined,
  channelKind: kindOfNamed,
  filters: ({ topic, channels }) => channels.map((one) => `${topic}/sensor/${namedChannel(one)?.name}/state`),
  read: ({ topic, payload }, { channels }) => {
    const text = textOf(payload)?.trim() ?? ''
    const value = /^nan$/i.test(text) ? null : numberOf(text)
    if (value === undefined) return malformed(payload, 'a number')
    const told = channels
      .flatMap((one) => namedChannel(one) ?? [])
      .filter(({ name }) => topic.endsWith(`/${name}/state`))
    return { samples: told.map((channel) => sampleOfNamed(channel, value)) }
  },
}
