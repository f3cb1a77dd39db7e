/**
 * `POST /auth/token`: the client credentials grant of RFC 6749. Success and errors are flat JSON, never cached.
 * With an external issuer this endpoint does not exist.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { clientIdPattern, findClient } from '../../store/index.ts'
import type { ApiDeps } from '../deps.ts'
import { problemOf } from '../refusals.ts'
import type { Api } from '../route.ts'
import type { GuessLimit } from './limits.ts'
import { verifySecret } from './secrets.ts'
import {
  type ClientCredentials,
  type RawTokenRequest,
  readTokenRequest,
  TokenRefusal,
  tokenErrorCode,
  unknownClient,
} from './token-request.ts'
import { tokenBodyKiBMax, tokenSchema } from './token-schema.ts'
import { type Issuer, issueToken } from './tokens.ts'

/** Where tokens are to be had. */
export const tokenPath = '/auth/token'

export interface TokenEndpoint {
  readonly issuer: Issuer
  readonly guesses: GuessLimit
}

/** Registers the endpoint with parsers and errors of its own. */
export function tokenEndpoint(app: Api, deps: ApiDeps, { issuer, guesses }: TokenEndpoint): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: tokenBodyKiBMax * 1024 }, (_request, body, done) =>
    done(null, body),
  )
  app.setErrorHandler((error, request, reply) => sendRefusal(reply, tokenRefusalOf(error, request)))
  app.post(
    tokenPath,
    {
      schema: tokenSchema,
      config: { public: true, produces: ['application/json'] },
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const credentials = readTokenRequest(rawOf(request))
      const refusal =
        credentials instanceof TokenRefusal ? credentials : await refuse(deps, guesses, request, credentials)
      if (refusal !== undefined || credentials instanceof TokenRefusal)
        return sendRefusal(reply, refusal ?? unknownClient())
      const access_token = await issueToken(issuer, credentials.id)
      return uncached(reply).send({ access_token, expires_in: issuer.lifetimeS, token_type: 'Bearer' })
    },
  )
}

/** The answer to another method at the token endpoint. */
export function refuseTokenMethod(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendRefusal(
    reply,
    new TokenRefusal(405, 'invalid_request', 'Tokens are asked for with POST.', { allow: 'POST, OPTIONS' }),
  )
}

/** Why these credentials get no token; `undefined` where they do. */
async function refuse(
  deps: ApiDeps,
  guesses: GuessLimit,
  request: FastifyRequest,
  { id, secret }: ClientCredentials,
): Promise<TokenRefusal | undefined> {
  const answer = await guesses.check(request, id, async () => {
    const client = clientIdPattern.test(id) ? await findClient(deps.db, id) : undefined
    return (await verifySecret(secret, client?.secretHash)) && client?.revokedAt === null
  })
  if (answer === true) return undefined
  if (answer === false) return unknownClient()
  return new TokenRefusal(429, 'slow_down', `Too many token requests; the next in ${answer} s.`, {
    'retry-after': String(answer),
  })
}

function rawOf(request: FastifyRequest): RawTokenRequest {
  return {
    query: request.url.split('?').slice(1).join('?'),
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
  }
}

function tokenRefusalOf(error: unknown, request: FastifyRequest): TokenRefusal {
  const { status, message, extras } = problemOf(error, request)
  const description = status === 413 ? `A token request has at most ${tokenBodyKiBMax} KiB.` : ascii(message)
  return new TokenRefusal(status, tokenErrorCode(status), description, extras.headers)
}

function sendRefusal(reply: FastifyReply, { status, error, description, headers }: TokenRefusal): FastifyReply {
  return uncached(reply).code(status).headers(headers).send({ error, error_description: description })
}

function uncached(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('pragma', 'no-cache').type('application/json')
}

/** The characters RFC 6749 §5.2 admits in an error description. */
function ascii(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')
}
