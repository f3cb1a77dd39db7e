/**
 * Shelly's second generation and later: JSON-RPC notifications and statuses.
 * https://shelly-api-docs.shelly.cloud/gen2/ (General/Notifications; components EM, EM1, PM1, Switch and their data).
 *
 * `NotifyStatus` tells only what changed: an absent key is not 0. Of a three-phase meter the phases are remembered, so that
 * their sum is known when one of them alone is told; of a meter of one channel what was injected is, which `aenergy` counts too.
 * Only of what `channels` names: a message may name thousands of components.
 * `params.ts` is Unix time in seconds. Powers are W and negative when injected; energies are Wh and only grow.
 */
import { type Fields, isFields } from '../json-fields.ts'
import {
  type DeviceAdapter,
  type DeviceSettings,
  type Heard,
  type NotUnderstood,
  plainTopic,
  type Sample,
} from './adapter.ts'
import { fieldsOf, malformed, numberIn } from './payloads.ts'

/** Newest values of one component: of a three-phase meter the power of each phase [W], else the injected energy [Wh]. */
type Known = Readonly<Record<string, number>>
/** What is known of each component. */
type KnownByComponent = Record<string, Known>

const phaseNames = ['a', 'b', 'c'] as const
const component = /^(em1data|em1|emdata|em|pm1|switch|cover):(0|[1-9]\d{0,2})$/

export const shellyGen2: DeviceAdapter = {
  kind: 'shelly-gen2',
  title: 'Shelly of the second generation and later (EM, EM1, PM, switches)',
  topicIs: "The device's topic prefix, by default its id, such as `shellypro3em-a0b1c2d3e4f5`.",
  channelsAre:
    'Components: `em:0` (the sum of three phases), `em:0/a`, `em1:0`, `pm1:0`, `switch:0` and so on; `em:0` where absent.',
  defaultChannels: ['em:0'],
  defaultHoldS: 300,
  buffers: false,
  remembers: true,
  topicOf: plainTopic,
  isChannel: (channel) =>
    /^(?:em:(?:0|[1-9]\d{0,2})(?:\/[abc])?|(?:em1|pm1|switch|cover):(?:0|[1-9]\d{0,2}))$/.test(channel),
  filters: ({ topic }) => [`${topic}/events/rpc`, `${topic}/status/#`],
  read: ({ topic, payload }, device, memory) => {
    const message = fieldsOf(payload)
    if (message === undefined) return malformed(payload, 'an object')
    const name = topic.slice(device.topic.length)
    const hear = (components: Fields, at?: number) => heardOf(components, at, device, memory)
    if (name.startsWith('/status/')) return hear({ [name.slice('/status/'.length)]: message })
    const { method, params } = message
    if (typeof method !== 'string' || !isFields(params)) return malformed(payload, 'a notification')
    if (method !== 'NotifyStatus' && method !== 'NotifyFullStatus') return { samples: [] }
    const ts = numberIn(params, 'ts')
    return hear(params, ts === undefined || ts <= 0 ? undefined : ts * 1000)
  },
}

function heardOf(
  components: Fields,
  at: number | undefined,
  { channels }: DeviceSettings,
  memory: unknown,
): Heard | NotUnderstood {
  const samples: Omit<Sample, 'at'>[] = []
  const own = new Set(channels.map((channel) => channel.replace(/\/.*$/, '')))
  const knownBefore = Object.entries((memory ?? {}) as KnownByComponent)
  const knownBy: KnownByComponent = Object.fromEntries(knownBefore.filter(([name]) => own.has(name)))
  for (const [name, status] of Object.entries(components)) {
    const [, type = '', id = ''] = component.exec(name) ?? []
    if (type === '' || !isFields(status)) continue
    if (Array.isArray(status.errors) && status.errors.includes('power_meter_failure'))
      return { code: 'meter_not_valid', detail: `${name}: power_meter_failure` }
    if (type === 'em') {
      const known = phasesWith(knownBy[name] ?? {}, status)
      if (own.has(name)) knownBy[name] = known
      samples.push(...samplesOfEm(name, status, known))
    } else if (type === 'emdata') samples.push(...samplesOfEmData(`em:${id}`, status))
    else if (type === 'em1data')
      samples.push(...registersOf(`em1:${id}`, status, 'total_act_energy', 'total_act_ret_energy'))
    else {
      const known = injectedWith(knownBy[name] ?? {}, status)
      if (own.has(name)) knownBy[name] = known
      samples.push(...samplesOfOne(name, status, known))
    }
  }
  return { samples: samples.map((sample) => ({ ...sample, at })), memory: knownBy }
}

function phasesWith(known: Known, status: Fields): Known {
  const told = phaseNames.flatMap((phase) => {
    const powerW = numberIn(status, `${phase}_act_power`)
    return powerW === undefined ? [] : [[phase, powerW] as const]
  })
  return { ...known, ...Object.fromEntries(told) }
}

function injectedWith(known: Known, { ret_aenergy: injected }: Fields): Known {
  const injectedWh = isFields(injected) ? numberIn(injected, 'total') : undefined
  return injectedWh === undefined ? known : { ...known, injectedWh }
}

function samplesOfEm(name: string, status: Fields, phases: Known): Sample[] {
  const told = phaseNames.filter((phase) => numberIn(status, `${phase}_act_power`) !== undefined)
  const single = told.map((phase) => powerOf(`${name}/${phase}`, phases[phase] ?? 0))
  const sumW = phaseNames.every((phase) => phases[phase] !== undefined)
    ? phaseNames.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0)
    : undefined
  const totalW = numberIn(status, 'total_act_power') ?? (told.length > 0 ? sumW : undefined)
  return totalW === undefined ? single : [...single, powerOf(name, totalW)]
}

function samplesOfEmData(name: string, status: Fields): Sample[] {
  const phases = phaseNames.flatMap((phase) =>
    registersOf(`${name}/${phase}`, status, `${phase}_total_act_energy`, `${phase}_total_act_ret_energy`),
  )
  return [...phases, ...registersOf(name, status, 'total_act', 'total_act_ret')]
}

/** A meter of one channel: EM1, PM1, or what a switch or a cover measures. */
function samplesOfOne(name: string, status: Fields, { injectedWh = 0 }: Known): Sample[] {
  const powerW = numberIn(status, 'act_power') ?? numberIn(status, 'apower')
  const drawn = isFields(status.aenergy) ? registersOf(name, status.aenergy, 'total') : []
  const injected = isFields(status.ret_aenergy) ? registersOf(name, status.ret_aenergy, '', 'total') : []
  // A switch counts both ways in `aenergy` and tells apart what was returned: drawn is the difference.
  const net = drawn.map((sample) => ({ ...sample, value: Math.max(0, (sample.value ?? 0) - injectedWh) }))
  return [...(powerW === undefined ? [] : [powerOf(name, powerW)]), ...net, ...injected]
}

function powerOf(channel: string, powerW: number): Sample {
  return { channel, kind: 'power', direction: 'net', value: powerW }
}

function registersOf(channel: string, status: Fields, drawn: string, injected = ''): Sample[] {
  return (['import', 'export'] as const).flatMap((direction) => {
    const value = numberIn(status, direction === 'import' ? drawn : injected)
    return value === undefined ? [] : [{ channel, kind: 'register' as const, direction, value }]
  })
}
