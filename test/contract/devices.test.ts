/** One suite for every kind of device: what an adapter owes the house, whoever writes it. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readingSources } from '../../src/energy/reading-sources.ts'
import { messageBytesMax } from '../../src/ingest/devices/device-readings.ts'
import { blankMemory, deviceAdapters, messageRejections, settleMessage } from '../../src/ingest/devices/index.ts'
import { rootOfFilter, topicIndex } from '../../src/ingest/mqtt/index.ts'
import { deviceOf, type Golden, goldenKinds, goldens, heardOf, payloadOf } from '../support/golden-devices.ts'

const kinds = deviceAdapters.map(({ kind }) => kind)
const guide = readFileSync(new URL('../../docs/live-meters.md', import.meta.url), 'utf8')

test('there are kinds and golden payloads for this suite to hold', () => {
  expect(kinds.length).toBeGreaterThanOrEqual(12)
  expect(goldens.length).toBeGreaterThanOrEqual(kinds.length)
  expect(new Set(kinds).size).toBe(kinds.length)
})

test('every folder of golden payloads belongs to a kind', () => {
  expect(goldenKinds.filter((kind) => !kinds.includes(kind))).toEqual([])
})

describe.each(deviceAdapters.map((adapter) => [adapter.kind, adapter] as const))('%s', (kind, adapter) => {
  const own = goldens.filter((golden) => golden.kind === kind)

  test('has golden payloads that say where they are from', () => {
    expect(own.length).toBeGreaterThan(0)
    for (const { source } of own) expect(source).toMatch(/https:\/\/|synthetic|standard|own form/)
  })

  test.each(own.map((golden) => [golden.name, golden] as const))('reads %s', (_name, golden) => {
    const { readings, rejections, clock_offset_s } = heardOf(golden)
    expect(readings).toEqual(golden.readings)
    expect(rejections).toEqual(golden.rejections)
    expect(clock_offset_s).toBe(golden.clock_offset_s)
  })

  test('takes no reading from the end of its supply on, and every one before', () => {
    for (const golden of own.filter(({ readings }) => readings.length > 0)) {
      const instants = golden.readings.map(([at]) => Date.parse(at))
      for (const closedAt of [0, Math.max(...instants)]) {
        const { readings, rejections } = heardOf(golden, closedAt)
        expect(readings).toEqual(golden.readings.filter(([at]) => Date.parse(at) < closedAt))
        expect(rejections).toContain('after_closure')
      }
    }
  })

  test('refuses a message over the limit, not one at it', () => {
    const [golden] = own
    const [message] = golden?.messages ?? []
    if (golden === undefined || message === undefined) throw new Error('there is no message')
    const codesOf = (lengthBytes: number) => {
      const payload = Buffer.concat([payloadOf(message), Buffer.alloc(messageBytesMax, ' ')], lengthBytes)
      const received = { topic: message.topic, payload, receivedAt: Date.parse(golden.received_at), isOld: false }
      return settleMessage(received, deviceOf(golden), blankMemory).rejections.map(({ code }) => code)
    }
    expect(codesOf(messageBytesMax)).not.toContain('payload_too_large')
    expect(codesOf(messageBytesMax + 1)).toEqual(['payload_too_large'])
  })

  test('hears the topics of its golden payloads, and no topic of a device beside it', () => {
    for (const golden of own) {
      const device = deviceOf(golden)
      const index = topicIndex([[device, adapter.filters(device)] as const])
      for (const { topic } of golden.messages) expect(index.of(topic), topic).toEqual([device])
      for (const { topic } of golden.messages) expect(index.of(`other/${topic}`), topic).toEqual([])
    }
  })

  test('asks for exact topics and whole subtrees only, so that topics can belong to one client', () => {
    for (const golden of own) {
      const filters = adapter.filters(deviceOf(golden))
      expect(filters.length).toBeGreaterThan(0)
      for (const filter of filters) expect(rootOfFilter(filter)).not.toMatch(/[+#]/)
    }
  })

  test('refuses topics with wildcards', () => {
    for (const given of ['', '#', 'a/+/b', 'a/#', '$SYS/x', 'a\u0000b'])
      expect(adapter.topicOf(given), given).toBeUndefined()
  })

  test('takes its own default channels, and has a source and a section in the guide', () => {
    for (const channel of adapter.defaultChannels) expect(adapter.isChannel?.(channel) ?? true).toBe(true)
    expect(readingSources).toContain(`device:${kind}`)
    expect(guide).toContain(`(\`${kind}\`)`)
  })

  test('whatever bytes come: rejected with a code, or readings with sane values', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...own).chain(mutated), ({ golden, payloads }) => holds(golden, payloads)),
      { numRuns: 400 },
    )
  })

  test('names that every object has are nothing special', () => {
    for (const golden of own) {
      const text = golden.messages[0]?.payload ?? ''
      for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        holds(golden, [Buffer.from(text.replaceAll(/"(\w+)":/g, `"${word}":`))])
        holds(golden, [Buffer.from(`{"${word}":{"${word}":1},"ENERGY":{"${word}":[1]}}`)])
      }
    }
  })
})

/** Payloads of a golden file with some bytes changed, cut, doubled or replaced by what often goes wrong. */
function mutated(golden: Golden): fc.Arbitrary<{ golden: Golden; payloads: Buffer[] }> {
  const words = [
    'NaN',
    '-',
    '1e999',
    'null',
    '{}',
    '[]',
    '"',
    '\u0000',
    '99999999999999999999',
    '-0',
    'true',
    '\ud800',
    '1,5',
  ]
  const change = fc.record({
    how: fc.constantFrom('flip', 'cut', 'insert', 'double', 'digits'),
    where: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.integer({ min: 0, max: 255 }),
    word: fc.constantFrom(...words),
  })
  return fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 4 }).map((changes) => ({
    golden,
    payloads: changes.map((ofOne, index) => {
      const message = golden.messages[index % golden.messages.length]
      return ofOne.reduce(changed, message === undefined ? Buffer.alloc(0) : payloadOf(message))
    }),
  }))
}

