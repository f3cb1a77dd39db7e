/** `loadlens try`: a payload means the same however it comes, and what lacks is asked for. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-try-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('the bytes of a payload are the same from a file and from standard input', async () => {
  const golden = new URL('../golden/devices/sml/power-drawn-and-registers.json', import.meta.url)
  const { messages } = JSON.parse(await readFile(golden, 'utf8')) as { messages: { payload_hex: string }[] }
  const payload = Buffer.from(messages[0]?.payload_hex ?? '', 'hex')
  const file = join(folder, 'payload.bin')
  await writeFile(file, payload)
  const results = [
    await runCommand(['try', 'sml', '--payload', file, '--json']),
    await runCommand(['try', 'sml', '--payload', '-', '--json'], {}, payload),
  ]
  for (const { exitCode, stdout } of results) {
    expect(exitCode).toBe(0)
    const { readings, rejections } = JSON.parse(stdout) as { readings: { value: number }[]; rejections: unknown[] }
    expect(readings.map(({ value }) => value)).toEqual([4_404_866.4, 155.3, 1837])
    expect(rejections).toEqual([])
  }
})

test('a device whose clock is off is told so, ahead or behind', async () => {
  const saidAt = async (offsetS: number) => {
    const at = new Date(Date.now() + offsetS * 1000).toISOString()
    const args = ['try', 'json', '--payload', '-']
    return (await runCommand(args, {}, Buffer.from(JSON.stringify({ at, power_w: 532 })))).stdout
  }
  expect(await saidAt(-7200)).toMatch(/the device's clock is 7\d+ s behind this one/)
  expect(await saidAt(200)).toMatch(/the device's clock is \d+ s ahead of this one/)
})

test('a kind that speaks under topics of many names asks which one the message came under', async () => {
  const args = ['try', 'shelly-gen1', '--topic', 'shellyem-A4CF12F3', '--payload', '-']
  const asked = await runCommand(args, {}, Buffer.from('532'))
  expect([asked.exitCode, asked.stderr]).toEqual([
    2,
    expect.stringContaining('--message-topic: shelly-gen1 speaks under many topics'),
  ])
  const topic = 'shellies/shellyem-A4CF12F3/emeter/0/power'
  const named = await runCommand([...args, '--message-topic', topic], {}, Buffer.from('532'))
  expect([named.exitCode, named.stdout]).toEqual([0, expect.stringContaining('532 W')])
})

test('a message of one phase is understood, and the channels that its sum waits for are named', async () => {
  const topic = ['--topic', 'shellyem3-X', '--message-topic', 'shellies/shellyem3-X/emeter/0/power']
  const args = ['try', 'shelly-gen1', ...topic, '--channel', '0', '1', '2', '--payload', '-']
  const said = await runCommand(args, {}, Buffer.from('532.1'))
  expect([said.exitCode, said.stdout]).toEqual([0, 'understood; channels 1, 2 are still to come\n'])
  const asJson = await runCommand([...args, '--json'], {}, Buffer.from('532.1'))
  expect([asJson.exitCode, JSON.parse(asJson.stdout)]).toMatchObject([
    0,
    { readings: [], rejections: [], channels_to_come: ['1', '2'] },
  ])
  const state = ['--topic', 'homeassistant', '--message-topic', 'homeassistant/sensor/l1/state', '--payload', '-']
  const channels = ['--channel', 'sensor.l1', 'sensor.l2', 'sensor.total:kWh']
  const ofPower = await runCommand(['try', 'home-assistant', ...state, ...channels], {}, Buffer.from('532.1'))
  expect([ofPower.exitCode, ofPower.stdout]).toEqual([0, 'understood; channel sensor.l2 is still to come\n'])
})

test('a message that has other channels than the device has them named', async () => {
  const args = ['try', 'shelly-gen2', '--topic', 'shelly', '--payload', '-']
  const payload = Buffer.from('{"method":"NotifyStatus","params":{"switch:0":{"apower":55},"pm1:1":{"apower":5}}}')
  const said = await runCommand(args, {}, payload)
  expect([said.exitCode, said.stdout]).toEqual([1, 'nothing: the message has other channels: switch:0, pm1:1\n'])
  const asJson = await runCommand([...args, '--json'], {}, payload)
  expect(JSON.parse(asJson.stdout)).toMatchObject({ readings: [], other_channels: ['switch:0', 'pm1:1'] })
  const named = await runCommand([...args, '--channel', 'switch:0'], {}, payload)
  expect([named.exitCode, named.stdout]).toEqual([0, expect.stringContaining('55 W')])
})

test('a refusal names the topic that was given, and none where none was', async () => {
  const refusalOf = async (...topic: string[]) =>
    (await runCommand(['try', 'json', ...topic, '--payload', '-'], {}, Buffer.from('?'))).stderr
  expect(await refusalOf()).toBe('loadlens: No reading comes of this payload.\n')
  expect(await refusalOf('--topic', 'meter')).toBe('loadlens: No reading comes of this payload under meter.\n')
})
