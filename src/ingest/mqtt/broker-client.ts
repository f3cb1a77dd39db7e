/**
 * Takes messages from a broker: several connections to it, each with a persistent session, that share the load by shared
 * subscriptions. A message is acknowledged when `take` resolves, which is after the commit. `mqtt` alone would hand over the
 * next message only then: the inbox takes some more meanwhile (docs/decisions/mqtt-acknowledgements.md).
 *
 * What a broker kept while the connection was down comes first and is old. So a connection whose session went on publishes
 * a mark to itself and waits for it: what comes before the mark may have been sent at any time.
 */
import { connect, type IPublishPacket, type MqttClient } from 'mqtt'
import { hourMs } from '../../energy/civil-time.ts'
import {
  acknowledgedLater,
  type BrokerClientOptions,
  clientIdOf,
  keptSession,
  markTopicOf,
  sharedFilters,
} from './broker-session.ts'
import { endFormerSessions } from './former-sessions.ts'
import { Inbox } from './inbox.ts'

export interface BrokerClient {
  /** Subscribes to these filters, and to no others. */
  listenTo(filters: readonly string[]): void
  /** Connections that are up. */
  connected(): number
  /** What is not acknowledged stays with the broker. */
  stop(): Promise<void>
}

/** A mark that has not come back by then never will [ms]. */
const markPatienceMs = 30_000
const reconnectMs = 2_000

/**
 * Connects, and keeps connecting; once it is connected, the sessions of connections that are no longer opened end. What
 * goes wrong is said once for all connections, and again when it is another thing, after an hour, or after the broker was back.
 */
export function connectToBroker({ say, ...rest }: BrokerClientOptions): BrokerClient {
  const warned = new Map<string, number>()
  const warn = (message: string) => {
    const nowMs = performance.now()
    if (nowMs < (warned.get(message) ?? Number.NEGATIVE_INFINITY) + hourMs) return
    warned.set(message, nowMs)
    say.warn(message)
  }
  const options = { ...rest, say: { info: (message: string) => say.info(message), warn } }
  const count = options.group === undefined ? 1 : options.connections
  const stopping = new AbortController()
  let listened: readonly string[] = []
  let ending: Promise<void> | undefined
  const connected = () => connections.filter(({ isUp }) => isUp).length
  const onConnected = () => {
    if (connected() === 1) warned.clear()
    ending ??= endFormerSessions(options, count, listened, stopping.signal)
  }
  const connections: readonly Connection[] = Array.from(
    { length: count },
    (_, index) => new Connection(options, index, onConnected),
  )
  return {
    listenTo: (filters) => {
      listened = filters
      for (const connection of connections) connection.listenTo(filters)
    },
    connected,
    stop: async () => {
      stopping.abort()
      await Promise.all([ending, ...connections.map((connection) => connection.stop())])
    },
  }
}

class Connection {
  readonly #options: BrokerClientOptions
  readonly #client: MqttClient
  readonly #markTopic: string
  #filters: ReadonlySet<string> = new Set()
  #subscribed = new Set<string>()
  #isBehind = false
  #mark: NodeJS.Timeout | undefined
  #isStopped = false
  #inbox = new Inbox(() => undefined)

  constructor(options: BrokerClientOptions, index: number, onConnected: () => void) {
    const clientId = clientIdOf(options, index)
    this.#options = options
    this.#markTopic = markTopicOf(clientId)
    // A broker that refuses may only be starting.
    const again = { reconnectPeriod: reconnectMs, reconnectOnConnackError: true }
    this.#client = connect(options.url, { ...keptSession(options, clientId), ...again })
    this.#client.handleMessage = (packet, next) => this.#take(packet, () => next(acknowledgedLater))
    this.#client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack') this.#onSession(packet.sessionPresent)
    })
    this.#client.on('connect', ({ sessionPresent }) => {
      this.#onConnect(sessionPresent === true)
      onConnected()
    })
    this.#client.on('error', (error) => options.say.warn(`The MQTT broker: ${textOf(error)}`))
    this.#client.on('close', () => clearTimeout(this.#mark))
  }

  get isUp(): boolean {
    return this.#client.connected
  }

  listenTo(filters: readonly string[]): void {
    this.#filters = new Set(filters)
    if (this.#client.connected) this.#subscribe()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#mark)
    await this.#client.endAsync(true)
  }

  #onConnect(isSessionPresent: boolean): void {
    this.#options.say.info(`Connected to the MQTT broker${isSessionPresent ? ', its session goes on' : ''}.`)
    this.#subscribed = new Set()
    if (isSessionPresent) this.#sendMark()
    this.#subscribe()
  }

  /** A session begins, or goes on: kept messages may follow at once, before the client calls itself connected. */
  #onSession(isSessionPresent: boolean): void {
    this.#isBehind = isSessionPresent
    this.#inbox = this.#openInbox()
  }

  /** Acknowledgements go over the connection that the message came by: after a new one, its number may be another's. */
  #openInbox(): Inbox {
    const { stream } = this.#client
    return new Inbox((bytes) => {
      if (this.#client.stream === stream && stream.writable) stream.write(bytes)
    })
  }

  #subscribe(): void {
    const wanted = this.#filters
    const added = [...wanted].filter((filter) => !this.#subscribed.has(filter))
    const removed = [...this.#subscribed].filter((filter) => !wanted.has(filter))
    this.#subscribed = new Set(wanted)
    for (const some of sharedFilters(this.#options, added)) {
      this.#client.subscribe(some, { qos: 1 }, (error, granted) => {
        const refused = granted?.find(({ qos }) => qos >= 128)?.topic
        const why = refused === undefined ? error?.message : `it refuses ${refused}`
        if (why !== undefined && !this.#isStopped)
          this.#options.say.warn(`The MQTT broker lets us not subscribe: ${why}`)
      })
    }
    for (const some of sharedFilters(this.#options, removed)) this.#client.unsubscribe(some)
  }

  #sendMark(): void {
    clearTimeout(this.#mark)
    this.#mark = setTimeout(() => this.#onMark(), markPatienceMs)
    this.#mark.unref()
    this.#client.subscribe(this.#markTopic, { qos: 1 }, (error) => {
      if (!error) this.#client.publish(this.#markTopic, '', { qos: 1 })
    })
  }

  #onMark(): void {
    clearTimeout(this.#mark)
    this.#isBehind = false
  }

  #take({ topic, payload, retain, dup, messageId }: IPublishPacket, next: () => void): void {
    const isMark = topic === this.#markTopic
    if (isMark) this.#onMark()
    const message = { topic, payload: Buffer.from(payload), isOld: retain || dup || this.#isBehind }
    this.#inbox.add({ messageId, taken: isMark ? Promise.resolve() : this.#options.take(message) }, next)
  }
}

/** The error of a host all of whose addresses refuse has no message of its own. */
function textOf(error: Error): string {
  return error.message || String((error as NodeJS.ErrnoException).code)
}
