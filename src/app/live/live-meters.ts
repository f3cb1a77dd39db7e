/** Opens the doors for live meters, as far as the settings ask for them, and closes them again. */
import { readFile } from 'node:fs/promises'
import type { FastifyBaseLogger } from 'fastify'
import { verifySecret } from '../../api/auth/secrets.ts'
import { hostForDevices } from '../../api/base-url.ts'
import { closedDoors, type LiveDoors } from '../../api/deps.ts'
import type { Clock } from '../../energy/civil-time.ts'
import {
  type BrokerClient,
  type BrokerMessage,
  type BrokerOptions,
  connectToBroker,
  type EmbeddedBroker,
  openEmbeddedBroker,
} from '../../ingest/mqtt/index.ts'
import type { Database } from '../../store/index.ts'
import type { Configuration } from '../configuration.ts'
import { CommandRefusal } from '../terminal.ts'
import { credentialChecks } from './credentials.ts'
import { type DeviceDirectory, type KnownDevice, openDeviceDirectory } from './device-directory.ts'
import { startHealthCounter } from './health-counter.ts'
import { type Intake, type IntakeCounts, startIntake } from './intake.ts'

export interface LiveMeters {
  readonly doors: LiveDoors
  stop(): Promise<void>
}

export interface LiveMeterDeps {
  readonly db: Database
  readonly clock: Clock
  readonly configuration: Configuration
  readonly counts: IntakeCounts
  readonly onStale: () => void
  readonly log: FastifyBaseLogger
}

/**
 * Opens the doors; where the settings name none, no device is read.
 * @throws {CommandRefusal} where the embedded broker cannot listen as the settings say
 */
export async function openLiveMeters(deps: LiveMeterDeps): Promise<LiveMeters> {
  const { db, clock, configuration, log } = deps
  if (configuration.mqttListen === undefined && configuration.mqttBroker === undefined)
    return { doors: closedDoors, stop: async () => {} }
  const onError = (error: unknown) => log.error({ error }, 'live meters: work in the background failed')
  const health = startHealthCounter(db, clock, onError)
  const intake = startIntake({ ...deps, health, onError })
  let broker: EmbeddedBroker | undefined
  let client: BrokerClient | undefined
  const filters = () => configuration.mqttBroker?.topics ?? filtersOf(directory.all())
  const directory: DeviceDirectory = await openDeviceDirectory(db, {
    onError,
    onChange: (gone) => {
      client?.listenTo(filters())
      for (const device of gone) {
        broker?.disconnect(device.id)
        intake.forget(device)
      }
    },
  })
  const stop = async () => {
    directory.stop()
    await client?.stop()
    await broker?.stop()
    await intake.stop()
    await health.stop()
  }
  try {
    const listen = configuration.mqttListen
    if (listen !== undefined) {
      const tls = configuration.mqttTls && (await readTls(configuration.mqttTls))
      broker = await openBroker({ ...listen, tls }, { directory, intake, clock, onError })
    }
    if (configuration.mqttBroker !== undefined) {
      const { topics: _topics, ...settings } = configuration.mqttBroker
      client = connectToBroker({ ...settings, take: takeFrom({ directory, intake, clock, onError }), say: sayTo(log) })
      client.listenTo(filters())
    }
  } catch (error) {
    await stop()
    throw error
  }
  const port = broker?.port
  const host = hostForDevices(configuration.mqttListen?.host ?? '', configuration.publicUrl)
  return {
    stop,
    doors: {
      broker: port === undefined ? null : { host, port, tls: configuration.mqttTls !== undefined },
      changed: () => directory.refresh(),
      // What could not be added is tried again; whoever asks is told what is there.
      flushHealth: () => health.flush().catch(onError),
      pending: () => intake.pending,
      connected: () => broker?.connected() ?? 0,
      brokerConnections: () => client?.connected() ?? 0,
    },
  }
}

interface BrokerDeps {
  readonly directory: DeviceDirectory
  readonly intake: Intake
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Takes a message of a broker that all share: whoever published it, it is of the devices that named its topic. */
function takeFrom({ directory, intake, clock }: BrokerDeps): Parameters<typeof connectToBroker>[0]['take'] {
  return async ({ topic, payload, isOld }) => {
    const receivedAt = clock()
    await Promise.all(directory.of(topic).map((device) => intake.take(device, { topic, payload, receivedAt, isOld })))
  }
}

/** Every filter of every device, once. */
function filtersOf(devices: Iterable<KnownDevice>): string[] {
  return [...new Set(Array.from(devices, (device) => [...device.adapter.filters(device)]).flat())]
}

function sayTo(log: FastifyBaseLogger): Parameters<typeof connectToBroker>[0]['say'] {
  return {
    info: (message) => log.info(message),
    warn: (message) => log.warn(`${message}. Check the broker and LOADLENS_MQTT_URL.`),
  }
}

async function readTls({ certificateFile, keyFile }: NonNullable<Configuration['mqttTls']>) {
  try {
    return { cert: await readFile(certificateFile), key: await readFile(keyFile) }
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    throw new CommandRefusal(`Cannot read ${path} (${code}). Set LOADLENS_MQTT_TLS_CERT and LOADLENS_MQTT_TLS_KEY.`)
  }
}

async function openBroker(
  { host, port, tls }: Pick<BrokerOptions, 'host' | 'port' | 'tls'>,
  { directory, intake, clock, onError }: BrokerDeps,
): Promise<EmbeddedBroker> {
  const isRight = credentialChecks(verifySecret)
  const secretHashOf = async (id: string) => {
    if (directory.byId(id) === undefined) await directory.refresh()
    return directory.byId(id)?.secretHash
  }
  const take = async ({ deviceId, topic, payload, isRepeated }: BrokerMessage) => {
    const device = directory.byId(deviceId)
    // What a device says under topics that are not its own is nobody's: answered, so that it does not come again.
    if (device === undefined || !directory.of(topic).includes(device)) return
    await intake.take(device, { topic, payload, receivedAt: clock(), isOld: isRepeated })
  }
  try {
    return await openEmbeddedBroker({
      host,
      port,
      tls,
      authenticate: async (id, secret, address) => await isRight({ id, secret, address, hash: () => secretHashOf(id) }),
      take,
      onError,
    })
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (typeof code !== 'string') throw error
    if (code.startsWith('ERR_OSSL') || code.startsWith('ERR_TLS'))
      throw new CommandRefusal(
        `LOADLENS_MQTT_TLS_CERT and LOADLENS_MQTT_TLS_KEY are no certificate and its key (${code}).`,
      )
    throw new CommandRefusal(`Cannot listen for MQTT on ${host}:${port} (${code}). Set LOADLENS_MQTT_LISTEN.`)
  }
}
