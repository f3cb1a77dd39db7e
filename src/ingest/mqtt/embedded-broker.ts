/**
 * The embedded broker (aedes, MQTT 3.1.1): devices connect with the credentials of their registration and publish.
 *
 * aedes sends the PUBACK (QoS 2: the PUBREC) after `authorizePublish` calls back: here that is after the commit, so an
 * acknowledged message is durable (docs/decisions/mqtt-acknowledgements.md). It is a door and no exchange: nothing is
 * kept, nothing is handed on, subscriptions are refused one by one without closing the connection.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes, type AuthenticateError, type Client } from 'aedes'

/** A message of a device that said who it is. */
export interface BrokerMessage {
  readonly deviceId: string
  readonly topic: string
  readonly payload: Buffer
  /** Sent before, without an answer. */
  readonly isRepeated: boolean
}

export interface BrokerOptions {
  readonly host: string
  readonly port: number
  /** Certificate, with those between it and a root, and key (PEM): devices connect by TLS then, and not without. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined
  /** Whether a device's secret is right. */
  readonly authenticate: (deviceId: string, secret: string, address: string) => Promise<boolean>
  /** Takes a message in; resolves when it is durable, or known to be nothing that is kept. */
  readonly take: (message: BrokerMessage) => Promise<void>
  readonly onError: (error: unknown) => void
}

export interface EmbeddedBroker {
  readonly port: number
  /** Devices that are connected. */
  readonly connected: () => number
  /** Closes a device's connections: its credentials are no longer valid. */
  disconnect(deviceId: string): void
  stop(): Promise<void>
}

/** The longest packet read [bytes]: a message and its topic, and a little. */
const packetBytesMax = 512 * 1024
/** A connection that has not agreed on TLS by then never will [ms]. */
const handshakeTimeout = 10_000
/** Connections at once. */
const connectionsMax = 20_000

/** Opens the broker. @throws what listening throws */
export async function openEmbeddedBroker(options: BrokerOptions): Promise<EmbeddedBroker> {
  const deviceOf = new WeakMap<Client, string>()
  const byDevice = new Map<string, Set<Client>>()
  const broker = await Aedes.createBroker({
    authenticate: (client, username, password, done) => {
      const address = (client.conn as Socket).remoteAddress ?? ''
      options.authenticate(username ?? '', password?.toString() ?? '', address).then(
        (isRight) => {
          if (isRight && username !== undefined) {
            deviceOf.set(client, username)
            // A second connection under a client id ends the first: only where both are the same device's.
            client.id = `${username}/${client.id}`
          }
          done(isRight ? null : badCredentials(), isRight)
        },
        (error: unknown) => {
          options.onError(error)
          done(serverUnavailable(), false)
        },
      )
    },
    authorizePublish: (client, packet, done) => {
      const deviceId = client === null ? undefined : deviceOf.get(client)
      if (deviceId === undefined) {
        done(new Error('Publishing takes the credentials of a device.'))
        return
      }
      packet.retain = false
      const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
      options.take({ deviceId, topic: packet.topic, payload, isRepeated: packet.dup }).then(
        () => done(null),
        (error: Error) => done(error),
      )
    },
    authorizeSubscribe: (_client, _subscription, done) => done(null, null),
    authorizeForward: () => null,
  })
  // What was taken in goes nowhere else: without this, aedes looks for subscribers of every message.
  Object.assign(broker, { publish: goesNowhere })
  broker.on('client', (client) => remember(client, deviceOf, byDevice))
  broker.on('clientDisconnect', (client) => forget(client, deviceOf, byDevice))
  broker.on('clientError', () => undefined)
  broker.on('connectionError', () => undefined)
  const closeBroker = () => new Promise<void>((resolve) => broker.close(() => resolve()))
  const handle = (socket: Socket) => limitPackets(broker.handle(socket), socket)
  const { server, port } = await listening(handle, options).catch(async (error: unknown) => {
    await closeBroker()
    throw error
  })
  return {
    port,
    connected: () => byDevice.size,
    disconnect: (deviceId) => {
      for (const client of byDevice.get(deviceId) ?? []) client.close()
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await closeBroker()
      await closed
    },
  }
}

/** In place of aedes' own `publish`, which is given the packet, the client or not, and what to call when it is done. */
function goesNowhere(...given: readonly unknown[]): void {
  const done = given.at(-1)
  if (typeof done === 'function') done(null)
}

/** Packets as the parser announces them: their length is known long before their last byte. */
interface ParsedClient {
  readonly _parser: { parse(bytes: Buffer): number; readonly packet: { readonly length: number } | null }
}

/** The parser itself reads packets of up to 256 MiB: a connection that announces too long a one is closed. */
function limitPackets(client: Client, socket: Socket): void {
  const { _parser: parser } = client as unknown as ParsedClient
  const parse = parser.parse.bind(parser)
  parser.parse = (bytes) => {
    const left = parse(bytes)
    if ((parser.packet?.length ?? 0) > packetBytesMax) socket.destroy()
    return left
  }
}

/** Connections that ended before their credentials were found right are never announced, and so never remembered. */
function remember(client: Client, deviceOf: WeakMap<Client, string>, byDevice: Map<string, Set<Client>>): void {
  const deviceId = deviceOf.get(client)
  if (deviceId !== undefined) byDevice.getOrInsertComputed(deviceId, () => new Set()).add(client)
}

function forget(client: Client, deviceOf: WeakMap<Client, string>, byDevice: Map<string, Set<Client>>): void {
  const deviceId = deviceOf.get(client)
  const clients = deviceId === undefined ? undefined : byDevice.get(deviceId)
  clients?.delete(client)
  if (deviceId !== undefined && clients?.size === 0) byDevice.delete(deviceId)
}

function badCredentials(): AuthenticateError {
  return Object.assign(new Error('Unknown device or wrong secret.'), { returnCode: 4 })
}

function serverUnavailable(): AuthenticateError {
  return Object.assign(new Error('The server cannot check credentials now.'), { returnCode: 3 })
}

async function listening(
  handle: (socket: Socket) => void,
  { host, port, tls }: BrokerOptions,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = tls === undefined ? createServer(handle) : createTlsServer({ ...tls, handshakeTimeout }, handle)
  server.maxConnections = connectionsMax
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : port }
}
