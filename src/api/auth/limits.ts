/** Limits of requests: per client, and on guessing secrets. Counted by the machine's clock, in this process. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import '@fastify/rate-limit'
import { problem } from '../problems.ts'

const minuteMs = 60_000
const guessWindowMs = 15 * minuteMs
/** Wrong secrets of one client from one address before it has to wait. */
const wrongPerClientMax = 10
/** Wrong secrets from one address, whatever the client. */
const wrongPerAddressMax = 50
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
    const counted = await count(request)
    if (counted.isAllowed || !counted.isExceeded) return
    const waitS = Math.max(1, counted.ttlInSeconds)
    const detail = `At most ${perMinute} requests a minute; the next in ${waitS} s.`
    throw problem('too_many_requests', detail, { headers: { 'retry-after': String(waitS) } })
  }
}

export interface GuessLimit {
  /** How long a token request has to wait [s]; 0 = it may be answered. Counts the attempt. */
  waitS(request: FastifyRequest, clientId: string): Promise<number>
  /** Counts a wrong secret. */
  failed(request: FastifyRequest, clientId: string): Promise<void>
}

/** Slows guessing: by client and address (so that a stranger cannot lock a client out), and by address. */
export function guessLimit(app: FastifyInstance): GuessLimit {
  const guessed = new WeakMap<FastifyRequest, string>()
  const keyGenerator = (request: FastifyRequest) => `${guessed.get(request)} ${request.ip}`
  const attempts = app.createRateLimit({ max: attemptsPerMinuteMax, timeWindow: minuteMs, keyGenerator })
  const wrongOfClient = app.createRateLimit({ max: wrongPerClientMax - 1, timeWindow: guessWindowMs, keyGenerator })
  const wrongOfAddress = app.createRateLimit({ max: wrongPerAddressMax - 1, timeWindow: guessWindowMs })
  return {
    waitS: async (request, clientId) => {
      guessed.set(request, clientId)
      const counts = await Promise.all([
        attempts(request),
        wrongOfClient(request, { increment: false }),
        wrongOfAddress(request, { increment: false }),
      ])
      return Math.max(...counts.map((one) => (one.isAllowed || !one.isExceeded ? 0 : Math.max(1, one.ttlInSeconds))))
    },
    failed: async (request, clientId) => {
      guessed.set(request, clientId)
      await Promise.all([wrongOfClient(request), wrongOfAddress(request)])
    },
  }
}
