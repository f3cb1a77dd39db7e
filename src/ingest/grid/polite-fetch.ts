/**
 * Asks a source as it wants to be asked: one request after the other with a pause between, with a time limit, again after
 * a failure that may pass, and conditionally where the source says how (`ETag`, `Last-Modified`). What went wrong comes
 * out as a `SourceError` that holds no key.
 */
import type { Clock } from '../../energy/civil-time.ts'
import { type Ask, type SourceAnswer, SourceError, type SourceRequest } from './adapter.ts'

/** A source that takes longer is given up [ms]. */
const timeoutMs = 30_000
/** Addresses whose validators are kept. */
const keptMax = 64
/** Pauses before the second and the third attempt [ms]. */
const retryPausesMs = [1_000, 5_000]
/** A longer body is none of a grid [bytes]. */
const bodyBytesMax = 32 * 1024 * 1024

export interface PoliteContext {
  readonly clock: Clock
  /** Waits; tests return at once. */
  readonly pause: (durationMs: number) => Promise<void>
  readonly timeoutMs?: number
  /** Ends what is under way; it then throws, and not a `SourceError`. */
  readonly signal?: AbortSignal
  /** How long to keep away after `429` where the source does not say [ms]. */
  readonly banMs: number
  readonly spacingMs: number
}

/** What a source said that lets it be asked conditionally. */
interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
}

export class PoliteFetcher {
  readonly #context: PoliteContext
  readonly #kept = new Map<string, Validators>()
  readonly #seen = new Map<string, Validators>()
  #freeAt = Number.NEGATIVE_INFINITY

  constructor(context: PoliteContext) {
    this.#context = context
  }

  /** Sends a request, again after a failure that may pass. */
  readonly ask: Ask = async (request) => {
    for (let attempt = 0; ; attempt++) {
      await this.#turn()
      try {
        return await this.#send(request)
      } catch (error) {
        const pauseMs = retryPausesMs[attempt]
        if (pauseMs === undefined || !(error instanceof SourceError) || !mayPass(error)) throw error
        await this.#context.pause(pauseMs)
      }
    }
  }

  /** Says that what was answered is stored: from now on only what is newer is asked for. */
  keep(): void {
    for (const [url, validators] of this.#seen) {
      this.#kept.delete(url)
      if (validators.etag !== null || validators.lastModified !== null) this.#kept.set(url, validators)
    }
    this.#seen.clear()
    // An address with the hours that are asked for in it never comes again.
    for (const url of [...this.#kept.keys()].slice(0, -keptMax)) this.#kept.delete(url)
  }

  /** Forgets what was answered and could not be stored. */
  drop(): void {
    this.#seen.clear()
  }

  async #turn(): Promise<void> {
    const { clock, pause, spacingMs } = this.#context
    const now = clock()
    // A clock that was set back must not hold the source up.
    const waitMs = Math.min(spacingMs, this.#freeAt - now)
    this.#freeAt = now + Math.max(0, waitMs) + spacingMs
    if (waitMs > 0) await pause(waitMs)
  }

  async #send(request: SourceRequest): Promise<SourceAnswer | undefined> {
    const response = await this.#response(request)
    if (response.status === 304) return undefined
    if (response.status !== 200 && request.alsoRead?.includes(response.status) !== true)
      throw refusalOf(response, this.#context)
    const body = await bodyOf(response, this.#context.signal)
    this.#seen.set(request.url, {
      etag: response.headers.get('etag'),
      lastModified: response.headers.get('last-modified'),
    })
    return { body, fetchedAt: this.#context.clock() }
  }

  async #response({ url, headers, form }: SourceRequest): Promise<Response> {
    const { etag = null, lastModified = null } = this.#kept.get(url) ?? {}
    const { signal, timeoutMs: limitMs = timeoutMs } = this.#context
    const limit = AbortSignal.timeout(limitMs)
    try {
      return await fetch(url, {
        headers: {
          ...headers,
          ...(etag === null ? {} : { 'if-none-match': etag }),
          ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
        },
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
        // A redirect would carry the key along.
        redirect: 'error',
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw failureOf(error)
    }
  }
}

/** Whether asking again soon makes sense. */
function mayPass({ code }: SourceError): boolean {
  return code === 'unreachable' || code === 'timeout' || code === 'server_error'
}

function failureOf(error: unknown): SourceError {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError'
  return isTimeout
    ? new SourceError('timeout', 'The source did not answer in time.')
    : new SourceError('unreachable', 'The source cannot be reached.')
}

function refusalOf({ status, headers }: Response, { clock, banMs }: PoliteContext): SourceError {
  if (status === 429) {
    const askedMs = retryAfterMs(headers.get('retry-after'), clock())
    return new SourceError('rate_limited', 'The source asks to be left alone (429).', askedMs ?? banMs)
  }
  if (status === 401 || status === 403)
    return new SourceError('unauthorized', `The source refuses the key (${status}).`)
  if (status >= 500) return new SourceError('server_error', `The source fails (${status}).`)
  return new SourceError('malformed', `The source answers with status ${status}.`)
}

/** `Retry-After`: seconds or a date (RFC 9110 section 10.2.3); `undefined` where it says neither. */
function retryAfterMs(text: string | null, now: number): number | undefined {
  if (text === null) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

async function bodyOf(response: Response, signal: AbortSignal | undefined): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > bodyBytesMax) break
      chunks.push(chunk)
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw failureOf(error)
  }
  if (bytes > bodyBytesMax) throw new SourceError('malformed', 'The answer is longer than any of a grid.')
  return Buffer.concat(chunks).toString('utf8')
}
