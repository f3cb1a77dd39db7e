/**
 * In-home devices of the Italian second-generation meter (Chain 2, CEI TS 13-82…85). The meter speaks when the power has
 * changed by more than a tenth of the contracted power (300 W at 3 kW), and tells the exact energy of each quarter of an
 * hour: a power is a step that holds until the next one, with an uncertainty of that band, and its quarter's energy sets
 * the sum. Silence is never 0.
 *
 * No maker publishes a local payload; this is a form of our own with the values that the meter has:
 * `{"ts": "…Z", "power_w": 1240, "power_injected_w": 0, "energy_wh": 12345678, "energy_injected_wh": 0}` on each event, and
 * `{"quarter_start": "…Z", "quarter_wh": 139, "quarter_injected_wh": 0}` each quarter. `band: 0` says that the device has not
 * heard the meter yet. Registers and values of makers' devices (Modbus) map to it one to one: docs/live-meters.md.
 */
import { readInstantText } from '../instant.ts'
import type { Fields } from '../json-fields.ts'
import { type DeviceAdapter, type NotUnderstood, plainTopic, type Sample } from './adapter.ts'
import { fieldsOf, malformed, nothingOf, numberIn } from './payloads.ts'

/** A quarter of an hour and a minute: the meter may have nothing to say for that long [s]. */
const holdS = 960

const valueNames = [
  ['power_w', 'power', 'import'],
  ['power_injected_w', 'power', 'export'],
  ['energy_wh', 'register', 'import'],
  ['energy_injected_wh', 'register', 'export'],
  ['quarter_wh', 'energy', 'import'],
  ['quarter_injected_wh', 'energy', 'export'],
] as const

export const chain2: DeviceAdapter = {
  kind: 'chain2',
  title: 'In-home device of a second-generation meter (Chain 2)',
  topicIs: 'The topic that messages are published to, such as `chain2/kitchen`.',
  channelsAre: 'One channel, `main`.',
  defaultChannels: ['main'],
  defaultHoldS: holdS,
  buffers: true,
  remembers: false,
  topicOf: plainTopic,
  isChannel: (channel) => channel === 'main',
  filters: ({ topic }) => [topic],
  read: ({ payload }) => {
    const message = fieldsOf(payload)
    if (message === undefined) return malformed(payload, 'an object')
    if (message.band === 0) return { code: 'meter_not_valid', detail: 'band is 0' }
    const at = instantIn(message, 'ts')
    const quarterAt = instantIn(message, 'quarter_start')
    for (const instant of [at, quarterAt]) if (typeof instant === 'object') return instant
    const samples = valueNames.flatMap(([name, kind, direction]): Sample[] => {
      const value = numberIn(message, name)
      if (value === undefined) return []
      const isQuarter = kind === 'energy'
      const instant = (isQuarter ? quarterAt : at) as number | undefined
      return [{ channel: 'main', kind, direction, value, at: instant, ...(isQuarter ? { spanS: 900 } : {}) }]
    })
    // A quarter whose start is not told cannot be placed.
    if (quarterAt === undefined && samples.some(({ kind }) => kind === 'energy'))
      return { code: 'at_invalid', detail: 'quarter_wh without quarter_start' }
    return samples.length > 0 ? { samples } : nothingOf('power_w, energy_wh or quarter_wh')
  },
}

function instantIn(message: Fields, name: string): number | undefined | NotUnderstood {
  const text = message[name]
  if (text === undefined || text === null) return undefined
  const at = typeof text === 'string' ? readInstantText(text) : 'at_invalid'
  return typeof at === 'number' ? at : { code: 'at_invalid', detail: name }
}
