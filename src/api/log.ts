/**
 * The server's log: JSON lines. It never holds an address, a body or a header, since those carry account numbers, PODs
 * and tokens: requests are named by their route's template, errors by name, code and stack.
 */
import type { FastifyBaseLogger } from 'fastify'
import { type DestinationStream, type Level, pino } from 'pino'
import type { Api } from './route.ts'

/** A log from a level on; to standard output where no destination is given. */
export function createLog(level: Level | 'silent', destination?: DestinationStream): FastifyBaseLogger {
  const options = {
    level,
    serializers: { error: errorFields, err: errorFields },
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** One line per answer, with how long it took. */
export function logRequests(app: Api): void {
  app.addHook('onResponse', async (request, reply) => {
    const level = request.routeOptions.config.quiet === true ? 'debug' : 'info'
    request.log[level](
      {
        client: request.client?.id,
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
      },
      'answered',
    )
  })
  app.addHook('onRequestAbort', async (request) => {
    request.log.info({ route: request.routeOptions.url ?? null }, 'the client hung up')
  })
}

/** What of an error may be logged: a database error's `detail` would quote the row. */
function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? { code: String(error.code) } : {}
  return { name, message, ...code, stack, ...(cause === undefined ? {} : { cause: errorFields(cause) }) }
}
