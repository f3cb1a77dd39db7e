/** The HTTP server, built apart from listening: hooks, parsers, routes, description. Every test builds its own. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyRequest, LogController } from 'fastify'
import { answerUnrouted } from './addresses.ts'
import { openAccess, requireToken } from './auth/index.ts'
import { basePathOf, baseUrlOf } from './base-url.ts'
import type { ApiDeps } from './deps.ts'
import { sendsReadings } from './import-body.ts'
import { parseJsonBody } from './json-body.ts'
import { logRequests } from './log.ts'
import { measureRequests, measureServer } from './metrics.ts'
import { refuseUnanswerable } from './negotiation.ts'
import { describeApi } from './openapi.ts'
import type { ProblemCode } from './problems.ts'
import { answerError, rawProblem } from './refusals.ts'
import type { Api } from './route.ts'
import { accountRoutes, publicRoutes } from './routes/index.ts'
import { closed } from './schemas.ts'
import { inputValidators } from './validation.ts'
import { verifyAnswers } from './verify-answers.ts'

/** Bodies other than readings [bytes]. */
const bodyBytesMax = 1024 * 1024
/** The longest a request may take to arrive [ms]. Readings are not timed so (`sendsReadings`). */
const requestTimeoutMs = 600_000
/** A path parameter is at most 64 characters, each of which may be percent-encoded. */
const pathParameterCharsMax = 64 * 3

/** The server with all its routes; `listen` it, or `inject` requests. */
export function buildApi(deps: ApiDeps): Api {
  const app = newServer(deps)
  app.decorateRequest('client', null)
  app.setValidatorCompiler(inputValidators())
  app.setSerializerCompiler(() => JSON.stringify)
  app.setErrorHandler(answerError)
  answerUnrouted(app)
  refuseUnknownParameters(app)
  measureServer(deps)
  logRequests(app)
  measureRequests(app, deps.metrics)
  refuseUnanswerable(app)
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  if (deps.settings.verifyAnswers === true) verifyAnswers(app)
  readJson(app)
  app.register(rateLimit, { global: false })
  const baseUrl = baseUrlOf(app, deps.settings)
  const access = openAccess(app, deps, baseUrl)
  const { version } = deps.settings
  describeApi(app, { version, baseUrl, basePath: basePathOf(deps.settings), tokenUrl: access.tokenUrl })
  app.register(async (scope) => publicRoutes(scope, deps, access))
  app.register(async (scope) => {
    requireToken(scope, deps, access)
    for (const route of accountRoutes) route(scope, deps)
  })
  return app
}

function newServer({ log, settings }: ApiDeps): Api {
  return Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: [...settings.trustedProxies],
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: pathParameterCharsMax },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply)
    },
    clientErrorHandler: answerBrokenRequest,
  }) as unknown as Api
}

/** A request that is not HTTP, or too slow or too large to become one, has a connection and no reply. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && sendsReadings(socket)) return
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  socket.end(rawProblem(brokenRequestCodes[error.code ?? ''] ?? 'request_malformed', randomUUID()))
}

const brokenRequestCodes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** A route that declares no query has none: a parameter is then refused, not dropped. */
function refuseUnknownParameters(app: Api): void {
  app.addHook('onRoute', ({ schema }) => {
    if (schema !== undefined && schema.hide !== true) schema.querystring ??= closed({})
  })
}

/** JSON is the one body that routes take, unless they bring a parser of their own. That of a deletion is not read. */
function readJson(app: Api): void {
  app.addHttpMethod('DELETE', { hasBody: false, overrideExisting: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    parseJsonBody(body),
  )
}
