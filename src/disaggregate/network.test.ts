import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadNetwork, NetworkRefused } from './network.ts'

/** test/golden/networks/make_tiny_network.py made it and says what it computes. */
const bytes = readFileSync(new URL('../../test/golden/networks/tiny.onnx', import.meta.url))

describe('a network', () => {
  test('says how many curves it gives and what lengths it takes', async () => {
    const { takes, channels, outputs, stride } = await loadNetwork(bytes)
    expect({ takes, channels, outputs, stride }).toEqual({ takes: 'x', channels: 2, outputs: 2, stride: 2 })
  })

  test('gives batch × outputs × length', async () => {
    const network = await loadNetwork(bytes)
    const input = Float32Array.of(3, 6, 9, 12, 1, 1, 1, 1, 0, 0, 0, 0, 0, 2, 4, 6)
    const thirds = [(3 + 6) / 3, (3 + 6 + 9) / 3, (6 + 9 + 12) / 3, (9 + 12) / 3]
    const pairs = ([a = 0, b = 0, c = 0, d = 0]: number[]) => [(a + b) / 2, (a + b) / 2, (c + d) / 2, (c + d) / 2]
    const expected = [...pairs(thirds), ...pairs([5, 8, 11, 14]), 0, 0, 0, 0, ...pairs([0, 4, 8, 12])]
    const output = await network.predict(input, 2, 2, 4)
    expect(output).toHaveLength(expected.length)
    for (const [index, value] of expected.entries()) expect(output[index]).toBeCloseTo(value, 5)
  })

  test('keeps the windows of a batch apart', async () => {
    const network = await loadNetwork(bytes)
    const input = Float32Array.from({ length: 3 * 2 * 64 }, (_, index) => (index * 7919) % 1000)
    const together = await network.predict(input, 3, 2, 64)
    for (let window = 0; window < 3; window++) {
      const alone = await network.predict(input.slice(window * 128, window * 128 + 128), 1, 2, 64)
      expect(alone).toEqual(together.slice(window * 128, window * 128 + 128))
    }
  })

  test('refuses numbers that do not fit', async () => {
    const network = await loadNetwork(bytes)
    await expect(network.predict(new Float32Array(6), 1, 2, 3)).rejects.toThrow(RangeError)
    await expect(network.predict(new Float32Array(8), 1, 1, 8)).rejects.toThrow(RangeError)
    await expect(network.predict(new Float32Array(7), 1, 2, 4)).rejects.toThrow(RangeError)
  })

  test('is refused when the bytes are none', async () => {
    await expect(loadNetwork(new Uint8Array(100))).rejects.toThrow(NetworkRefused)
    await expect(loadNetwork(bytes.subarray(0, 200))).rejects.toThrow(NetworkRefused)
  })
})
