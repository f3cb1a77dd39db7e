/**
 * The product's own plain JSON, and the adapter to copy for a new kind of device.
 *
 * `{"at": "2026-11-24T15:00:00Z", "power_w": 532}`: the fields of a row of the readings endpoint, `at` optional (then
 * the message was measured when it arrived), and `power_w` may be negative: that is power injected. A list of such
 * objects, or `{"readings": [...]}`, sends several; a bad one costs itself. A number alone is a power.
 */
import { defaultHoldS } from '../../energy/readings.ts'
import { valueColumns } from '../columns.ts'
import { readInstantText } from '../instant.ts'
import { type Fields, isFields } from '../json-fields.ts'
import { parseJson } from '../json-row.ts'
import { isInterval } from '../reading-rules.ts'
import { shown } from '../row-collector.ts'
import { type DeviceAdapter, type Heard, type NotUnderstood, plainTopic, type Sample } from './adapter.ts'
import { malformed, nothingOf, numberOf, textOf } from './payloads.ts'

/** Rows of one message: more belong into a request to the readings endpoint. */
const rowsMax = 5_000
const nothingOfRow = nothingOf('power_w, energy_wh or register_wh')

export const json: DeviceAdapter = {
  kind: 'json',
  title: "The product's own plain JSON",
  topicIs:
    'The topic that messages are published to; `loadlens/<device_id>` where absent, otherwise none under `loadlens`.',
  channelsAre: 'One channel, `main`.',
  defaultChannels: ['main'],
  defaultHoldS,
  buffers: true,
  remembers: false,
  topicOf: plainTopic,
  filters: ({ topic }) => [topic],
  read: ({ payload }) => {
    const text = textOf(payload)
    const power = text === undefined ? undefined : numberOf(text)
    if (power !== undefined) return { samples: [sampleOf('power', 'net', power)] }
    const rows = rowsOf(text === undefined ? undefined : parseJson(text))
    if (rows === undefined)
      return malformed(payload, `an object such as {"power_w":532}, or at most ${rowsMax} in a list`)
    return rows.length === 0 ? nothingOfRow : heardOf(rows)
  },
}

function rowsOf(value: unknown): readonly unknown[] | undefined {
  const rows = isFields(value) && Array.isArray(value.readings) ? value.readings : value
  if (isFields(rows)) return [rows]
  return Array.isArray(rows) && rows.length <= rowsMax ? rows : undefined
}

function heardOf(rows: readonly unknown[]): Heard {
  const samples: Sample[] = []
  const rejections: NotUnderstood[] = []
  for (const [index, row] of rows.entries()) {
    const heard = samplesOfRow(row)
    if (Array.isArray(heard)) samples.push(...heard)
    else rejections.push(rows.length === 1 ? heard : { ...heard, detail: `row ${index + 1}: ${heard.detail}` })
  }
  return { samples, rejections }
}

function samplesOfRow(row: unknown): Sample[] | NotUnderstood {
  if (!isFields(row)) return { code: 'payload_malformed', detail: 'no object such as {"power_w":532}' }
  const at = instantOf(row)
  if (typeof at === 'object') return at
  const intervalS = row.interval_s ?? undefined
  if (intervalS !== undefined && !isInterval(intervalS)) return { code: 'interval_invalid', detail: 'interval_s' }
  const hasEnergy = 'energy_wh' in row || 'energy_wh_export' in row
  const samples: Sample[] = []
  for (const { name, kind, channel } of valueColumns) {
    const value = row[name]
    if (value === undefined) continue
    if (value !== null && typeof value !== 'number') return { code: 'value_not_a_number', detail: name }
    const direction = name === 'power_w' ? 'net' : channel
    const sample = { ...sampleOf(kind, direction, value), at }
    // The interval of a row with energy is the energy's, of another how long its power holds: as `spanOf` has it.
    const isSpanned = intervalS !== undefined && (kind === 'energy' || (kind === 'power' && !hasEnergy))
    samples.push(isSpanned ? { ...sample, spanS: intervalS } : sample)
  }
  return samples.length > 0 ? samples : nothingOfRow
}

function sampleOf(kind: Sample['kind'], direction: Sample['direction'], value: number | null): Sample {
  return { channel: 'main', kind, direction, value }
}

function instantOf({ at }: Fields): number | undefined | NotUnderstood {
  if (at === undefined || at === null) return undefined
  const instant = typeof at === 'string' ? readInstantText(at) : 'at_invalid'
  if (typeof instant === 'number') return instant
  return { code: 'at_invalid', detail: `at ${typeof at === 'string' ? shown(at) : 'is no text'}: ${instant}` }
}
