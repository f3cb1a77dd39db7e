/** The names of all settings, those of `docs/settings.md`; a test compares them with what is read. */
export const settingNames: ReadonlySet<string> = new Set([
  'LOADLENS_HOST',
  'LOADLENS_PORT',
  'LOADLENS_PUBLIC_URL',
  'LOADLENS_TRUSTED_PROXIES',
  'LOADLENS_DATA_DIR',
  'DATABASE_URL',
  'LOADLENS_CLOCK_START',
  'LOADLENS_CLIENTS',
  'LOADLENS_LOG_LEVEL',
  'LOADLENS_WORKERS',
  'LOADLENS_OAUTH_ISSUER',
  'LOADLENS_OAUTH_AUDIENCE',
  'LOADLENS_TOKEN_LIFETIME_S',
  'LOADLENS_REQUESTS_PER_MINUTE',
  'LOADLENS_MQTT_LISTEN',
  'LOADLENS_MQTT_TLS_CERT',
  'LOADLENS_MQTT_TLS_KEY',
  'LOADLENS_IMPORTS_AT_ONCE',
  'LOADLENS_MQTT_URL',
  'LOADLENS_MQTT_TOPICS',
  'LOADLENS_MQTT_GROUP',
  'LOADLENS_MQTT_CLIENT_ID',
  'LOADLENS_MQTT_CONNECTIONS',
  'LOADLENS_MQTT_VERSION',
  'LOADLENS_BANDS_4_OCTOBER',
  'LOADLENS_GRID_SOURCES',
  'LOADLENS_GRID_ZONES',
  'LOADLENS_ENTSOE_TOKEN',
  'LOADLENS_ENTSOE_URL',
  'LOADLENS_ENERGY_CHARTS_URL',
  'LOADLENS_TERNA_CLIENT_ID',
  'LOADLENS_TERNA_CLIENT_SECRET',
  'LOADLENS_TERNA_URL',
  'LOADLENS_ELECTRICITY_MAPS_TOKEN',
  'LOADLENS_ELECTRICITY_MAPS_URL',
])

/** Names in an environment that look like settings and are none. */
export function strangeNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(environment).filter((name) => name.startsWith('LOADLENS_') && !settingNames.has(name))
}
