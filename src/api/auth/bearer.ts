/** Who asks: the bearer token of a request (RFC 6750) becomes the client on it, or a refusal. */
import type { FastifyRequest } from 'fastify'
import { errors } from 'jose'
import { type Client, clientIdPattern, type Database, findClient } from '../../store/index.ts'
import { type ApiProblem, type ProblemCode, problem } from '../problems.ts'
import type { TokenVerifier } from './tokens.ts'

const realm = 'Bearer realm="loadlens"'

/**
 * The client whose token came with the request. A revoked client stops at once, whatever its tokens say.
 * @throws {ApiProblem} `token_missing`, `authorization_malformed`, `token_invalid`
 */
export async function authenticate(db: Database, verify: TokenVerifier, request: FastifyRequest): Promise<Client> {
  const { clientId } = await verified(verify, bearerOf(request.headers.authorization))
  const client = clientIdPattern.test(clientId) ? await findClient(db, clientId) : undefined
  if (client === undefined || client.revokedAt !== null) throw refusal('token_invalid', 'invalid_token')
  return client
}

function bearerOf(header: string | undefined): string {
  if (header === undefined) throw problem('token_missing', undefined, { headers: { 'www-authenticate': realm } })
  const [scheme = '', token = '', ...rest] = header.trim().split(/ +/)
  if (scheme.toLowerCase() !== 'bearer')
    throw problem('token_missing', undefined, { headers: { 'www-authenticate': realm } })
  if (rest.length === 0 && /^[\w.~+/-]+=*$/.test(token)) return token
  throw refusal('authorization_malformed', 'invalid_request')
}

async function verified(verify: TokenVerifier, token: string): Promise<{ readonly clientId: string }> {
  try {
    return await verify(token)
  } catch (error) {
    throw error instanceof errors.JOSEError ? refusal('token_invalid', 'invalid_token') : error
  }
}

function refusal(code: ProblemCode, error: string): ApiProblem {
  return problem(code, undefined, { headers: { 'www-authenticate': `${realm}, error="${error}"` } })
}
