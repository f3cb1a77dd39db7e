/**
 * Ends the sessions of connections that an earlier start opened and this one does not: the broker goes on giving each its
 * share of the messages, for nobody. What they hold is taken in first.
 *
 * Only the broker knows which there are: connections beyond those of now are opened one by one, as long as it has kept a
 * session for them. The last one's session ends first, so that a server that dies on the way leaves no hole in the row.
 */
import { randomUUID } from 'node:crypto'
import { connect, connectAsync, type IPublishPacket, type MqttClient } from 'mqtt'
import {
  acknowledgedLater,
  type BrokerClientOptions,
  clientIdOf,
  keptSession,
  markTopicOf,
  sharedFilters,
} from './broker-session.ts'
import { Inbox } from './inbox.ts'

/** No start opens more connections (`LOADLENS_MQTT_CONNECTIONS`): a broker that says of every id that it has a session is not believed. */
const connectionsMax = 1024

/**
 * Ends them from the connection with the number `from` on; one that cannot be ended is left to the next start.
 * @param filters what the sessions are subscribed to, as far as it is known
 */
export async function endFormerSessions(
  options: BrokerClientOptions,
  from: number,
  filters: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const former: FormerSession[] = []
  try {
    while (from + former.length < connectionsMax) {
      signal.throwIfAborted()
      const session = new FormerSession(options, clientIdOf(options, from + former.length), signal)
      if (!(await session.isKept())) {
        await session.end()
        break
      }
      former.push(session)
    }
    await Promise.all(former.map((session) => session.drain(filters)))
    for (const session of former.toReversed()) await session.end()
    if (former.length > 0)
      options.say.info(`Ended ${former.length} sessions at the MQTT broker, of connections that are no longer opened.`)
  } catch (error) {
    for (const session of former) session.abandon()
    if (!signal.aborted)
      options.say.warn(`The MQTT broker: sessions of connections no longer opened were not ended: ${messageOf(error)}`)
  }
}

class FormerSession {
  readonly #options: BrokerClientOptions
  readonly #clientId: string
  readonly #client: MqttClient
  readonly #connected = Promise.withResolvers<boolean>()
  readonly #closed = Promise.withResolvers<never>()
  readonly #marked = Promise.withResolvers<void>()
  readonly #mark = randomUUID()
  /** Messages that are not taken in yet, or not at all. */
  readonly #underWay = new Set<Promise<void>>()
  readonly #inbox: Inbox

  constructor(options: BrokerClientOptions, clientId: string, signal: AbortSignal) {
    this.#options = options
    this.#clientId = clientId
    this.#client = connect(options.url, { ...keptSession(options, clientId), reconnectPeriod: 0 })
    const { stream } = this.#client
    this.#inbox = new Inbox((bytes) => {
      if (stream.writable) stream.write(bytes)
    })
    this.#client.handleMessage = (packet, next) => this.#take(packet, () => next(acknowledgedLater))
    this.#client.on('connect', ({ sessionPresent }) => this.#connected.resolve(sessionPresent === true))
    this.#client.on('error', (error) => this.#closed.reject(error))
    this.#client.on('close', () => this.#closed.reject(new Error('the connection was closed')))
    this.#closed.promise.catch(() => undefined)
    signal.addEventListener('abort', () => this.abandon())
  }

  /** Whether the broker had kept it. */
  async isKept(): Promise<boolean> {
    return await Promise.race([this.#connected.promise, this.#closed.promise])
  }

  /** Gives its share to the others and takes in what it holds: all of that comes before a mark that is sent to itself. */
  async drain(filters: readonly string[]): Promise<void> {
    await Promise.race([this.#drain(filters), this.#closed.promise])
  }

  /** Ends it at the broker. */
  async end(): Promise<void> {
    await this.#client.endAsync()
    const { url, version } = this.#options
    const identity = { clientId: this.#clientId, protocolVersion: version }
    // Without retries, a connection that is closed before it is one fails.
    const clean = await connectAsync(url, { ...identity, clean: true, reconnectPeriod: 0 }, false)
    await clean.endAsync()
  }

  /** Closes the connection and leaves the session with the broker. */
  abandon(): void {
    this.#client.end(true)
  }

  async #drain(filters: readonly string[]): Promise<void> {
    for (const some of sharedFilters(this.#options, filters)) await this.#client.unsubscribeAsync(some)
    const topic = markTopicOf(this.#clientId)
    await this.#client.subscribeAsync(topic, { qos: 1 })
    await this.#client.publishAsync(topic, this.#mark, { qos: 1 })
    await this.#marked.promise
    await Promise.all(this.#underWay)
  }

  #take({ topic, payload, messageId }: IPublishPacket, next: () => void): void {
    const isMark = topic === markTopicOf(this.#clientId)
    if (isMark && payload.toString() === this.#mark) this.#marked.resolve()
    const message = { topic, payload: Buffer.from(payload), isOld: true }
    const taken = isMark ? Promise.resolve() : this.#options.take(message)
    this.#underWay.add(taken)
    taken.then(
      () => this.#underWay.delete(taken),
      () => undefined,
    )
    this.#inbox.add({ messageId, taken }, next)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
