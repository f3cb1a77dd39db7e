/** The limit on guessing, by requests that are nothing but an address. */
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyRequest } from 'fastify'
import { expect, test, vi } from 'vitest'
import { type GuessLimit, guessLimit } from './limits.ts'

const home = '203.0.113.1'
const right = async () => true
const wrong = async () => false

async function newLimit(): Promise<GuessLimit> {
  const app = Fastify()
  await app.register(rateLimit, { global: false })
  return guessLimit(app)
}

function requestFrom(ip: string | undefined, remoteAddress?: string): FastifyRequest {
  return { ip, socket: { remoteAddress }, routeOptions: {} } as unknown as FastifyRequest
}

/** What was answered to requests one after the other: `'wait'` for any time to wait. */
async function answersOf(requests: readonly (() => Promise<boolean | number>)[]): Promise<(boolean | 'wait')[]> {
  const answers: (boolean | 'wait')[] = []
  for (const request of requests) {
    const answer = await request()
    answers.push(typeof answer === 'number' ? 'wait' : answer)
  }
  return answers
}

const times = <T>(count: number, make: (one: number) => T): T[] => Array.from({ length: count }, (_, one) => make(one))

test.each([
  ['a port', (one: number) => `198.51.100.7:${40_000 + one}`],
  ['brackets', (one: number) => `[2001:db8::${one}]`],
  ['brackets and a port', (one: number) => `[2001:db8::1]:${40_000 + one}`],
  ['no address', (one: number) => `unknown-${one}`],
])('guesses are counted whatever a proxy puts around an address: %s', async (_name, addressOf) => {
  const { check } = await newLimit()
  const guesses = times(12, (one) => () => check(requestFrom(addressOf(one), '10.0.0.1'), 'retailer', wrong))
  expect(await answersOf(guesses)).toEqual([...Array(10).fill(false), 'wait', 'wait'])
})

test('addresses that differ are counted apart, with a port or without', async () => {
  const { check } = await newLimit()
  const guesses = times(12, (one) => () => check(requestFrom(`198.51.100.${one}:4711`, '10.0.0.1'), 'retailer', wrong))
  expect(await answersOf(guesses)).toEqual(Array(12).fill(false))
})

test('a client that hung up, and has no address any more, is counted and breaks nothing', async () => {
  const { check } = await newLimit()
  const guesses = times(11, () => () => check(requestFrom(undefined), 'retailer', wrong))
  expect(await answersOf(guesses)).toEqual([...Array(10).fill(false), 'wait'])
})

test('an address has a hundred failures over all clients, waits among them; beyond, nothing is looked up', async () => {
  const { check } = await newLimit()
  let lookedUp = 0
  const look = async () => {
    lookedUp++
    return false
  }
  await answersOf(times(20, () => () => check(requestFrom(home), 'one', look)))
  expect(lookedUp).toBe(10)
  await answersOf(times(200, (one) => () => check(requestFrom(home), `client-${one}`, look)))
  expect(lookedUp).toBe(90)
  expect(await answersOf([() => check(requestFrom(home), 'retailer', right)])).toEqual(['wait'])
  expect(await answersOf([() => check(requestFrom('203.0.113.2'), 'retailer', right)])).toEqual([true])
})

test('requests side by side have no more', async () => {
  const { check } = await newLimit()
  const go = Promise.withResolvers<boolean>()
  const asked = times(150, (one) => check(requestFrom(home), `client-${one}`, () => go.promise))
  go.resolve(false)
  expect((await Promise.all(asked)).filter((answer) => answer === false)).toHaveLength(100)
})

test('a client with a token from the address is not locked out by strangers there, and still guessed at only ten times', async () => {
  const { check } = await newLimit()
  expect(await check(requestFrom(home), 'retailer', right)).toBe(true)
  await answersOf(times(120, (one) => () => check(requestFrom(home), `stranger-${one}`, wrong)))
  const later = [right, ...Array(10).fill(wrong), right].map((one) => () => check(requestFrom(home), 'retailer', one))
  expect(await answersOf(later)).toEqual([true, ...Array(10).fill(false), 'wait'])
})

test('a token is remembered for a week from the last one', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-03-01T00:00:00Z') })
  try {
    const { check } = await newLimit()
    const answers = []
    for (const day of ['2026-03-01', '2026-03-07', '2026-03-13', '2026-03-21']) {
      vi.setSystemTime(Date.parse(`${day}T00:00:00Z`))
      await answersOf(times(120, (one) => () => check(requestFrom(home), `stranger-${one}`, wrong)))
      vi.setSystemTime(Date.parse(`${day}T00:10:00Z`))
      if (day === '2026-03-01') vi.setSystemTime(Date.parse(`${day}T00:20:00Z`))
      answers.push(...(await answersOf([() => check(requestFrom(home), 'retailer', right)])))
    }
    expect(answers).toEqual([true, true, true, 'wait'])
  } finally {
    vi.useRealTimers()
  }
})

test('right requests do not count as failures', async () => {
  const { check } = await newLimit()
  const answers = await answersOf(times(150, (one) => () => check(requestFrom(home), `client-${one}`, right)))
  expect(answers).toEqual(Array(150).fill(true))
})
