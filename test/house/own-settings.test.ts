/** Benches and tests run on settings of their own: those of whoever starts them are left alone. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { benchConfiguration } from '../../bench/configuration.ts'
import { runProgram } from '../support/command.ts'

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', 'postgres://operator:secret@database.example/loadlens')
  vi.stubEnv('LOADLENS_MQTT_URL', 'mqtt://broker.example')
  vi.stubEnv('LOADLENS_CLIENTS', 'app:secret:ACME')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test('the server of a bench has its database and its settings alone', () => {
  const configuration = benchConfiguration({ dataDir: '/bench', databaseUrl: undefined }, { LOADLENS_MQTT_LISTEN: '0' })
  expect(configuration).toMatchObject({ dataDir: '/bench', databaseUrl: undefined, mqttBroker: undefined, clients: [] })
  expect(configuration.mqttListen).toEqual({ host: '127.0.0.1', port: 0 })
  const given = benchConfiguration({ dataDir: '/bench', databaseUrl: 'postgres://tests.example/one' }, {})
  expect(given.databaseUrl).toBe('postgres://tests.example/one')
})

test('a program that a test starts has the settings that the test gives', async () => {
  const script =
    'process.stdout.write(Object.keys(process.env).filter((name) => /LOADLENS|DATABASE/.test(name)).join())'
  const { stdout } = await runProgram('--eval', [script], { LOADLENS_PORT: '0' })
  expect(stdout).toBe('LOADLENS_PORT')
})
