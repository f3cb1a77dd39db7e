/**
 * The one way in for a kind of device: a pure function from a message to samples. One small file per kind, listed in
 * `registry.ts`, with golden payloads in `test/golden/devices/<kind>/`. `json.ts` is the one to copy.
 */
import type { EpochMs, TimeZone } from '../../energy/civil-time.ts'
import type { Quality, ReadingKind } from '../../energy/readings.ts'
import type { MessageRejectionCode } from './message-rejections.ts'

/** A message as a broker hands it over. */
export interface DeviceMessage {
  readonly topic: string
  readonly payload: Buffer
  readonly receivedAt: EpochMs
}

/** What an account says of its device; an adapter needs no more to read a message. */
export interface DeviceSettings {
  /** The topic, or the subtree of topics, under which the device publishes. */
  readonly topic: string
  /** Which of the device's channels (or phases) are the home's; several are added up. */
  readonly channels: readonly string[]
  /** The time zone that a clock without one shows. */
  readonly timeZone: TimeZone
}

/**
 * One number of one channel of a device. Power may be `net`: positive is drawn, negative is injected. Everything else
 * has a direction, and is not negative.
 */
export interface Sample {
  readonly channel: string
  readonly kind: ReadingKind
  readonly direction: 'net' | 'import' | 'export'
  /** W, Wh of the interval, or Wh of the register; `null` where the device says that it does not know. */
  readonly value: number | null
  /** The device's own instant; absent where it tells none. Interval energy: the start of the interval. */
  readonly at?: EpochMs | undefined
  /** The length of an energy's interval, or how long this power holds [s]; absent: the device's. */
  readonly spanS?: number
  readonly quality?: Quality
}

/** What a message said. No samples and no rejection: it was about something else. */
export interface Heard {
  readonly samples: readonly Sample[]
  /** What of the message is not understood and costs itself alone; absent: nothing. */
  readonly rejections?: readonly NotUnderstood[]
  /** What the adapter has to remember for the next message, as JSON; absent: what it remembered before. */
  readonly memory?: unknown
}

/** Why a message, or a part of it, is not understood. */
export interface NotUnderstood {
  readonly code: MessageRejectionCode
  readonly detail: string
}

/** A kind of device. */
export interface DeviceAdapter {
  /** The kind's name on the wire. */
  readonly kind: string
  /** What it is, for people. */
  readonly title: string
  /** What `topic` of a device of this kind is, with an example. */
  readonly topicIs: string
  /** What `channels` of a device of this kind are, with their default. */
  readonly channelsAre: string
  readonly defaultChannels: readonly string[]
  /** How long a power holds where the account says nothing else [s]. */
  readonly defaultHoldS: number
  /** Whether the device sends later what it could not send in time: its old instants are late then, its clock not wrong. */
  readonly buffers: boolean
  /** Whether it repeats states of before with their instants: one in the past is old news then, its clock not wrong. */
  readonly repeatsStates?: boolean
  /** Whether `read` remembers anything. */
  readonly remembers: boolean
  /** The topic's full form: a device may be named by its id alone. `undefined` where it can be none. */
  topicOf(given: string): string | undefined
  /** The topics that the device's messages come under: exact, or with `/#` at the end. */
  filters(device: DeviceSettings): readonly string[]
  /** What a channel is, where channels of several kinds stand in one list; absent: every channel may have all. */
  channelKind?(channel: string): Pick<Sample, 'kind' | 'direction'>
  /** Whether a channel can be one of this kind of device; absent: any name can. */
  isChannel?(channel: string): boolean
  /** Reads a message that came under one of the filters. `memory` is what the message before left, or `undefined`. */
  read(message: DeviceMessage, device: DeviceSettings, memory: unknown): Heard | NotUnderstood
}

/** Whether what a kind tells may be late, or old news. */
export function mayTellOld({ buffers, repeatsStates }: DeviceAdapter): boolean {
  return buffers || repeatsStates === true
}

/** Whether an instant so far ahead of ours says that the clock is wrong: of what may be old, one that is behind does not. */
export function isClockWrong(adapter: DeviceAdapter, aheadS: number, toleranceS: number): boolean {
  return (mayTellOld(adapter) ? aheadS : Math.abs(aheadS)) > toleranceS
}

/** A topic that may be published to: no wildcards, no control characters, some levels deep. */
export function plainTopic(given: string): string | undefined {
  const topic = given.replace(/\/+$/, '')
  const isTopic = /^[^\p{Cc}+#$][^\p{Cc}+#]*$/u.test(topic) && topic.length <= 256 && topic.split('/').length <= 16
  return isTopic ? topic : undefined
}

/** Places that devices of all clients publish under: a topic claims what lies under it, so that none of them is one client's. */
const sharedPlaces: ReadonlySet<string> = new Set(['loadlens', 'shellies', 'tele', 'stat', 'zigbee2mqtt', 'spBv1.0'])

/** Whether no client may have the root of a filter: a shared place, or what the server gives out under `loadlens`. */
export function isReservedRoot(root: string): boolean {
  return sharedPlaces.has(root) || root.startsWith('loadlens/')
}

/** A topic under `prefix`, where it was given by the device's id alone. */
export function topicUnder(prefix: string, given: string): string | undefined {
  const topic = plainTopic(given)
  return topic === undefined || topic.includes('/') ? topic : `${prefix}/${topic}`
}
