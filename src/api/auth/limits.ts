/** Limits of requests: per client, and on guessing secrets. Counted by the machine's clock, in this process. */
import { isIP } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { minuteMs, weekMs } from '../../energy/civil-time.ts'
import { problem } from '../problems.ts'

const guessWindowMs = 15 * minuteMs
/** Wrong secrets of one client from one address before it has to wait. */
const wrongPerClientMax = 10
/** Token requests from one address that fail or wait, over all clients that have no recent token from there. */
const failedPerAddressMax = 100
/** Token requests of one client from one address in a minute, right or wrong: guesses sent side by side count before they fail. */
const attemptsPerMinuteMax = 60

/**
 * Counts a client's requests.
 * @returns a check that throws `too_many_requests` beyond `perMinute`
 */
export function requestLimit(app: FastifyInstance, perMinute: number): (request: FastifyRequest) => Promise<void> {
  const count = app.createRateLimit({
    max: perMinute,
    timeWindow: minuteMs,
    keyGenerator: (request) => request.client?.id ?? addressOf(request),
  })
  return async (request) => {
    const waitS = waitOf(await count(request))
    if (waitS === 0) return
    const detail = `At most ${perMinute} requests a minute; the next in ${waitS} s.`
    throw problem('too_many_requests', detail, { headers: { 'retry-after': String(waitS) } })
  }
}

export interface GuessLimit {
  /**
   * Asks `areRight` whether a client's credentials are, unless the request has to wait.
   * @returns the answer, or how long to wait [s]
   */
  check(request: FastifyRequest, clientId: string, areRight: () => Promise<boolean>): Promise<boolean | number>
}

/**
 * Slows guessing. Wrong secrets are counted by client and address, so that no stranger at another address locks a client
 * out. What fails is counted by address as well, over all clients, and beyond its bound nothing is looked up or hashed:
 * clients that do not exist are answered like those that do. A client that got a token from the address within a week is
 * outside that count, so that no stranger at its address who tries other clients locks it out; one that never got any
 * from there is refused while the address is over its bound.
 */
export function guessLimit(app: FastifyInstance): GuessLimit {
  const tried = new WeakMap<FastifyRequest, { readonly clientId: string; readonly address: string }>()
  const ofAddress = (request: FastifyRequest) => tried.get(request)?.address ?? ''
  const ofClient = (request: FastifyRequest) => `${tried.get(request)?.clientId} ${ofAddress(request)}`
  const attempts = app.createRateLimit({ max: attemptsPerMinuteMax, timeWindow: minuteMs, keyGenerator: ofClient })
  const wrong = app.createRateLimit({ max: wrongPerClientMax - 1, timeWindow: guessWindowMs, keyGenerator: ofClient })
  const failed = app.createRateLimit({ max: failedPerAddressMax, timeWindow: guessWindowMs, keyGenerator: ofAddress })
  // `continueExceeding`: the week begins anew with every token.
  const aWeekLong = { max: 0, timeWindow: weekMs, continueExceeding: true }
  const given = app.createRateLimit({ ...aWeekLong, keyGenerator: ofClient })
  const underWay = new Map<string, number>()

  async function checkClient(request: FastifyRequest, areRight: () => Promise<boolean>): Promise<boolean | number> {
    const counts = await Promise.all([attempts(request), wrong(request, { increment: false })])
    const waitS = Math.max(...counts.map(waitOf))
    if (waitS > 0) return waitS
    const right = await areRight()
    await (right ? given : wrong)(request)
    return right
  }

  /** Requests under way count as failed: those sent side by side are bounded before they fail. */
  async function checkStranger(request: FastifyRequest, areRight: () => Promise<boolean>): Promise<boolean | number> {
    const address = ofAddress(request)
    const pending = (underWay.get(address) ?? 0) + 1
    underWay.set(address, pending)
    try {
      const count = await failed(request, { increment: false })
      if (!count.isAllowed && pending > count.remaining)
        return count.remaining > 0 ? 1 : Math.max(1, count.ttlInSeconds)
      const answer = await checkClient(request, areRight)
      if (answer !== true) await failed(request)
      return answer
    } finally {
      const left = (underWay.get(address) ?? 1) - 1
      if (left > 0) underWay.set(address, left)
      else underWay.delete(address)
    }
  }

  return {
    check: async (request, clientId, areRight) => {
      tried.set(request, { clientId, address: addressOf(request) })
      const known = await given(request, { increment: false })
      const isKnown = !known.isAllowed && known.isExceeded
      return await (isKnown ? checkClient : checkStranger)(request, areRight)
    },
  }
}

/** What guesses from an address are counted by: a network of IPv6 is one. */
export function countedAddress(address: string): string {
  return normalizeIP(withoutZone(address))
}

/**
 * What a request's address counts as. Proxies may name it with a port; where they name none, their own counts. A client
 * that has hung up has no address: all of those are one.
 */
function addressOf({ ip, socket }: FastifyRequest): string {
  const named = withoutPort(ip ?? '')
  return countedAddress(isIP(named) ? named : (socket?.remoteAddress ?? ''))
}

/** `203.0.113.1:4711`, `[2001:db8::1]` and `[2001:db8::1]:4711` without what is around the address. */
function withoutPort(named: string): string {
  return withoutZone(named.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1'))
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}

type Count = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>

/** How long a count makes wait [s]; 0 = not at all. */
function waitOf(count: Count): number {
  return count.isAllowed || !count.isExceeded ? 0 : Math.max(1, count.ttlInSeconds)
}
