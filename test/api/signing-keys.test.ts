/** The keys that sign tokens: shared by the servers of a store, and replaced under them. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { keysKnownForMs, openKeyRing, replaceKeys } from '../../src/api/auth/key-ring.ts'
import type { Database } from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'
import { retailer, startTestServer, tokenOf } from '../support/test-server.ts'

let db: Database
let remove: () => Promise<void>

beforeAll(async () => {
  ;({ db, remove } = await openTestDatabase(pgliteEngine()))
})
afterAll(async () => {
  await remove?.()
})

test('a key that is replaced signs and verifies no more, on every server within a minute', async () => {
  let now = Date.parse('2026-03-10T12:00:00Z')
  const rings = [openKeyRing(db, () => now), openKeyRing(db, () => now)]
  const kidsOf = async () => {
    const kids = []
    for (const ring of rings) kids.push((await ring.keys()).map(({ kid }) => kid))
    return kids
  }
  const [[leaked = ''] = []] = await kidsOf()
  expect(await kidsOf()).toEqual([[leaked], [leaked]])

  await replaceKeys(db, now)
  now += keysKnownForMs
  const [[replaced = ''] = []] = await kidsOf()
  expect(replaced).not.toBe(leaked)
  expect(await kidsOf()).toEqual([[replaced], [replaced]])
  for (const ring of rings) {
    expect(await ring.keyOf(leaked)).toBeUndefined()
    expect((await ring.keyOf(replaced))?.kid).toBe(replaced)
  }
})

test('a server whose clock is set back goes by a key that was replaced no longer than others', async () => {
  let now = Date.parse('2026-03-10T12:00:00Z')
  const ring = openKeyRing(db, () => now)
  const [leaked] = await ring.keys()
  await replaceKeys(db, now)
  now -= 60 * keysKnownForMs
  expect((await ring.keys()).map(({ kid }) => kid)).not.toContain(leaked?.kid)
})

test('a token that a replaced key signed is refused over HTTP within a minute, and its client gets another', async () => {
  const server = await startTestServer('2026-03-10T12:00:00Z')
  try {
    const before = await tokenOf(server.baseUrl, retailer)
    const answerTo = async (token: string) => {
      const response = await fetch(`${server.baseUrl}/accounts`, { headers: { authorization: `Bearer ${token}` } })
      return [response.status, ((await response.json()) as { code?: string }).code]
    }
    expect(await answerTo(before)).toEqual([200, undefined])

    await replaceKeys(server.db, Date.now())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + keysKnownForMs })
    expect(await answerTo(before)).toEqual([401, 'token_invalid'])
    expect(await answerTo(await tokenOf(server.baseUrl, retailer))).toEqual([200, undefined])
  } finally {
    vi.useRealTimers()
    await server.stop()
  }
})
