/**
 * The pattern of a route: one file per endpoint exports `(app, deps) => void`; its schema names everything that goes in
 * and out. `routes/accounts-read.ts` is one to copy.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import { daysBetween, parseDay } from '../energy/civil-time.ts'
import { type PeriodRequest, periodDaysMax, periodNames } from '../energy/periods.ts'
import { type Account, type ClientId, findAccount } from '../store/index.ts'
import type { ApiDeps } from './deps.ts'
import { type InputError, invalidInput, type ProblemCode, problem, problems } from './problems.ts'
import { accountNumber, closed, localDate, oneOf, problemRef } from './schemas.ts'

/** The Fastify instance with TypeBox types, as routes see it. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** A route file's export. */
export type Route = (app: Api, deps: ApiDeps) => void

declare module 'fastify' {
  interface FastifyRequest {
    /** The client whose token came with the request; `null` on public routes. */
    client: { readonly id: ClientId; readonly companies: readonly string[] } | null
  }
  interface FastifyContextConfig {
    /** Answers without a token. */
    public?: boolean
    /** Media types of the answer; JSON where none are named. */
    produces?: readonly string[]
    /** Content codings the body may have; none where none are named. */
    encodings?: readonly string[]
    /** Asked by machines every few seconds: logged at level debug only. */
    quiet?: boolean
  }
}

/** A success: HTTP 200 and the envelope of every JSON answer. */
export function success<T>(data: T): { readonly status: 200; readonly data: T } {
  return { status: 200, data }
}

/** Schema of a success with its example (the `data` part). */
export function envelope<S extends TSchema>(data: S, example: Static<S>, description = 'The answer.') {
  const status = Type.Literal(200, { description: "The same number as HTTP's." })
  const described = { description: 'What was asked for.', ...data } as S
  return closed({ status, data: described }, { description, examples: [{ status: 200, data: example }] })
}

/** `{account_number}` in the path. */
export const accountParams = closed({ account_number: accountNumber }, { examples: [{ account_number: '1234567890' }] })

const periodProperties = {
  period: Type.Optional(
    oneOf(periodNames, {
      description:
        'Local calendar periods. `last-seven-days`: the seven complete days that end with yesterday; `this-week`: from Monday 00:00 to now; `this-month`: from the first to now. Weeks start on Monday. Either this or `from` and `to`.',
    }),
  ),
  from: Type.Optional(localDate('First local day, instead of `period`.')),
  to: Type.Optional(
    localDate(`The local day after the last, instead of \`period\`; at most ${periodDaysMax} days after \`from\`.`),
  ),
}

/** The query of endpoints over a period. */
export const periodQuery = closed(periodProperties, { examples: [{ period: 'last-week' }] })

/** The same with further parameters. */
export function periodQueryWith<P extends Record<string, TSchema>>(extras: P) {
  return closed({ ...periodProperties, ...extras }, { examples: [{ period: 'last-week' }] })
}

/** How an answer names its period: as asked for, `custom` for `from` and `to`. */
export const periodAnswer = oneOf([...periodNames, 'custom'], {
  description: 'The period as asked for; `custom` where `from` and `to` were given.',
})

type PeriodAnswer = Static<typeof periodAnswer>

/**
 * The period a query asks for.
 * @throws {ApiProblem} `input_invalid` where it asks for none, two, or one that cannot be.
 */
export function periodOf(query: Static<typeof periodQuery>): { request: PeriodRequest; name: PeriodAnswer } {
  const { period, from, to } = query
  const ranged = from !== undefined || to !== undefined
  if (period !== undefined && ranged) throw badParameter('period', 'value_conflicting', 'Give period, or from and to.')
  if (period !== undefined) return { request: { period }, name: period }
  if (!ranged) throw badParameter('period', 'field_missing', `Give period (${periodNames.join(', ')}), or from and to.`)
  return { request: rangeOf(from, to), name: 'custom' }
}

function rangeOf(from: string | undefined, to: string | undefined): PeriodRequest {
  if (from === undefined || to === undefined)
    throw badParameter(
      from === undefined ? 'from' : 'to',
      'field_missing',
      'from and to go together: the first day, and the one after the last.',
    )
  const fromOn = parseDay(from)
  const toOn = parseDay(to)
  if (fromOn === undefined) throw badParameter('from', 'format_invalid', 'from is a date such as 2026-11-23.')
  if (toOn === undefined) throw badParameter('to', 'format_invalid', 'to is a date such as 2026-11-30.')
  const days = daysBetween(fromOn, toOn)
  if (days < 1) throw badParameter('to', 'value_out_of_range', 'to is exclusive and lies after from.')
  if (days > periodDaysMax) throw badParameter('to', 'value_out_of_range', `At most ${periodDaysMax} days at once.`)
  return { fromOn, toOn }
}

/** A refusal of one query parameter. */
export function badParameter(name: string, code: InputError['code'], detail: string) {
  return invalidInput([{ pointer: `/${name}`, in: 'query', code, detail }])
}

/** The client of a request behind a token. */
export function clientOf(request: FastifyRequest) {
  if (request.client === null) throw problem('token_missing')
  return request.client
}

/**
 * The account in the path, if it is the client's.
 * @throws {ApiProblem} `account_not_found`, the same for another client's account as for one that nobody has.
 */
export async function accountOf(request: FastifyRequest, deps: ApiDeps): Promise<Account> {
  const { account_number: number } = request.params as { account_number: string }
  const account = await findAccount(deps.db, clientOf(request).id, number)
  if (account === undefined) throw problem('account_not_found')
  return account
}

/** What every route may answer: each has a query, and `negotiation.ts` stands before all. */
export const anyRouteProblems: readonly ProblemCode[] = [
  'input_invalid',
  'not_acceptable',
  'encoding_unsupported',
  'internal_error',
  'not_ready',
]

/** What every route behind a token may answer besides. */
const tokenProblems: readonly ProblemCode[] = [
  'authorization_malformed',
  'token_missing',
  'token_invalid',
  'too_many_requests',
  'issuer_unreachable',
]

/** What every route that takes a body may answer besides. */
export const bodyProblems: readonly ProblemCode[] = [
  'body_missing',
  'body_malformed',
  'body_too_large',
  'media_type_unsupported',
]

/** Error answers of a route under an account, with further codes. */
export function accountProblems(...codes: ProblemCode[]) {
  return clientProblems('account_not_found', ...codes)
}

/** Error answers of a route behind a token, with further codes. */
export function clientProblems(...codes: ProblemCode[]) {
  return problemResponses(...tokenProblems, ...codes)
}

/** Error answers of a route with further codes, one per HTTP status. */
export function problemResponses(...codes: ProblemCode[]) {
  const byStatus = Map.groupBy(new Set([...anyRouteProblems, ...codes]), (code) => problems[code][0])
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, problemResponse(group)]))
}

function problemResponse(codes: readonly ProblemCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code][2]}`).join(' '),
    content: { 'application/problem+json': { schema: problemRef } },
  }
}