interface Change {
  readonly how: string
  readonly where: number
  readonly byte: number
  readonly word: string
}

function changed(bytes: Buffer, { how, where, byte, word }: Change): Buffer {
  const at = Math.floor(where * bytes.length)
  switch (how) {
    case 'flip': {
      const copy = Buffer.from(bytes)
      if (at < copy.length) copy[at] = byte
      return copy
    }
    case 'cut':
      return bytes.subarray(0, at)
    case 'insert':
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(word), bytes.subarray(at)])
    case 'double':
      return Buffer.concat([bytes, bytes])
    default:
      return Buffer.from(bytes.toString('latin1').replace(/\d+(\.\d+)?/, word), 'latin1')
  }
}

/** Reads the payloads one after the other and holds what comes out to the rules of readings. */
function holds(golden: Golden, payloads: readonly Buffer[]): void {
  const device = deviceOf(golden)
  const receivedAt = Date.parse(golden.received_at)
  let memory = blankMemory
  for (const [index, payload] of payloads.entries()) {
    const topic = golden.messages[index % golden.messages.length]?.topic ?? ''
    const settled = settleMessage({ topic, payload, receivedAt, isOld: false }, device, memory)
    for (const { code } of settled.rejections) expect(Object.keys(messageRejections)).toContain(code)
    for (const { kind, value, at, spanS } of settled.readings) {
      expect(Number.isSafeInteger(at) && at >= 946_684_800_000 && at <= receivedAt + 86_400_000).toBe(true)
      expect(spanS).toBeGreaterThan(0)
      expect(spanS).toBeLessThanOrEqual(3600)
      if (value === null) continue
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(kind === 'register' ? 1e12 : 100_000)
    }
    memory = JSON.parse(JSON.stringify(settled.memory))
  }
}
