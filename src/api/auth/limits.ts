/** Limits of requests: per client, and on guessing secrets. Counted by the machine's clock, in this process. */
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { problem } from '../problems.ts'

const minuteMs = 60_000
const guessWindowMs = 15 * minuteMs
/** Wrong secrets of one client from one address before it has to wait. */
const wrongPerClientMax = 10
/** Token requests from one address for unknown clients; each costs the hash of a secret. */
const unknownPerAddressMax = 50
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
    keyGenerator: (request) => request.client?.id ?? request.ip,
  })
  return async (request) => {
    const waitS = waitOf(await count(request))
    if (waitS === 0) return
    const detail = `At most ${perMinute} requests a minute; the next in ${waitS} s.`
    throw problem('too_many_requests', detail, { headers: { 'retry-after': String(waitS) } })
  }
}

export interface GuessLimit {
  /** How long a token request has to wait [s]; 0 = its secret may be verified. Counts the attempt. */
  waitS(request: FastifyRequest, clientId: string, isKnown: boolean): Promise<number>
  /** Counts a wrong secret. */
  failed(request: FastifyRequest, clientId: string): Promise<void>
}

/**
 * Slows guessing. Wrong secrets are counted by client and address: no stranger at another address locks a client out,
 * nor one at its own who tries other clients. Unknown clients of an address share one count, taken before a secret is
 * hashed. Beyond it the answers tell which clients are known: a client's id is no secret (RFC 6749 §2.2).
 */
export function guessLimit(app: FastifyInstance): GuessLimit {
  const guessed = new WeakMap<FastifyRequest, string>()
  const keyGenerator = (request: FastifyRequest) => `${guessed.get(request)} ${normalizeIP(request.ip)}`
  const attempts = app.createRateLimit({ max: attemptsPerMinuteMax, timeWindow: minuteMs, keyGenerator })
  const wrongOfClient = app.createRateLimit({ max: wrongPerClientMax - 1, timeWindow: guessWindowMs, keyGenerator })
  const unknownOfAddress = app.createRateLimit({ max: unknownPerAddressMax, timeWindow: guessWindowMs })
  return {
    waitS: async (request, clientId, isKnown) => {
      guessed.set(request, clientId)
      const ofAddressS = isKnown ? 0 : waitOf(await unknownOfAddress(request))
      if (ofAddressS > 0) return ofAddressS
      const counts = await Promise.all([attempts(request), wrongOfClient(request, { increment: false })])
      return Math.max(...counts.map(waitOf))
    },
    failed: async (request, clientId) => {
      guessed.set(request, clientId)
      await wrongOfClient(request)
    },
  }
}

type Count = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>

/** How long a count makes wait [s]; 0 = not at all. */
function waitOf(count: Count): number {
  return count.isAllowed || !count.isExceeded ? 0 : Math.max(1, count.ttlInSeconds)
}
