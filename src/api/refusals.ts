/** Where refusals and faults become answers: every error of a route leaves as a problem, faults with a line in the log. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AccountGoneError, isFaultOfDatabase } from '../store/index.ts'
import { ApiProblem, type ProblemCode, problem, problemBody, problems } from './problems.ts'

/** What a client waits at least before it asks again while the database does not answer [s]. */
const retryAfterS = 5

/** Fastify's own refusals. */
const fastifyCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request_malformed',
  FST_ERR_BAD_URL: 'request_malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'address_too_long',
}

/** Statuses of refusals that plugins make (files of the rendered description). */
const statusCodes: Readonly<Record<number, ProblemCode>> = { 404: 'route_not_found', 413: 'body_too_large' }

/** The refusal an error stands for; `undefined` where it is a fault of the server. */
function refusalOf(error: unknown): ApiProblem | undefined {
  if (error instanceof ApiProblem) return error
  if (error instanceof AccountGoneError) return problem('account_not_found')
  const { code, statusCode } = error as Partial<FastifyError>
  const known = fastifyCodes[code ?? '']
  if (known !== undefined) return problem(known)
  if (statusCode === undefined || statusCode < 400 || statusCode > 499) return undefined
  return problem(statusCodes[statusCode] ?? 'request_malformed')
}

/** The problem that an error is answered with; faults of the server and its database leave a line in the log. */
export function problemOf(error: unknown, request: FastifyRequest): ApiProblem {
  const refusal = refusalOf(error)
  if (refusal !== undefined) return refusal
  request.log.error({ error }, 'a request failed')
  return isFaultOfDatabase(error) ? databaseAway() : problem('internal_error')
}

/** The refusal of what cannot be done while the database does not answer. */
export function databaseAway(): ApiProblem {
  return problem('not_ready', 'The database does not answer.', { headers: { 'retry-after': String(retryAfterS) } })
}

/** Fastify's error handler. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, problemOf(error, request))
}

/** Sends a problem. */
export function sendProblem(reply: FastifyReply, one: ApiProblem): FastifyReply {
  return reply
    .code(one.status)
    .headers({ 'x-request-id': reply.request.id, 'cache-control': 'no-store', ...one.extras.headers })
    .type('application/problem+json')
    .send(problemBody(one, reply.request.id))
}

/** A whole HTTP answer for requests that never become one of Fastify's. */
export function rawProblem(code: ProblemCode, requestId: string): string {
  const body = JSON.stringify(problemBody(problem(code), requestId))
  const [status, title] = problems[code]
  return `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}
