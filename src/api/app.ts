/** The HTTP server, built apart from listening: hooks, parsers, routes, description. Every test builds its own. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyRequest } from 'fastify'
import { answerUnrouted } from './addresses.ts'
import { requireToken } from './auth/index.ts'
import type { ApiDeps } from './deps.ts'
import { parseJsonBody } from './json-body.ts'
import { logRequests } from './log.ts'
import { createMetrics, measureRequests } from './metrics.ts'
import { accepts } from './negotiation.ts'
import { describeApi } from './openapi.ts'
import { type ProblemCode, problem } from './problems.ts'
import { answerError, rawProblem, sendProblem } from './refusals.ts'
import type { Api } from './route.ts'
import { accountRoutes, publicRoutes } from './routes/index.ts'
import { closed } from './schemas.ts'
import { inputValidators } from './validation.ts'
import { verifyAnswers } from './verify-answers.ts'

/** Bodies other than readings [bytes]. */
const bodyBytesMax = 1024 * 1024
/** The longest a request may take to arrive [ms]: 64 MiB over a slow line. */
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
  app.addHook('onRoute', (route) => {
    if (route.schema !== undefined && route.schema.hide !== true) route.schema.querystring ??= closed({})
  })
  const metrics = createMetrics(deps)
  logRequests(app)
  measureRequests(app, metrics)
  app.addHook('onRequest', refuseUnanswerable)
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  if (deps.settings.verifyAnswers === true) verifyAnswers(app)
  readJson(app)
  app.register(rateLimit, { global: false })
  describeApi(app, deps.settings)
  app.register(async (scope) => publicRoutes(scope, deps, metrics))
  app.register(async (scope) => {
    requireToken(scope, deps)
    for (const route of accountRoutes) route(scope, deps, metrics)
  })
  return app
}
