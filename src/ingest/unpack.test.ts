import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { BodyBroken } from './body-refusals.ts'
import { SentBody, unpack } from './unpack.ts'

/** Some 100 KiB of gzip: more than a slice. */
const text = Array.from({ length: 40_000 }, (_, row) => `${row},${(row * 7_919) % 3_001}\n`).join('')
const packed = gzipSync(text)

/** What a body unpacks to, or why it is refused. */
async function unpacked(bytes: Uint8Array, chunkBytes = 64 * 1024): Promise<string> {
  async function* chunks() {
    for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes)
  }
  const pieces: Uint8Array[] = []
  try {
    const sent = new SentBody(chunks(), Number.POSITIVE_INFINITY)
    for await (const piece of unpack(sent, Number.POSITIVE_INFINITY, false)) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  } catch (error) {
    if (error instanceof BodyBroken) return error.problem.refusal
    throw error
  }
}

describe('a gzip', () => {
  test.each([12, 2_000, 20_000, 40_000, packed.length - 40, packed.length - 8, packed.length - 1])(
    'that is damaged at byte %i is refused, and never waited for',
    async (at) => {
      const damaged = Uint8Array.from(packed, (byte, index) => (index >= at && index < at + 4 ? byte ^ 0xff : byte))
      expect(await unpacked(damaged)).toBe('gzip_invalid')
    },
  )

  test('that something else follows is refused', async () => {
    expect(await unpacked(Buffer.concat([packed, Buffer.from('something else')]))).toBe('gzip_invalid')
  })

  test.each([[64 * 1024], [packed.length], [1_000]])(
    'that another one or zeros follow is read to its end, in chunks of %i bytes',
    async (chunkBytes) => {
      expect(await unpacked(Buffer.concat([packed, packed]), chunkBytes)).toBe(text + text)
      expect(await unpacked(Buffer.concat([packed, new Uint8Array(50_000)]), chunkBytes)).toBe(text)
    },
  )
})
