/**
 * Shelly's first generation: a topic per number, plain numbers, no clock.
 * https://shelly-api-docs.shelly.cloud/gen1/ (Shelly EM, 3EM: MQTT). `emeter/<n>/power` is W and negative when injected;
 * `total` and `total_returned` are Wh and only grow; `energy` of an emeter is what a minute had and is left alone, `energy`
 * of a relay is watt-minutes since the device started. `info` has all of it as JSON, with `is_valid`.
 */
import { type Fields, isFields } from '../json-fields.ts'
import { type DeviceAdapter, type Heard, type NotUnderstood, type Sample, topicUnder } from './adapter.ts'
import { fieldsOf, malformed, numberIn, numberOf, textOf } from './payloads.ts'

type Meaning = Pick<Sample, 'kind' | 'direction'> & { readonly factor: number }

const meanings: Readonly<Record<string, Meaning>> = {
  'emeter power': { kind: 'power', direction: 'net', factor: 1 },
  'emeter total': { kind: 'register', direction: 'import', factor: 1 },
  'emeter total_returned': { kind: 'register', direction: 'export', factor: 1 },
  'relay power': { kind: 'power', direction: 'net', factor: 1 },
  'relay energy': { kind: 'register', direction: 'import', factor: 1 / 60 },
}

export const shellyGen1: DeviceAdapter = {
  kind: 'shelly-gen1',
  title: 'Shelly of the first generation (EM, 3EM, 1PM, Plug S)',
  topicIs: "`shellies/<id>`, or the device's id alone, such as `shellyem-A4CF12F3`.",
  channelsAre: 'The numbers of the meters, such as `0`, `1`, `2` for the phases of a 3EM; `0` where absent.',
  defaultChannels: ['0'],
  defaultHoldS: 300,
  buffers: false,
  remembers: false,
  topicOf: (given) => topicUnder('shellies', given),
  isChannel: (channel) => /^\d$/.test(channel),
  filters: ({ topic }) => [`${topic}/emeter/#`, `${topic}/relay/#`, `${topic}/info`],
  read: ({ topic, payload }) => {
    if (topic.endsWith('/info')) return heardOfInfo(payload)
    const [, part = '', channel = '', name = ''] = /\/(emeter|relay)\/(\d+)\/(\w+)$/.exec(topic) ?? []
    const meaning = meanings[`${part} ${name}`]
    if (meaning === undefined) return { samples: [] }
    const value = numberOf(textOf(payload) ?? '')
    if (value === undefined) return malformed(payload, 'a number')
    return { samples: [sampleOf(channel, meaning, value)] }
  },
}

function sampleOf(channel: string, { kind, direction, factor }: Meaning, value: number): Sample {
  return { channel, kind, direction, value: value * factor }
}

function heardOfInfo(payload: Buffer): Heard | NotUnderstood {
  const info = fieldsOf(payload)
  if (info === undefined) return malformed(payload, 'an object')
  const emeters = Array.isArray(info.emeters) ? info.emeters.filter(isFields) : []
  if (emeters.length > 0 && emeters.every((one) => one.is_valid === false))
    return { code: 'meter_not_valid', detail: 'is_valid is false' }
  return { samples: emeters.flatMap((one, index) => samplesOfEmeter(one, String(index))) }
}

/** What the meter itself calls not valid is not known. */
function samplesOfEmeter(emeter: Fields, channel: string): Sample[] {
  if (emeter.is_valid === false) return [{ channel, kind: 'power', direction: 'net', value: null }]
  return ['power', 'total', 'total_returned'].flatMap((name) => {
    const value = numberIn(emeter, name)
    const meaning = meanings[`emeter ${name}`]
    return value === undefined || meaning === undefined ? [] : [sampleOf(channel, meaning, value)]
  })
}
