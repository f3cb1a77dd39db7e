/**
 * Home Assistant's statestream: `<base_topic>/<domain>/<object_id>/state` with the state as text.
 * https://www.home-assistant.io/integrations/mqtt_statestream/. `unknown` and `unavailable` say that nothing is known.
 */
import { type DeviceAdapter, plainTopic } from './adapter.ts'
import { kindOfNamed, namedChannel, namedChannelsAre, sampleOfNamed } from './named-channels.ts'
import { malformed, numberOf, textOf } from './payloads.ts'

export const homeAssistant: DeviceAdapter = {
  kind: 'home-assistant',
  title: 'Home Assistant (statestream)',
  topicIs: 'The base topic of the integration, such as `homeassistant`.',
  channelsAre: namedChannelsAre('Entity ids; `sensor.house_power` where absent'),
  defaultChannels: ['sensor.house_power'],
  defaultHoldS: 600,
  buffers: false,
  remembers: false,
  topicOf: plainTopic,
  isChannel: (channel) => /^\w+\.\w+(?::|$)/.test(channel) && namedChannel(channel) !== undefined,
  channelKind: kindOfNamed,
  filters: ({ topic, channels }) => channels.map((one) => `${topic}/${pathOf(one)}/state`),
  read: ({ topic, payload }, { channels }) => {
    const text = textOf(payload)?.trim() ?? ''
    const value = /^(?:unknown|unavailable|none)$/i.test(text) ? null : numberOf(text)
    if (value === undefined) return malformed(payload, 'a number')
    const told = channels.filter((one) => topic.endsWith(`/${pathOf(one)}/state`))
    return { samples: told.flatMap((one) => namedChannel(one) ?? []).map((channel) => sampleOfNamed(channel, value)) }
  },
}

/** `sensor.house_power` as the levels of a topic. */
function pathOf(channel: string): string {
  return (namedChannel(channel)?.name ?? '').replace('.', '/')
}
