/**
 * Sparkplug B: `spBv1.0/<group>/<type>/<edge node>[/<device>]`, protobuf bodies.
 * Eclipse Sparkplug 3.0, §6.4 (payload). Names and types of metrics stand in BIRTH messages; DATA may give aliases alone, or
 * names without types, so both are remembered. Integers below 64 bits come unsigned whatever their type. A DEATH says that
 * nothing is known any more.
 */
import protobuf from 'protobufjs'
import { type DeviceAdapter, type DeviceMessage, type Heard, type NotUnderstood, plainTopic } from './adapter.ts'
import { kindOfNamed, type NamedChannel, namedChannel, namedChannelsAre, sampleOfNamed } from './named-channels.ts'
import { malformed } from './payloads.ts'

/** The fields we read, by their numbers in `sparkplug_b.proto`. */
const payloadType = protobuf.Root.fromJSON({
  nested: {
    Payload: {
      fields: {
        timestamp: { type: 'uint64', id: 1 },
        metrics: { rule: 'repeated', type: 'Metric', id: 2 },
        seq: { type: 'uint64', id: 3 },
      },
    },
    Metric: {
      fields: {
        name: { type: 'string', id: 1 },
        alias: { type: 'uint64', id: 2 },
        timestamp: { type: 'uint64', id: 3 },
        datatype: { type: 'uint32', id: 4 },
        isNull: { type: 'bool', id: 7 },
        intValue: { type: 'uint32', id: 10 },
        longValue: { type: 'uint64', id: 11 },
        floatValue: { type: 'float', id: 12 },
        doubleValue: { type: 'double', id: 13 },
      },
    },
  },
}).lookupType('Payload')

interface Metric {
  readonly name?: string
  readonly alias?: string
  readonly timestamp?: string
  readonly datatype?: number
  readonly isNull?: boolean
  readonly intValue?: number
  readonly longValue?: string
  readonly floatValue?: number
  readonly doubleValue?: number
}

interface Payload {
  readonly timestamp?: string
  readonly metrics?: readonly Metric[]
}

/** Names and types, by alias (its digits) and by `name <name>`, as the newest BIRTH told them. */
type KnownMetrics = Readonly<Record<string, readonly [name: string, datatype: number]>>

const metricsMax = 1_000

export const sparkplug: DeviceAdapter = {
  kind: 'sparkplug',
  title: 'Sparkplug B (edge nodes and their devices)',
  topicIs: '`spBv1.0/<group>/<edge node>`, with `/<device>` where it is one of a node.',
  channelsAre: namedChannelsAre('Names of metrics; `Power` where absent'),
  defaultChannels: ['Power'],
  defaultHoldS: 600,
  buffers: true,
  remembers: true,
  topicOf: (given) => {
    const topic = plainTopic(given)
    return topic !== undefined && /^spBv1\.0(?:\/[^/]+){2,3}$/.test(topic) ? topic : undefined
  },
  isChannel: (channel) => namedChannel(channel) !== undefined,
  channelKind: kindOfNamed,
  filters: ({ topic }) => {
    const [version = '', group = '', node = '', device] = topic.split('/')
    const types = device === undefined ? ['NBIRTH', 'NDATA', 'NDEATH'] : ['DBIRTH', 'DDATA', 'DDEATH']
    return types.map((type) => [version, group, type, node, ...(device === undefined ? [] : [device])].join('/'))
  },
  read: (message, device, memory) => {
    const channels = device.channels.flatMap((one) => namedChannel(one) ?? [])
    const type = message.topic.split('/')[2] ?? ''
    if (type.endsWith('DEATH')) {
      const powers = channels.filter(({ kind }) => kind === 'power')
      return { samples: powers.map((channel) => sampleOfNamed(channel, null)) }
    }
    return heardOf(message, channels, type.endsWith('BIRTH') ? undefined : (memory as KnownMetrics | undefined))
  },
}

function heardOf(
  { payload }: DeviceMessage,
  channels: readonly NamedChannel[],
  told: KnownMetrics | undefined,
): Heard | NotUnderstood {
  const body = payloadOf(payload)
  if (body === undefined) return malformed(payload, 'a Sparkplug B payload')
  const known = told ?? knownMetricsOf(body.metrics ?? [])
  const samples = []
  for (const metric of body.metrics ?? []) {
    const [name, datatype] = known[metric.name ? byName(metric.name) : (metric.alias ?? '')] ?? [
      metric.name || undefined,
    ]
    if (name === undefined) return { code: 'alias_unknown', detail: `alias ${metric.alias}` }
    const value = metric.isNull === true ? null : metricValue(metric, metric.datatype || datatype)
    if (value === undefined) continue
    const at = instantOf(metric.timestamp ?? body.timestamp)
    for (const channel of channels) if (channel.name === name) samples.push(sampleOfNamed(channel, value, at))
  }
  return { samples, ...(told === undefined ? { memory: known } : {}) }
}

function payloadOf(bytes: Buffer): Payload | undefined {
  try {
    const body = payloadType.toObject(payloadType.decode(bytes), { longs: String }) as Payload
    return (body.metrics ?? []).length <= metricsMax ? body : undefined
  } catch {
    return undefined
  }
}

function knownMetricsOf(metrics: readonly Metric[]): KnownMetrics {
  return Object.fromEntries(
    metrics.flatMap(({ name, alias, datatype = 0 }) => {
      if (!name) return []
      return [byName(name), ...(alias === undefined ? [] : [alias])].map((key) => [key, [name, datatype] as const])
    }),
  )
}

function byName(name: string): string {
  return `name ${name}`
}

/** Bits of the signed types Int8, Int16, Int32: sent as unsigned numbers. */
const signedBits: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32 }
const int64 = 4

function metricValue(metric: Metric, datatype = metric.datatype): number | undefined {
  const { floatValue, doubleValue, intValue, longValue } = metric
  if (intValue !== undefined) {
    const bits = signedBits[datatype ?? 0]
    return bits === undefined ? intValue : Number(BigInt.asIntN(bits, BigInt(intValue)))
  }
  if (longValue !== undefined) return Number(datatype === int64 ? BigInt.asIntN(64, BigInt(longValue)) : longValue)
  const value = doubleValue ?? floatValue
  return value === undefined || !Number.isFinite(value) ? undefined : value
}

function instantOf(timestamp: string | undefined): number | undefined {
  const at = Number(timestamp)
  return timestamp === undefined || at === 0 || !Number.isSafeInteger(at) ? undefined : at
}
