/** How sources are asked: with patience, with limits, and never twice for what has not changed. */
import { afterEach, describe, expect, test } from 'vitest'
import { PoliteFetcher } from '../../src/ingest/grid/index.ts'
import { type AskedRequest, type GridSourceServer, type SourceReply, startGridSource } from '../support/grid-source.ts'

const now = Date.parse('2026-07-22T14:30:00Z')
let source: GridSourceServer
let pauses: number[]
afterEach(() => source.stop())

/** Answers one reply after the other, then the last again and again. */
async function fetcherOf(replies: readonly ((request: AskedRequest) => SourceReply)[], spacingMs = 0) {
  pauses = []
  let next = 0
  source = await startGridSource((request) => replies[Math.min(next++, replies.length - 1)]?.(request) ?? 500)
  const pause = async (durationMs: number) => {
    pauses.push(durationMs)
  }
  return new PoliteFetcher({ clock: () => now, pause, spacingMs, banMs: 600_000, timeoutMs: 1_000 })
}

const good = () => ({ body: 'good' })
const ask = (fetcher: PoliteFetcher) => fetcher.ask({ url: `${source.url}/data?key=secret` })

describe('a source', () => {
  test('that fails for a while is asked again, twice, with growing pauses', async () => {
    const fetcher = await fetcherOf([() => 503, () => 502, good])
    expect(await ask(fetcher)).toEqual({ body: 'good', fetchedAt: now })
    expect(pauses).toEqual([1_000, 5_000])
  })

  test('that goes on failing is given up, and the error holds no key', async () => {
    const fetcher = await fetcherOf([() => 503])
    await expect(ask(fetcher)).rejects.toMatchObject({
      code: 'server_error',
      message: expect.not.stringContaining('secret'),
    })
    expect(source.asked).toHaveLength(3)
  })

  test('that never answers times out', async () => {
    const fetcher = await fetcherOf([() => 'never'])
    await expect(ask(fetcher)).rejects.toMatchObject({ code: 'timeout' })
  })

  test('that cannot be reached says so', async () => {
    const fetcher = await fetcherOf([good])
    await source.stop()
    await expect(ask(fetcher)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.not.stringContaining('secret'),
    })
  })

  test.each([
    ['in seconds', '120', 120_000],
    ['until a date', 'Wed, 22 Jul 2026 14:40:00 GMT', 600_000],
    ['without a time', undefined, 600_000],
  ])('that wants to be left alone %s is not asked again', async (_name, retryAfter, expectedMs) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
    const fetcher = await fetcherOf([() => ({ status: 429, headers })])
    await expect(ask(fetcher)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: expectedMs })
    expect(source.asked).toHaveLength(1)
  })

  test('that sends elsewhere is not followed: the key would go along', async () => {
    const elsewhere = await startGridSource(good)
    try {
      const fetcher = await fetcherOf([() => ({ status: 302, headers: { location: elsewhere.url } })])
      await expect(ask(fetcher)).rejects.toMatchObject({ code: 'unreachable' })
      expect(elsewhere.asked).toEqual([])
    } finally {
      await elsewhere.stop()
    }
  })

  test('gets its requests apart', async () => {
    const fetcher = await fetcherOf([good], 1_500)
    await ask(fetcher)
    await ask(fetcher)
    expect(pauses).toEqual([1_500])
  })
})

describe('what has not changed', () => {
  const tagged = ({ headers }: AskedRequest): SourceReply =>
    headers['if-none-match'] === '"v1"' ? 304 : { body: 'good', headers: { etag: '"v1"' } }

  test('is not sent again once it is stored', async () => {
    const fetcher = await fetcherOf([tagged])
    expect((await ask(fetcher))?.body).toBe('good')
    fetcher.keep()
    expect(await ask(fetcher)).toBeUndefined()
  })

  test('is sent again where storing it failed', async () => {
    const fetcher = await fetcherOf([tagged])
    await ask(fetcher)
    fetcher.drop()
    expect((await ask(fetcher))?.body).toBe('good')
  })
})
