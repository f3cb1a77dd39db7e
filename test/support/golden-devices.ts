/** Golden payloads of live devices: as received (the file says from where), with the readings that they mean. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EpochMs } from '../../src/energy/civil-time.ts'
import type { Reading } from '../../src/energy/readings.ts'
import {
  adapterOf,
  blankMemory,
  type LiveDevice,
  type ReceivedMessage,
  settleMessage,
} from '../../src/ingest/devices/index.ts'

/** One golden file. */
export interface Golden {
  readonly kind: string
  readonly name: string
  /** Where the payload is from; `synthetic` where it was made up, and after what. */
  readonly source: string
  readonly device: {
    readonly topic: string
    readonly channels?: readonly string[]
    readonly sign?: 1 | -1
    readonly hold_s?: number
  }
  readonly received_at: string
  readonly messages: readonly {
    readonly topic: string
    readonly payload?: string
    readonly payload_hex?: string
    readonly old?: true
  }[]
  /** `[at, name, value, span in s]`, the names as on the wire. */
  readonly readings: readonly (readonly [at: string, name: string, value: number | null, spanS: number])[]
  readonly rejections: readonly string[]
  readonly clock_offset_s?: number
}

const folder = fileURLToPath(new URL('../golden/devices', import.meta.url))

/** The folders, one per kind. */
export const goldenKinds: readonly string[] = readdirSync(folder)

/** Every golden file. */
export const goldens: readonly Golden[] = goldenKinds.flatMap((kind) =>
  readdirSync(`${folder}/${kind}`).map((file) => {
    const read = JSON.parse(readFileSync(`${folder}/${kind}/${file}`, 'utf8')) as Omit<Golden, 'kind' | 'name'>
    return { ...read, kind, name: file.replace(/\.json$/, '') }
  }),
)

/** The device of a golden file, as the doors know it. */
export function deviceOf({ kind, device }: Golden): LiveDevice {
  const adapter = adapterOf(kind)
  if (adapter === undefined) throw new Error(`there is no adapter for the golden payloads of ${kind}`)
  return {
    adapter,
    topic: adapter.topicOf(device.topic) ?? '',
    channels: device.channels ?? adapter.defaultChannels,
    timeZone: 'Europe/Rome',
    sign: device.sign ?? 1,
    holdS: device.hold_s ?? adapter.defaultHoldS,
    clockToleranceS: 300,
    closedAt: null,
  }
}

/** The bytes of a golden message. */
export function payloadOf({ payload, payload_hex: hex }: Golden['messages'][number]): Buffer {
  return hex === undefined ? Buffer.from(payload ?? '') : Buffer.from(hex, 'hex')
}

/** What the messages of a golden file mean, in its own form. `closedAt`: when the supply of its home ends. */
export function heardOf(
  golden: Golden,
  closedAt: EpochMs | null = null,
): Pick<Golden, 'readings' | 'rejections'> & { clock_offset_s: number | undefined } {
  const device = { ...deviceOf(golden), closedAt }
  let memory = blankMemory
  let offsetS: number | undefined
  const readings: Reading[] = []
  const rejections: string[] = []
  for (const [index, message] of golden.messages.entries()) {
    const received: ReceivedMessage = {
      topic: message.topic,
      payload: payloadOf(message),
      receivedAt: Date.parse(golden.received_at) + index * 1000,
      isOld: message.old === true,
    }
    const settled = settleMessage(received, device, memory)
    memory = JSON.parse(JSON.stringify(settled.memory))
    offsetS = settled.clockOffsetS ?? offsetS
    readings.push(...settled.readings)
    rejections.push(...settled.rejections.map(({ code }) => code))
  }
  return { readings: readings.map(readingOnWire), rejections, clock_offset_s: offsetS }
}

const names = { power: 'power_w', energy: 'energy_wh', register: 'register_wh' } as const

function readingOnWire({ at, kind, channel, value, spanS }: Reading): Golden['readings'][number] {
  const name = `${names[kind]}${channel === 'export' ? '_export' : ''}`
  return [new Date(at).toISOString().replace('.000', ''), name, value, spanS]
}
