import { describe, expect, test } from 'vitest'
import { readConfiguration } from './configuration.ts'
import { ConfigurationError } from './configuration-error.ts'

describe('the configuration', () => {
  test('has a default for every setting', () => {
    const configuration = readConfiguration({})
    expect(configuration).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      clients: [],
      logLevel: 'info',
      fourOctober: false,
    })
    expect(configuration.dataDir).toMatch(/var$/)
    expect(configuration.databaseUrl).toBeUndefined()
  })

  test('reads clients with their companies', () => {
    const { clients } = readConfiguration({ LOADLENS_CLIENTS: 'app:s3cret:ACME,BRAND; other:pw:X;' })
    expect(clients).toEqual([
      { id: 'app', secret: 's3cret', companies: ['ACME', 'BRAND'] },
      { id: 'other', secret: 'pw', companies: ['X'] },
    ])
  })

  test('reads trusted proxies: addresses and ranges, none by default', () => {
    expect(readConfiguration({}).trustedProxies).toEqual([])
    expect(
      readConfiguration({ LOADLENS_TRUSTED_PROXIES: '127.0.0.1, fd00::/8,::ffff:10.0.0.1' }).trustedProxies,
    ).toEqual(['127.0.0.1', 'fd00::/8', '::ffff:10.0.0.1'])
  })

  test('leaves the name of an issuer as it is, and takes slashes off addresses that paths are added to', () => {
    const named = { LOADLENS_OAUTH_ISSUER: 'https://id.example/', LOADLENS_PUBLIC_URL: 'https://energy.example/' }
    expect(readConfiguration(named)).toMatchObject({
      externalIssuer: 'https://id.example/',
      publicUrl: 'https://energy.example',
    })
  })

  test('reads the clock start as an instant with a zone', () => {
    expect(readConfiguration({ LOADLENS_CLOCK_START: '2026-11-23T09:00:00+01:00' }).clockStartAt).toBe(
      Date.UTC(2026, 10, 23, 8),
    )
  })

  test.each([
    ['LOADLENS_PORT', '70000'],
    ['LOADLENS_PORT', '8o80'],
    ['LOADLENS_CLOCK_START', '2026-11-23T09:00:00'],
    ['LOADLENS_CLOCK_START', '2026-02-30T00:00:00Z'],
    ['LOADLENS_CLOCK_START', '2026-02-28T24:00:00Z'],
    ['LOADLENS_LOG_LEVEL', 'loud'],
    ['LOADLENS_PUBLIC_URL', 'ftp://example.org'],
    ['LOADLENS_TRUSTED_PROXIES', 'proxy.internal'],
    ['LOADLENS_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['LOADLENS_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['LOADLENS_TRUSTED_PROXIES', '10.0.0.1,,10.0.0.2'],
    ['LOADLENS_CLIENTS', 'onlyid'],
    ['LOADLENS_BANDS_4_OCTOBER', 'maybe'],
    ['LOADLENS_GRID_SOURCES', 'weather'],
    ['LOADLENS_GRID_ZONES', 'IT,MARS'],
  ])('refuses %s=%s and names the setting', (name, value) => {
    expect(() => readConfiguration({ [name]: value })).toThrow(ConfigurationError)
    expect(() => readConfiguration({ [name]: value })).toThrow(name)
  })

  test('makes the sources of grid data that are named, and asks nobody by default', () => {
    expect(readConfiguration({}).grid).toEqual({ adapters: [], zones: ['IT'] })
    const { adapters, zones } = readConfiguration({
      LOADLENS_GRID_SOURCES: 'energy-charts, entsoe',
      LOADLENS_GRID_ZONES: 'it,nord',
      LOADLENS_ENTSOE_TOKEN: 'token',
    }).grid
    expect([adapters.map(({ source }) => source), zones]).toEqual([
      ['energy-charts', 'entsoe'],
      ['IT', 'NORD'],
    ])
    expect(() => readConfiguration({ LOADLENS_GRID_SOURCES: 'entsoe' })).toThrow('LOADLENS_ENTSOE_TOKEN')
  })

  test('refuses a source that has none of the zones, and names both', () => {
    const settings = { LOADLENS_GRID_SOURCES: 'energy-charts', LOADLENS_GRID_ZONES: 'NORD,SUD' }
    expect(() => readConfiguration(settings)).toThrow(
      'The source energy-charts has IT alone, and LOADLENS_GRID_ZONES names NORD, SUD.',
    )
  })

  test('never repeats a secret in a refusal', () => {
    expect(() => readConfiguration({ LOADLENS_CLIENTS: 'app:hunter2' })).toThrow(/^(?!.*hunter2)/)
  })
})
