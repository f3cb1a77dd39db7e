/**
 * From a device's message to validated readings: when it was measured, which way the power flows, what the home's
 * channels add up to. Pure: what has to be remembered from message to message goes in and comes out.
 *
 * - A device's own instant stands. Where it tells none, the instant of receipt does, unless the message is old. A kind
 *   that cannot send late and whose clock is wrong by more than the tolerance is measured at the instant of receipt; one
 *   that repeats old states, only where its clock is ahead.
 * - Net power becomes two numbers ≥ 0: what is drawn, and what is injected (told from the first injection on).
 * - Channels are added up before that, as the home's meter adds up its phases; a power counts as long as it holds.
 * - A register beside power is kept once a quarter of an hour: its steps are too coarse for minutes, exact for quarters.
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import { sourceNumber, sourceOf } from '../../energy/reading-sources.ts'
import {
  type Channel,
  defaultEnergyIntervalS,
  defaultMaxGapS,
  type Reading,
  type ReadingKind,
} from '../../energy/readings.ts'
import { instantRejection, validReading, valueRejection } from '../reading-rules.ts'
import type { RowRejectionCode } from '../row-rejections.ts'
import {
  type DeviceAdapter,
  type DeviceMessage,
  type DeviceSettings,
  type Heard,
  isClockWrong,
  type NotUnderstood,
  type Sample,
} from './adapter.ts'
import { type MessageRejectionCode, messageRejections } from './message-rejections.ts'

/** A device as its account describes it. */
export interface LiveDevice extends DeviceSettings {
  readonly adapter: DeviceAdapter
  /** −1 for a sensor that is mounted the other way round: what it calls drawn is injected. */
  readonly sign: 1 | -1
  readonly holdS: number
  readonly clockToleranceS: number
  /** From this instant on the supply is closed. */
  readonly closedAt: EpochMs | null
}

/** A message on its way in. */
export interface ReceivedMessage extends DeviceMessage {
  /** Retained, repeated, or kept by a broker for a session: when it was sent is not known. */
  readonly isOld: boolean
}

/** What is remembered of a device from one message to the next; JSON. */
export interface DeviceMemory {
  /** Newest value of each channel, by `kind direction channel`: the instant and the value. */
  readonly latest: Readonly<Record<string, readonly [at: EpochMs, value: number | null]>>
  /** Quarter-hours (UTC, counted from 1970) of the newest register kept, by direction. */
  readonly quarters: Readonly<Record<string, number>>
  /** Whether power was ever injected: from then on its zeros are told as well. */
  readonly exported: boolean
  /** Whether power was ever told: registers are then kept once a quarter. */
  readonly powered: boolean
  /** The adapter's own. */
  readonly own: unknown
}

export const blankMemory: DeviceMemory = { latest: {}, quarters: {}, exported: false, powered: false, own: undefined }

/** What became of a message. */
export interface Settled {
  readonly readings: readonly Reading[]
  readonly rejections: readonly NotUnderstood[]
  readonly memory: DeviceMemory
  /** How far the device's clock is ahead of ours [s]; `undefined` where the message does not tell. */
  readonly clockOffsetS: number | undefined
}

/** The longest message [bytes]. */
export const messageBytesMax = 256 * 1024

const quarterMs = 900_000

/** Whether what is remembered of a device decides what its next message means: several servers must then share it. */
export function sharesMemory({ adapter, channels }: LiveDevice): boolean {
  return adapter.remembers || channels.length > 1
}

/** Reads a message of a device. */
export function settleMessage(message: ReceivedMessage, device: LiveDevice, memory: DeviceMemory): Settled {
  const heard = heardOf(message, device, memory)
  if ('code' in heard) return { readings: [], rejections: [heard], memory, clockOffsetS: undefined }
  const remembered = heard.memory === undefined ? memory : { ...memory, own: heard.memory }
  const settling = new Settling(message, device, remembered, heard.rejections)
  const lastParts = lastPartsOf(heard.samples, device)
  for (const [index, sample] of heard.samples.entries()) {
    const parts = [...(lastParts.get(sumOf(sample)) ?? [])]
    const goesOn = parts.some(([channel, last]) => channel !== sample.channel && last > index)
    settling.take(sample, goesOn)
  }
  return settling.settled()
}

/** What samples of a message are parts of one sum: their kind, direction and instant. */
function sumOf({ kind, direction, at }: Sample): string {
  return `${kind} ${direction} ${at}`
}

