/**
 * A source of grid data: what it is asked, and how its answers become events. `energy-charts.ts` is the one to copy.
 *
 * An adapter sends nothing itself: `ask` does (`polite-fetch.ts`), so that retries, limits and conditional requests are the
 * same for all, and tests can answer in a source's place.
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import type { GridEvent, GridSource, GridZone } from '../../energy/grid-hours.ts'
import type { RejectedHour } from './hour-rejections.ts'

/** One HTTP request to a source. */
export interface SourceRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** A form to post; a GET where absent. */
  readonly form?: Readonly<Record<string, string>>
  /** Statuses beside 200 whose body says something. */
  readonly alsoRead?: readonly number[]
}

/** An answer to read. */
export interface SourceAnswer {
  readonly body: string
  readonly fetchedAt: EpochMs
}

/** Sends a request. @returns `undefined` where nothing has changed since the last time. @throws {SourceError} */
export type Ask = (request: SourceRequest) => Promise<SourceAnswer | undefined>

/** What is to be known of which zone. */
export interface SourceQuestion {
  readonly zone: GridZone
  readonly now: EpochMs
  /** From here on measured hours are asked for. */
  readonly fromAt: EpochMs
  /** Up to here forecasts are asked for. */
  readonly toAt: EpochMs
}

/** Events, and what of the answers was refused. */
export interface SourceEvents {
  readonly events: readonly GridEvent[]
  readonly rejected: readonly RejectedHour[]
  /** The first of the requests that failed; what the others said is there all the same. */
  readonly failure?: SourceError | undefined
  /** Whether a request that gives some of an hour's figures had no answer: what these were before, they still are. */
  readonly isPartial?: boolean
}

export interface GridAdapter {
  readonly source: GridSource
  readonly zones: readonly GridZone[]
  /** How often it is worth asking [ms]. */
  readonly everyMs: number
  /** At most one request in this time [ms]: below the source's own limit. */
  readonly spacingMs: number
  /** How long to keep away after `429` where the source does not say [ms]. */
  readonly banMs: number
  read(question: SourceQuestion, ask: Ask): Promise<SourceEvents>
}

/** What may be wrong with a source. */
export type SourceErrorCode = 'unreachable' | 'timeout' | 'unauthorized' | 'rate_limited' | 'server_error' | 'malformed'

/** A source did not answer, or not in the form it promises. The message holds no key. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly code: SourceErrorCode
  /** How long it wants to be left alone [ms]. */
  readonly retryAfterMs: number | undefined

  constructor(code: SourceErrorCode, message: string, retryAfterMs?: number) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** Requests that do not need each other: one that fails costs the others nothing, unless the source is best left alone. */
export class Requests {
  failure: SourceError | undefined

  /** What `read` gives; `otherwise` where it fails, or where the source is not to be asked any more. */
  async take<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
    if (this.failure !== undefined && this.failure.code !== 'malformed') return otherwise
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      this.failure ??= error
      return otherwise
    }
  }
}
