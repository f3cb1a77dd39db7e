/** The embedded broker by TLS, with a certificate that the test makes by `openssl`, where there is one. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { connect } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { putFreshDatabase } from '../support/databases.ts'
import { connectAs, registerDevice } from '../support/live.ts'
import { register, startTestServer, type TestServer } from '../support/test-server.ts'

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error === undefined
if (!hasOpenssl) process.stderr.write('There is no openssl here: the tests of TLS are skipped.\n')

describe.skipIf(!hasOpenssl)('the embedded broker with a certificate', () => {
  let folder: string
  let server: TestServer
  const file = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loadlens-tls-'))
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
    ])
    server = await startTestServer('2026-03-10T12:00:00Z', {
      LOADLENS_MQTT_LISTEN: '127.0.0.1:0',
      LOADLENS_MQTT_TLS_CERT: file('cert.pem'),
      LOADLENS_MQTT_TLS_KEY: file('key.pem'),
    })
    await register(server, 'home', 'IT001E00000001')
  })

  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('takes what a device publishes by TLS', async () => {
    const device = await registerDevice(server, 'home', { kind: 'json' })
    expect(device.mqtt.tls).toBe(true)
    const client = await connectAs(device, { ca: await readFile(file('cert.pem')) })
    await client.publishAsync(device.topic, '{"power_w": 532}', { qos: 1 })
    expect((await server.get('/accounts/home/consumption/realtime')).realtime_consumption).toBe(532)
    await client.endAsync(true)
  })

  test('takes no password without TLS, and shows a stranger to who checks certificates', async () => {
    const device = await registerDevice(server, 'home', { kind: 'json' })
    const plain = connect(`mqtt://127.0.0.1:${device.mqtt.port}`, { ...device.mqtt, reconnectPeriod: 0 })
    plain.on('error', () => undefined)
    const ended = new Promise<string>((resolve) => {
      for (const event of ['connect', 'close'] as const) plain.once(event, () => resolve(event))
    })
    expect(await ended).toBe('close')
    await expect(connectAs(device)).rejects.toThrow(/self.signed certificate/i)
  })

  test('a server does not start with files that are missing, or that are no certificate, or on a port that is taken', async () => {
    const { port } = (await registerDevice(server, 'home', { kind: 'json' })).mqtt
    await putFreshDatabase(file('var'))
    const start = (certificate: string, listen = '127.0.0.1:0') =>
      runCommand(['serve'], {
        LOADLENS_DATA_DIR: file('var'),
        LOADLENS_PORT: '0',
        LOADLENS_MQTT_LISTEN: listen,
        LOADLENS_MQTT_TLS_CERT: certificate,
        LOADLENS_MQTT_TLS_KEY: file('key.pem'),
      })
    await writeFile(file('nonsense.pem'), 'nonsense')
    const missing = await start(file('missing.pem'))
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining('missing.pem (ENOENT)')])
    const nonsense = await start(file('nonsense.pem'))
    expect([nonsense.exitCode, nonsense.stderr]).toEqual([1, expect.stringContaining('LOADLENS_MQTT_TLS_CERT')])
    const taken = await start(file('cert.pem'), `127.0.0.1:${port}`)
    expect([taken.exitCode, taken.stderr]).toEqual([1, expect.stringContaining('EADDRINUSE')])
  })
})