/** Where a message tells the last part of each channel, of each sum. */
function lastPartsOf(samples: readonly Sample[], { channels }: LiveDevice): Map<string, Map<string, number>> {
  const lastParts = new Map<string, Map<string, number>>()
  if (channels.length === 1) return lastParts
  for (const [index, sample] of samples.entries()) {
    if (!channels.includes(sample.channel)) continue
    const parts = lastParts.get(sumOf(sample)) ?? new Map<string, number>()
    lastParts.set(sumOf(sample), parts.set(sample.channel, index))
  }
  return lastParts
}

function heardOf(message: ReceivedMessage, device: LiveDevice, { own }: DeviceMemory): Heard | NotUnderstood {
  if (message.payload.length > messageBytesMax)
    return { code: 'payload_too_large', detail: `${message.payload.length} bytes` }
  return device.adapter.read(message, device, own)
}

class Settling {
  readonly #message: ReceivedMessage
  readonly #device: LiveDevice
  readonly #readings: Reading[] = []
  readonly #rejections: NotUnderstood[]
  #memory: DeviceMemory
  #newestAt: EpochMs | undefined

  constructor(
    message: ReceivedMessage,
    device: LiveDevice,
    memory: DeviceMemory,
    rejections: readonly NotUnderstood[] = [],
  ) {
    this.#message = message
    this.#device = device
    this.#memory = memory
    this.#rejections = [...rejections]
  }

  settled(): Settled {
    const newestAt = this.#newestAt
    const offsetMs = newestAt === undefined || this.#message.isOld ? undefined : newestAt - this.#message.receivedAt
    return {
      readings: this.#readings,
      rejections: this.#rejections,
      memory: this.#memory,
      clockOffsetS: offsetMs === undefined ? undefined : Math.round(offsetMs / 1000),
    }
  }

  /** `goesOn`: whether a part of the same sum comes after it in the message; of one sum, the last part tells it. */
  take(sample: Sample, goesOn: boolean): void {
    if (!this.#device.channels.includes(sample.channel)) return
    const at = this.#instantOf(sample)
    const code = at === undefined ? 'instant_unknown' : this.#faultOf(sample, at)
    if (at === undefined || code !== undefined) {
      const { kind, channel, value } = sample
      const why = code === undefined ? '' : messageRejections[code]
      this.#rejections.push({ code: code ?? 'instant_unknown', detail: `${kind} of ${channel}, ${value}: ${why}` })
      return
    }
    const total = this.#totalWith(sample, at)
    if (total === undefined || goesOn) return
    if (sample.kind === 'power') this.#takePower(sample, at, total)
    else this.#takeEnergy(sample, at, total)
  }

  #faultOf(sample: Sample, at: EpochMs): MessageRejectionCode | undefined {
    const rules = { now: this.#message.receivedAt, source: this.#source() }
    const { closedAt } = this.#device
    const isOver = closedAt !== null && at >= closedAt
    return messageCode(instantRejection(at, rules)) ?? (isOver ? 'after_closure' : valueFault(sample))
  }

  /** When the sample was measured; `undefined` where nobody knows. */
  #instantOf({ at, kind, spanS }: Sample): EpochMs | undefined {
    const { receivedAt, isOld } = this.#message
    if (at === undefined) return isOld ? undefined : receivedAt
    const toldAt = kind === 'energy' ? at + (spanS ?? defaultEnergyIntervalS) * 1000 : at
    this.#newestAt = Math.max(this.#newestAt ?? toldAt, toldAt)
    const { adapter, clockToleranceS } = this.#device
    const isWrong = isClockWrong(adapter, (at - receivedAt) / 1000, clockToleranceS)
    return isWrong && !isOld && !adapter.buffers ? receivedAt : Math.round(at)
  }

  /** The sum of the home's channels once each is known; `undefined` until then. */
  #totalWith(sample: Sample, at: EpochMs): number | null | undefined {
    const { holdS } = this.#device
    const channels = this.#channelsLike(sample)
    if (channels.length === 1) return sample.value
    const keyOf = (channel: string) => `${sample.kind} ${sample.direction} ${channel}`
    const before = this.#memory.latest[keyOf(sample.channel)]
    const isNewest = before === undefined || at >= before[0]
    const latest = isNewest
      ? { ...this.#memory.latest, [keyOf(sample.channel)]: [at, sample.value] as const }
      : this.#memory.latest
    this.#memory = { ...this.#memory, latest }
    let total: number | null = 0
    for (const channel of channels) {
      const known = channel === sample.channel ? ([at, sample.value] as const) : latest[keyOf(channel)]
      const isFresh = known !== undefined && Math.abs(at - known[0]) <= freshMs(sample.kind, holdS)
      if (!isFresh || known === undefined) return undefined
      total = total === null || known[1] === null ? null : total + known[1]
    }
    return total
  }

