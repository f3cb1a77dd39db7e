/** A thread of the embedded database that does not answer: given up where its disk is nearly full, waited for where it is not. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type PgliteClient, startPglite } from '../../src/store/engines/pglite-client.ts'

let freeBytes: number
let looks: number
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  statfs: async () => {
    looks++
    return { bavail: freeBytes, bsize: 1 }
  },
}))

const lookEveryMs = 60_000
const enoughBytes = 32 * 1024 * 1024
const onLost = vi.fn()
let folder: string
let client: PgliteClient

beforeEach(async () => {
  looks = 0
  onLost.mockClear()
  folder = await mkdtemp(join(tmpdir(), 'loadlens-test-'))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  client = await startPglite({ folder, purpose: 'serve' }, onLost)
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true, force: true })
})

/** A statement that keeps the thread busy for good. */
const spin = () => client.query('do $$ begin loop end loop; end $$', [])

test('a thread that is silent on a disk with room is waited for, on one nearly full is given up with all who wait', async () => {
  const [silent, waiting] = [spin(), client.query('select 1', [])].map((answer) => answer.catch((error) => error))
  freeBytes = enoughBytes
  await vi.advanceTimersByTimeAsync(10 * lookEveryMs)
  expect([looks, onLost.mock.calls]).toEqual([9, []])
  freeBytes = enoughBytes - 1
  await vi.advanceTimersByTimeAsync(lookEveryMs)
  const said = { message: 'PostgreSQL does not answer, and the disk has only 31 MB left', code: '53100' }
  expect(await silent).toMatchObject(said)
  expect(await waiting).toMatchObject(said)
  expect(onLost.mock.calls).toEqual([[expect.objectContaining(said)]])
  await expect(client.query('select 1', [])).rejects.toMatchObject(said)
  await expect(client.close()).rejects.toMatchObject(said)
})

test('a thread that answers is left alone on a full disk, and its end at the close is no loss', async () => {
  freeBytes = 0
  for (let look = 0; look < 3; look++) {
    await client.query('select 1', [])
    const answer = client.query('select 1', [])
    await vi.advanceTimersByTimeAsync(lookEveryMs)
    await answer
  }
  await client.close()
  await vi.advanceTimersByTimeAsync(3 * lookEveryMs)
  expect([looks, onLost.mock.calls]).toEqual([0, []])
})

test('a close that waits for a silent thread ends too', async () => {
  freeBytes = 0
  const silent = spin().catch((error) => error)
  const closed = client.close().catch((error) => error)
  await vi.advanceTimersByTimeAsync(2 * lookEveryMs)
  expect(await closed).toMatchObject({ code: '53100' })
  expect(await silent).toMatchObject({ code: '53100' })
  expect(onLost).toHaveBeenCalledOnce()
})
