/**
 * The environment, read once and checked: every setting of `docs/settings.md`, with its default.
 * A setting that cannot be understood stops the start with a sentence that names it.
 */
import { isIP } from 'node:net'
import { availableParallelism, hostname } from 'node:os'
import { resolve } from 'node:path'
import type { EpochMs } from '../energy/civil-time.ts'
// Not by the rooms' indexes: every command reads this file, and few need a database or read files.
import { readInstantText } from '../ingest/instant.ts'
import { clientIdPattern } from '../store/ids.ts'
import { ConfigurationError } from './configuration-error.ts'
import { type GridSettings, gridSettingsOf } from './grid-settings.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** A client made at start from `LOADLENS_CLIENTS`. */
export interface ConfiguredClient {
  readonly id: string
  readonly secret: string
  readonly companies: readonly string[]
}

/** A broker to take messages of live meters from. */
export interface ConfiguredBroker {
  readonly url: string
  readonly clientId: string
  readonly connections: number
  /** The group of shared subscriptions; `undefined`: plain ones, on one connection. */
  readonly group: string | undefined
  readonly version: 4 | 5
  /** What to subscribe to; `undefined`: the topics of the devices. */
  readonly topics: readonly string[] | undefined
}

export interface Configuration {
  readonly host: string
  readonly port: number
  /** The address clients use, without a trailing slash; also the issuer of tokens. */
  readonly publicUrl: string | undefined
  /** Reverse proxies whose `X-Forwarded-For` is believed: addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[]
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly clockStartAt: EpochMs | undefined
  readonly clients: readonly ConfiguredClient[]
  readonly logLevel: LogLevel
  /** Worker threads for analysis, and as many for large answers. */
  readonly workers: number
  /** An OAuth2 issuer that replaces the built-in one, as it names itself: a slash at the end is part of the name. */
  readonly externalIssuer: string | undefined
  /** The audience an external issuer puts into its tokens. */
  readonly audience: string | undefined
  readonly tokenLifetimeS: number
  /** Requests per minute and client before `429`. */
  readonly requestsPerMinute: number
  /** Whether 4 October counts as a holiday of the tariff bands. */
  readonly fourOctober: boolean
  /** Sources of grid data, and the zones they are asked for. */
  readonly grid: GridSettings
  /** Bodies of readings that are read at once. */
  readonly importsAtOnce: number
  /** The MQTT broker that messages are taken from; `undefined`: none. */
  readonly mqttBroker: ConfiguredBroker | undefined
  /** Where the embedded MQTT broker listens; `undefined`: it does not. */
  readonly mqttListen: { readonly host: string; readonly port: number } | undefined
  /** Files (PEM) of the embedded broker's certificate and key; `undefined`: it listens without TLS. */
  readonly mqttTls: { readonly certificateFile: string; readonly keyFile: string } | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings.
 * @throws {ConfigurationError} naming the first setting that is not understood.
 */
export function readConfiguration(environment: Environment): Configuration {
  const text = (name: string) => environment[name]?.trim() || undefined
  return {
    host: text('LOADLENS_HOST') ?? '127.0.0.1',
    port: whole('LOADLENS_PORT', text('LOADLENS_PORT'), 8080, 0, 65_535),
    publicUrl: url('LOADLENS_PUBLIC_URL', text('LOADLENS_PUBLIC_URL')),
    trustedProxies: addressRanges('LOADLENS_TRUSTED_PROXIES', text('LOADLENS_TRUSTED_PROXIES')),
    dataDir: resolve(text('LOADLENS_DATA_DIR') ?? 'var'),
    databaseUrl: text('DATABASE_URL'),
    clockStartAt: instant('LOADLENS_CLOCK_START', text('LOADLENS_CLOCK_START')),
    clients: clientsOf(text('LOADLENS_CLIENTS')),
    logLevel: oneOf('LOADLENS_LOG_LEVEL', text('LOADLENS_LOG_LEVEL') ?? 'info', logLevels),
    workers: whole('LOADLENS_WORKERS', text('LOADLENS_WORKERS'), Math.min(availableParallelism(), 8), 1, 256),
    externalIssuer: verbatimUrl('LOADLENS_OAUTH_ISSUER', text('LOADLENS_OAUTH_ISSUER')),
    audience: text('LOADLENS_OAUTH_AUDIENCE'),
    tokenLifetimeS: whole('LOADLENS_TOKEN_LIFETIME_S', text('LOADLENS_TOKEN_LIFETIME_S'), 36_000, 60, 86_400),
    requestsPerMinute: whole(
      'LOADLENS_REQUESTS_PER_MINUTE',
      text('LOADLENS_REQUESTS_PER_MINUTE'),
      6_000,
      1,
      10_000_000,
    ),
    fourOctober: oneOf('LOADLENS_BANDS_4_OCTOBER', text('LOADLENS_BANDS_4_OCTOBER') ?? 'off', ['on', 'off']) === 'on',
    grid: gridSettingsOf({ text, url: (name) => url(name, text(name)), refuse }),
    importsAtOnce: whole('LOADLENS_IMPORTS_AT_ONCE', text('LOADLENS_IMPORTS_AT_ONCE'), 16, 1, 1_000),
    mqttBroker: brokerOf(text),
    mqttListen: listenAddress('LOADLENS_MQTT_LISTEN', text('LOADLENS_MQTT_LISTEN')),
    mqttTls: tlsOf(text('LOADLENS_MQTT_TLS_CERT'), text('LOADLENS_MQTT_TLS_KEY')),
  }
}

function refuse(message: string): never {
  throw new ConfigurationError(message)
}

function whole(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new ConfigurationError(`${name} takes a whole number from ${min} to ${max}, not "${text}".`)
}

function oneOf<T extends string>(name: string, text: string, values: readonly T[]): T {
  const value = values.find((one) => one === text)
  if (value !== undefined) return value
  throw new ConfigurationError(`${name} takes one of ${values.join(', ')}, not "${text}".`)
}

/** An address that paths are added to: without a slash at its end. */
function url(name: string, text: string | undefined): string | undefined {
  return verbatimUrl(name, text)?.replace(/\/+$/, '')
}

function verbatimUrl(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const parsed = URL.parse(text)
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return text
  throw new ConfigurationError(`${name} takes an http or https address, not "${text}".`)
}

/** Addresses and CIDR ranges between commas. A range of everything (`/0`) would believe whoever asks. */
function addressRanges(name: string, text: string | undefined): string[] {
  const ranges = text?.split(',').map((range) => range.trim()) ?? []
  for (const range of ranges) {
    const [address = '', bits, ...rest] = range.split('/')
    const bitsMax = isIP(address) === 4 ? 32 : 128
    const isRange = bits === undefined || (/^[1-9]\d*$/.test(bits) && Number(bits) <= bitsMax)
    if (isIP(address) === 0 || !isRange || rest.length > 0)
      throw new ConfigurationError(
        `${name} takes addresses and ranges between commas, such as 127.0.0.1,10.0.0.0/8, not "${range}".`,
      )
  }
  return ranges
}

function brokerOf(text: (name: string) => string | undefined): ConfiguredBroker | undefined {
  const url = text('LOADLENS_MQTT_URL')
  const clientId = text('LOADLENS_MQTT_CLIENT_ID') ?? `loadlens-${hostname()}`
  const group = text('LOADLENS_MQTT_GROUP') ?? 'loadlens'
  const version = oneOf('LOADLENS_MQTT_VERSION', text('LOADLENS_MQTT_VERSION') ?? '3.1.1', ['3.1.1', '5'])
  const connections = whole('LOADLENS_MQTT_CONNECTIONS', text('LOADLENS_MQTT_CONNECTIONS'), 16, 1, 1024)
  const topics = text('LOADLENS_MQTT_TOPICS')
    ?.split(',')
    .map((topic) => topic.trim())
  if (url === undefined) return undefined
  if (!/^(?:mqtts?|wss?):$/.test(URL.parse(url)?.protocol ?? ''))
    throw new ConfigurationError('LOADLENS_MQTT_URL takes an address such as mqtt://user:password@broker:1883.')
  if (!/^[\w-]{1,64}$/.test(group))
    throw new ConfigurationError(`LOADLENS_MQTT_GROUP takes letters, digits, "_" and "-", or none, not "${group}".`)
  if (topics?.includes(''))
    throw new ConfigurationError(
      'LOADLENS_MQTT_TOPICS takes topic filters between commas, such as meters/#,shellies/#.',
    )
  return {
    url,
    clientId,
    connections,
    group: group === 'none' ? undefined : group,
    version: version === '5' ? 5 : 4,
    topics,
  }
}

/** `host:port`, or a port alone for this machine only. */
function listenAddress(name: string, text: string | undefined): { host: string; port: number } | undefined {
  if (text === undefined) return undefined
  const [, bracketed, plain, port = ''] =
    /^(?:mqtt:\/\/)?(?:(?:\[([\da-fA-F:.]+)\]|([\w.-]*)):)?(\d{1,5})\/?$/.exec(text) ?? []
  if (port !== '' && Number(port) <= 65_535) return { host: bracketed || plain || '127.0.0.1', port: Number(port) }
  throw new ConfigurationError(`${name} takes an address such as 0.0.0.0:1883, not "${text}".`)
}

function tlsOf(certificateFile: string | undefined, keyFile: string | undefined): Configuration['mqttTls'] {
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile }
  if (certificateFile === undefined && keyFile === undefined) return undefined
  throw new ConfigurationError(
    'LOADLENS_MQTT_TLS_CERT and LOADLENS_MQTT_TLS_KEY go together: a certificate and its key.',
  )
}

function instant(name: string, text: string | undefined): EpochMs | undefined {
  if (text === undefined) return undefined
  const at = readInstantText(text)
  if (typeof at === 'number') return at
  throw new ConfigurationError(`${name} takes an instant such as 2026-11-23T08:00:00Z, not "${text}".`)
}

function clientsOf(text: string | undefined): ConfiguredClient[] {
  if (text === undefined) return []
  const entries = text.split(';').map((entry) => entry.trim())
  return entries.filter((entry) => entry !== '').map((entry, index) => clientOf(entry, index + 1))
}

/** `id:secret:COMPANY,COMPANY`; the secret never appears in the message of a refusal. */
function clientOf(entry: string, position: number): ConfiguredClient {
  const [id = '', secret = '', companyText = '', ...rest] = entry.split(':')
  const companies = companyText.split(',').map((company) => company.trim())
  const understood = clientIdPattern.test(id) && secret !== '' && !companies.includes('') && rest.length === 0
  if (understood) return { id, secret, companies }
  throw new ConfigurationError(
    `LOADLENS_CLIENTS takes id:secret:COMPANY,COMPANY;… and entry ${position} is not of that form.`,
  )
}
