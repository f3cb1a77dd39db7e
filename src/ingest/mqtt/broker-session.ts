/** What every connection to a broker has in common: its session there, its filters, its mark. */
import type { IClientOptions } from 'mqtt'

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

/** How long a session is kept for a server that is away (MQTT 5; 3.1.1 leaves it to the broker) [s]. */
const sessionS = 7 * 86_400
/** Filters per packet. */
const filtersAtOnce = 200

/** What `handleMessage` calls back with: told of an error, the client acknowledges nothing and goes on to the next message. */
export const acknowledgedLater = new Error('The message is acknowledged when it is durable.')

/** The client id of one of the connections, counted from 0. */
export function clientIdOf({ clientId }: BrokerClientOptions, index: number): string {
  return `${clientId}-${index}`
}

/** The topic under which a connection publishes to itself. */
export function markTopicOf(clientId: string): string {
  return `loadlens/marks/${clientId}`
}

/** A connection whose session outlives it. */
export function keptSession({ version }: BrokerClientOptions, clientId: string): IClientOptions {
  return {
    clientId,
    clean: false,
    protocolVersion: version,
    resubscribe: false,
    ...(version === 5 ? { properties: { sessionExpiryInterval: sessionS } } : {}),
  }
}

/** Filters as the group shares them, as many at a time as go into a packet. */
export function sharedFilters({ group }: BrokerClientOptions, filters: readonly string[]): string[][] {
  const shared = filters.map((filter) => (group === undefined ? filter : `$share/${group}/${filter}`))
  const count = Math.ceil(shared.length / filtersAtOnce)
  return Array.from({ length: count }, (_, index) => shared.slice(index * filtersAtOnce, (index + 1) * filtersAtOnce))
}
