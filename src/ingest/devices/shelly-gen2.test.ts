/** What a Shelly of the second generation is remembered by, and which names are a component's. */
import { expect, test } from 'vitest'
import type { Heard } from './adapter.ts'
import { shellyGen2 } from './shelly-gen2.ts'

const topic = 'shellypro3em-1'

function heardOf(params: Readonly<Record<string, unknown>>, channels: readonly string[], memory?: unknown): Heard {
  const payload = Buffer.from(JSON.stringify({ method: 'NotifyStatus', params }))
  const message = { topic: `${topic}/events/rpc`, payload, receivedAt: 0 }
  const heard = shellyGen2.read(message, { topic, channels, timeZone: 'Europe/Rome' }, memory)
  if ('code' in heard) throw new Error(heard.detail)
  return heard
}

test('only components whose channels the device has are remembered, however many a message names', () => {
  const status = { ret_aenergy: { total: 1 } }
  const others = Object.fromEntries(Array.from({ length: 999 }, (_, id) => [`switch:${id + 1}`, status]))
  const params = { ...others, 'switch:0': status, 'em:0': { a_act_power: 1 }, 'em:1': { a_act_power: 2 } }
  const known = { 'switch:0': { injectedWh: 1 }, 'em:0': { a: 1 } }
  expect(heardOf(params, ['switch:0', 'em:0/b']).memory).toEqual(known)
  expect(heardOf({}, ['em:0'], { ...known, 'switch:7': { injectedWh: 1 } }).memory).toEqual({ 'em:0': { a: 1 } })
})

test('a component has one name: its number has no zeros before it', () => {
  const { samples } = heardOf({ 'switch:00': { apower: 1 }, 'switch:0': { apower: 2 }, 'switch:10': { apower: 3 } }, [])
  expect(samples.map(({ channel }) => channel)).toEqual(['switch:0', 'switch:10'])
  const areChannels = ['em:0', 'em:0/a', 'switch:10', 'em:00', 'switch:01'].map((name) => shellyGen2.isChannel?.(name))
  expect(areChannels).toEqual([true, true, true, false, false])
})
