/** `loadlens try`: what a payload of a live meter means. */
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { formatInstant, isTimeZone } from '../../energy/civil-time.ts'
import type { Reading } from '../../energy/readings.ts'
import {
  adapterOf,
  blankMemory,
  type DeviceMemory,
  deviceAdapters,
  type LiveDevice,
  type ReceivedMessage,
  settleMessage,
} from '../../ingest/devices/index.ts'
import { machineClock } from '../clock.ts'
import { CommandRefusal, print } from '../terminal.ts'

interface TryOptions {
  readonly payload: string
  readonly topic?: string
  readonly messageTopic?: string
  readonly channel?: readonly string[]
  readonly sign: string
  readonly timeZone: string
  readonly json?: boolean
}

const units = { power: 'W', energy: 'Wh', register: 'Wh (register)' } as const
const clockToleranceS = 300

/** Reads a payload as the doors would, and prints its readings. Exits with 1 where there is none and none is begun. */
export async function tryCommand(kind: string, options: TryOptions): Promise<void> {
  const device = deviceOf(kind, options)
  const topic = options.messageTopic ?? firstTopicOf(device)
  const payload = await payloadOf(options.payload)
  const receivedAt = machineClock()
  const message = { topic, payload, receivedAt, isOld: false }
  const { readings, rejections, memory, clockOffsetS } = settleMessage(message, device, blankMemory)
  const isNothing = readings.length + rejections.length === 0
  const toCome = isNothing ? channelsToCome(device, memory) : []
  const others = isNothing ? otherChannels(message, device) : []
  if (options.json === true)
    print(
      JSON.stringify(
        { topic, readings: readings.map(readingOnWire), rejections, channels_to_come: toCome, other_channels: others },
        null,
        2,
      ),
    )
  else {
    for (const reading of readings) print(lineOf(reading))
    for (const { code, detail } of rejections) print(`rejected: ${code}: ${detail}`)
    if (toCome.length > 0) print(`understood; ${channelsText(toCome)} still to come`)
    else if (others.length > 0) print(`nothing: the message has other channels: ${others.join(', ')}`)
    else if (isNothing) print('nothing: the message is about something else')
    if (clockOffsetS !== undefined)
      print(`the device's clock is ${Math.abs(clockOffsetS)} s ${clockOffsetS < 0 ? 'behind' : 'ahead of'} this one`)
  }
  const isTopicGiven = options.topic !== undefined || options.messageTopic !== undefined
  if (readings.length + toCome.length === 0)
    throw new CommandRefusal(`No reading comes of this payload${isTopicGiven ? ` under ${topic}` : ''}.`)
}

function channelsText(channels: readonly string[]): string {
  return channels.length === 1 ? `channel ${channels[0]} is` : `channels ${channels.join(', ')} are`
}

/** The channels that are added up with those of the message, and are still to be told. */
function channelsToCome({ adapter, channels }: LiveDevice, { latest }: DeviceMemory): string[] {
  const told = Object.keys(latest)
  const sums = new Set(told.map((key) => key.split(' ', 2).join(' ')))
  const isIn = (channel: string, sum: string) => {
    const own = adapter.channelKind?.(channel)
    return own === undefined || `${own.kind} ${own.direction}` === sum
  }
  return channels.filter((channel) =>
    [...sums].some((sum) => isIn(channel, sum) && !told.includes(`${sum} ${channel}`)),
  )
}

/** The channels that a message tells of and the device does not have. */
function otherChannels(message: ReceivedMessage, device: LiveDevice): string[] {
  const heard = device.adapter.read(message, device, undefined)
  const told = 'samples' in heard ? heard.samples.map(({ channel }) => channel) : []
  return [...new Set(told)].filter((channel) => !device.channels.includes(channel))
}

function deviceOf(kind: string, options: TryOptions): LiveDevice {
  const adapter = adapterOf(kind)
  if (adapter === undefined)
    throw new CommandRefusal(`There is no kind ${kind}: ${deviceAdapters.map((one) => one.kind).join(', ')}.`, 2)
  const topic = adapter.topicOf(options.topic ?? options.messageTopic ?? 'spBv1.0/group/node')
  if (topic === undefined) throw new CommandRefusal(`--topic: ${adapter.topicIs}`, 2)
  if (options.sign !== '1' && options.sign !== '-1') throw new CommandRefusal('--sign takes 1 or -1.', 2)
  if (!isTimeZone(options.timeZone)) throw new CommandRefusal(`--time-zone: ${options.timeZone} is no time zone.`, 2)
  const channels = options.channel ?? adapter.defaultChannels
  const strange = channels.find((channel) => adapter.isChannel?.(channel) === false)
  if (strange !== undefined) throw new CommandRefusal(`--channel ${strange}: ${adapter.channelsAre}`, 2)
  const { timeZone } = options
  const sign = options.sign === '1' ? 1 : -1
  return { adapter, topic, channels, timeZone, sign, holdS: adapter.defaultHoldS, clockToleranceS, closedAt: null }
}

/** The first topic that is heard. @throws {CommandRefusal} where it is one of many */
function firstTopicOf(device: LiveDevice): string {
  const [filter = ''] = device.adapter.filters(device)
  if (!filter.endsWith('/#')) return filter
  throw new CommandRefusal(
    `--message-topic: ${device.adapter.kind} speaks under many topics; name the one that the message came under.`,
    2,
  )
}

async function payloadOf(path: string): Promise<Buffer> {
  if (path === '-') return await buffer(process.stdin)
  try {
    return await readFile(path)
  } catch (error) {
    throw new CommandRefusal(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

function lineOf({ kind, channel, at, value, spanS }: Reading): string {
  const number = value === null ? 'not measured' : `${value} ${units[kind]}`
  return `${formatInstant(at)}  ${channel === 'import' ? 'drawn   ' : 'injected'}  ${number}, for ${spanS} s at most`
}

function readingOnWire({ kind, channel, at, value, spanS, quality, source }: Reading): object {
  return { at: formatInstant(at), kind, channel, value, span_s: spanS, quality, source }
}
