/**
 * Takes messages from a broker: several connections to it, each with a persistent session, that share the load by shared
 * subscriptions. A message is acknowledged when `take` resolves, which is after the commit. `mqtt` alone would hand over the
 * next message only then: the inbox takes some more meanwhile (docs/decisions/mqtt-acknowledgements.md).
 *
 * What a broker kept while the connection was down comes first and is old. So a connection whose session went on publishes
 * a mark to itself and waits for it: what comes before the mark may have been sent at any time.
 */
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt'
import { Inbox } from './inbox.ts'

export interface BrokerClientOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, with user and password where the broker asks for them. */
  readonly url: string
  /** The same after every restart, and another one on each server: sessions are kept under it. */
  readonly clientId: string
  readonly connections: number
  /** The group of the shared subscriptions; `undefined`: plain ones, on one connection. */
  readonly group: string | undefined
  readonly version: 4 | 5
  readonly take: (message: {
    readonly topic: string
    readonly payload: Buffer
    readonly isOld: boolean
  }) => Promise<void>
  readonly say: { info(message: string): void; warn(message: string): void }
}

export interface BrokerClient {
  /** Subscribes to these filters, and to no others. */
  listenTo(filters: readonly string[]): void
  /** Connections that are up. */
  connected(): number
  /** What is not acknowledged stays with the broker. */
  stop(): Promise<void>
}

/** How long a session is kept for a server that is away (MQTT 5; 3.1.1 leaves it to the broker) [s]. */
const sessionS = 7 * 86_400
/** A mark that has not come back by then never will [ms]. */
const markPatienceMs = 30_000
const reconnectMs = 2_000
/** Filters per SUBSCRIBE packet. */
const filtersAtOnce = 200

/** Connects, and keeps connecting. */
export function connectToBroker(options: BrokerClientOptions): BrokerClient {
  const count = options.group === undefined ? 1 : options.connections
  const connections = Array.from({ length: count }, (_, index) => new Connection(options, index))
  return {
    listenTo: (filters) => {
      for (const connection of connections) connection.listenTo(filters)
    },
    connected: () => connections.filter(({ isUp }) => isUp).length,
    stop: async () => {
      await Promise.all(connections.map((connection) => connection.stop()))
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

  constructor(options: BrokerClientOptions, index: number) {
    const clientId = `${options.clientId}-${index}`
    this.#options = options
    this.#markTopic = `loadlens/marks/${clientId}`
    this.#client = connect(options.url, connectionOptions(options, clientId))
    // Told of an error, the client acknowledges nothing and goes on to the next message.
    this.#client.handleMessage = (packet, next) => this.#take(packet, () => next(acknowledgedLater))
    this.#client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack') this.#onSession(packet.sessionPresent)
    })
    this.#client.on('connect', ({ sessionPresent }) => this.#onConnect(sessionPresent === true))
    this.#client.on('error', (error) => options.say.warn(`The MQTT broker: ${error.message}`))
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
    for (const some of chunks(added)) {
      this.#client.subscribe(
        some.map((filter) => this.#shared(filter)),
        { qos: 1 },
        (error, granted) => {
          const refused = granted?.find(({ qos }) => qos >= 128)?.topic
          const why = refused === undefined ? error?.message : `it refuses ${refused}`
          if (why !== undefined && !this.#isStopped)
            this.#options.say.warn(`The MQTT broker lets us not subscribe: ${why}`)
        },
      )
    }
    for (const some of chunks(removed)) this.#client.unsubscribe(some.map((filter) => this.#shared(filter)))
  }

  #shared(filter: string): string {
    const { group } = this.#options
    return group === undefined ? filter : `$share/${group}/${filter}`
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

const acknowledgedLater = new Error('The message is acknowledged when it is durable.')

function connectionOptions({ version }: BrokerClientOptions, clientId: string): IClientOptions {
  return {
    clientId,
    clean: false,
    protocolVersion: version,
    reconnectPeriod: reconnectMs,
    resubscribe: false,
    ...(version === 5 ? { properties: { sessionExpiryInterval: sessionS } } : {}),
  }
}

function chunks(filters: readonly string[]): string[][] {
  const count = Math.ceil(filters.length / filtersAtOnce)
  return Array.from({ length: count }, (_, index) => filters.slice(index * filtersAtOnce, (index + 1) * filtersAtOnce))
}
