/**
 * OpenEnergyMonitor's emonHub: `emon/<node>/<name>` with a plain number, or `emonhub/rx/<node>/values` with all values of
 * a node, separated by commas. https://docs.openenergymonitor.org/emonhub/
 */
import { type DeviceAdapter, type NotUnderstood, plainTopic, type Sample } from './adapter.ts'
import { kindOfNamed, type NamedChannel, namedChannel, namedChannelsAre, sampleOfNamed } from './named-channels.ts'
import { malformed, numberOf, textOf } from './payloads.ts'

export const emonhub: DeviceAdapter = {
  kind: 'emonhub',
  title: 'OpenEnergyMonitor (emonHub)',
  topicIs: '`emon/<node>`, such as `emon/emonpi`, or `emonhub/rx/<node>/values`.',
  channelsAre: namedChannelsAre('Names of inputs (`power1` where absent), or places in the list of values, from 0'),
  defaultChannels: ['power1'],
  defaultHoldS: 300,
  buffers: false,
  remembers: false,
  topicOf: plainTopic,
  isChannel: (channel) => /^\w+(?::|$)/.test(channel) && namedChannel(channel) !== undefined,
  channelKind: kindOfNamed,
  filters: ({ topic, channels }) =>
    isList(topic) ? [topic] : channels.map((one) => `${topic}/${namedChannel(one)?.name}`),
  read: ({ topic, payload }, device) => {
    const channels = device.channels.flatMap((one) => namedChannel(one) ?? [])
    if (isList(device.topic)) return samplesOfList(payload, channels)
    const value = numberOf(textOf(payload) ?? '')
    if (value === undefined) return malformed(payload, 'a number')
    const told = channels.filter(({ name }) => topic === `${device.topic}/${name}`)
    return { samples: told.map((channel) => sampleOfNamed(channel, value)) }
  },
}

function isList(topic: string): boolean {
  return topic.endsWith('/values')
}

function samplesOfList(payload: Buffer, channels: readonly NamedChannel[]): { samples: Sample[] } | NotUnderstood {
  const values = (textOf(payload) ?? '').split(',', 200).map(numberOf)
  if (values.includes(undefined)) return malformed(payload, 'numbers between commas')
  const samples = channels.flatMap((channel) => {
    const value = /^\d+$/.test(channel.name) ? values[Number(channel.name)] : undefined
    return value === undefined ? [] : [sampleOfNamed(channel, value)]
  })
  return samples.length > 0 ? { samples } : { code: 'value_missing', detail: `${values.length} values` }
}