  /** The home's channels that a sample is added up with. */
  #channelsLike({ kind, direction }: Sample): readonly string[] {
    const { adapter, channels } = this.#device
    const kindOf = adapter.channelKind
    if (kindOf === undefined || channels.length === 1) return channels
    return channels.filter((channel) => {
      const one = kindOf(channel)
      return one.kind === kind && one.direction === direction
    })
  }

  #takePower({ direction, spanS }: Sample, at: EpochMs, total: number | null): void {
    const { sign, holdS } = this.#device
    this.#remember({ powered: true })
    if (direction === 'net') {
      const netW = total === null ? null : total * sign
      this.#addPower('import', at, netW === null ? null : Math.max(netW, 0), spanS ?? holdS)
      this.#addPower('export', at, netW === null ? null : Math.max(-netW, 0), spanS ?? holdS)
    } else this.#addPower(turned(direction, sign), at, total, spanS ?? holdS)
  }

  #addPower(channel: Channel, at: EpochMs, powerW: number | null, spanS: number): void {
    if (channel === 'export' && powerW !== null && powerW > 0) this.#remember({ exported: true })
    if (channel === 'export' && !this.#memory.exported) return
    this.#add('power', channel, at, powerW, spanS)
  }

  #takeEnergy({ kind, direction, spanS, quality }: Sample, at: EpochMs, total: number | null): void {
    // Where nothing is known of an interval or a register, nothing is said.
    if (total === null) return
    const channel = turned(direction === 'net' ? 'import' : direction, this.#device.sign)
    if (kind === 'energy') this.#add(kind, channel, at, total, spanS ?? defaultEnergyIntervalS, quality)
    else if (this.#isDue(channel, at)) this.#add(kind, channel, at, total, defaultMaxGapS, quality)
  }

  /** Whether a register is to be kept: the first of its quarter, where there is power beside it. */
  #isDue(channel: Channel, at: EpochMs): boolean {
    const quarter = Math.floor(at / quarterMs)
    if (this.#memory.powered && this.#memory.quarters[channel] === quarter) return false
    this.#remember({ quarters: { ...this.#memory.quarters, [channel]: quarter } })
    return true
  }

  #add(
    kind: ReadingKind,
    channel: Channel,
    at: EpochMs,
    value: number | null,
    spanS: number,
    quality?: Reading['quality'],
  ): void {
    const bad = value === null ? undefined : messageCode(valueRejection({ kind }, value, spanS))
    if (bad !== undefined) this.#rejections.push({ code: bad, detail: `${kind} ${value}` })
    else this.#readings.push(validReading({ kind, channel }, at, value, spanS, { source: this.#source() }, quality))
  }

  #remember(change: Partial<DeviceMemory>): void {
    this.#memory = { ...this.#memory, ...change }
  }

  #source() {
    return sourceOf(sourceNumber(`device:${this.#device.adapter.kind}`))
  }
}

/** How far apart in time the values of channels that are added up may lie [ms]. */
function freshMs(kind: ReadingKind, holdS: number): number {
  return (kind === 'power' ? holdS : defaultMaxGapS) * 1000
}

/** Only net power may be negative. */
function valueFault({ kind, direction, spanS, value }: Sample): MessageRejectionCode | undefined {
  if (value === null) return undefined
  const size = direction === 'net' ? Math.abs(value) : value
  return messageCode(valueRejection({ kind }, size, spanS ?? defaultEnergyIntervalS))
}

function turned(direction: Channel, sign: 1 | -1): Channel {
  if (sign === 1) return direction
  return direction === 'import' ? 'export' : 'import'
}

/** The code of a row as that of a message: every one that a sample can have is one. */
function messageCode(code: RowRejectionCode | undefined): MessageRejectionCode | undefined {
  return code === undefined
    ? undefined
    : code in messageRejections
      ? (code as MessageRejectionCode)
      : 'payload_malformed'
}
