/**
 * What a token request says (RFC 6749 §4.4, §2.3.1): a form, or JSON as the description's integrators send it, and the
 * client by HTTP Basic or in the body. Refusals are values in the standard's own words, never the API's problems.
 */
import { parseJsonBody } from '../json-body.ts'

/** Error codes of RFC 6749 §5.2; of RFC 8628 for a client that has to wait, of RFC 6749 §4.1.2.1 for a server's own trouble. */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'unsupported_grant_type'
  | 'slow_down'
  | 'server_error'
  | 'temporarily_unavailable'

/** A refusal of the token endpoint. */
export class TokenRefusal {
  readonly status: number
  readonly error: TokenErrorCode
  /** ASCII without quote and backslash, as the standard asks. */
  readonly description: string
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    error: TokenErrorCode,
    description: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.status = status
    this.error = error
    this.description = description
    this.headers = headers
  }
}

export interface ClientCredentials {
  readonly id: string
  readonly secret: string
}

/** The code of what the server refuses, by the status that it has everywhere. */
export function tokenErrorCode(status: number): TokenErrorCode {
  if (status === 503) return 'temporarily_unavailable'
  return status >= 500 ? 'server_error' : 'invalid_request'
}

/** A request as it arrived. */
export interface RawTokenRequest {
  /** What follows `?` in the address. */
  readonly query: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body: Uint8Array
}

/** The credentials of a well-formed request for the client credentials grant. */
export function readTokenRequest(request: RawTokenRequest): ClientCredentials | TokenRefusal {
  if (request.query !== '') return invalid('No parameter may stand in the address; send a form or JSON.')
  const parameters = parametersOf(request)
  if (parameters instanceof TokenRefusal) return parameters
  const credentials = credentialsOf(request.authorization, parameters)
  if (credentials instanceof TokenRefusal) return credentials
  const grantType = parameters.get('grant_type') ?? 'client_credentials'
  if (grantType !== 'client_credentials')
    return new TokenRefusal(400, 'unsupported_grant_type', 'The one grant type here is client_credentials.')
  if (parameters.has('scope')) return new TokenRefusal(400, 'invalid_scope', 'There are no scopes here; send none.')
  return credentials
}

/** The refusal of a client; HTTP wants every 401 to say how to authenticate. */
export function unknownClient(description = 'The client is unknown or the secret is wrong.'): TokenRefusal {
  return new TokenRefusal(401, 'invalid_client', description, {
    'www-authenticate': 'Basic realm="loadlens", charset="UTF-8"',
  })
}

type Parameters = ReadonlyMap<string, string>

function invalid(description: string): TokenRefusal {
  return new TokenRefusal(400, 'invalid_request', description)
}

function parametersOf({ contentType, body }: RawTokenRequest): Parameters | TokenRefusal {
  if (body.length === 0) return new Map()
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase()
  if (mediaType === 'application/x-www-form-urlencoded') return formParameters(body)
  if (mediaType === 'application/json') return jsonParameters(body)
  return invalid('The body is a form (application/x-www-form-urlencoded) or JSON (application/json).')
}

/** Empty values count as omitted, unknown parameters are ignored (RFC 6749 §3.2), none may stand twice. */
function formParameters(body: Uint8Array): Parameters | TokenRefusal {
  const parameters = new Map<string, string>()
  for (const pair of Buffer.from(body).toString('latin1').split('&')) {
    const [name, value] = [before(pair, '='), after(pair, '=')].map(formDecoded)
    if (name === undefined || value === undefined) return invalid('The form is not well-formed.')
    if (parameters.has(name)) return invalid('A parameter stands twice.')
    if (pair !== '') parameters.set(name, value)
  }
  return withoutEmpty(parameters)
}

function jsonParameters(body: Uint8Array): Parameters | TokenRefusal {
  const value = parsedJson(body)
  if (value instanceof TokenRefusal) return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid('The JSON is not an object.')
  const entries = Object.entries(value)
  const ours = ['grant_type', 'client_id', 'client_secret', 'scope', 'client_assertion', 'client_assertion_type']
  if (entries.some(([name, one]) => ours.includes(name) && one !== null && typeof one !== 'string'))
    return invalid('The parameters are texts.')
  return withoutEmpty(new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')))
}

function parsedJson(body: Uint8Array): unknown {
  try {
    return parseJsonBody(body)
  } catch {
    return invalid('The body is not JSON, or a parameter stands twice.')
  }
}

function withoutEmpty(parameters: Parameters): Parameters {
  return new Map([...parameters].filter(([, value]) => value !== ''))
}

function credentialsOf(authorization: string | undefined, parameters: Parameters): ClientCredentials | TokenRefusal {
  const assertion = parameters.has('client_assertion') || parameters.has('client_assertion_type')
  const [id, secret] = [parameters.get('client_id'), parameters.get('client_secret')]
  if ([authorization, secret, assertion || undefined].filter((one) => one !== undefined).length > 1)
    return invalid('The client authenticates in more than one way.')
  if (assertion) return unknownClient('Client assertions are not taken here.')
  if (authorization === undefined)
    return id !== undefined && secret !== undefined
      ? { id, secret }
      : unknownClient('client_id and client_secret are needed.')
  const basic = basicCredentials(authorization)
  if (basic === undefined) return unknownClient('The Authorization header is not Basic with client id and secret.')
  return id === undefined || id === basic.id
    ? basic
    : invalid('client_id is not the client of the Authorization header.')
}

/** Id and secret are form-encoded before they are joined (RFC 6749 §2.3.1). */
function basicCredentials(authorization: string): ClientCredentials | undefined {
  const encoded = authorization.match(/^basic +([A-Za-z0-9+/]+=*)$/i)?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('latin1')
  if (!pair.includes(':')) return undefined
  const [id, secret] = [formDecoded(before(pair, ':')), formDecoded(after(pair, ':'))]
  return id === undefined || id === '' || secret === undefined ? undefined : { id, secret }
}

/** A form-encoded text; bytes above ASCII are taken as UTF-8, as clients that do not encode send them. */
function formDecoded(text: string): string | undefined {
  try {
    const encoded = text.replaceAll('+', ' ').replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? text : text.slice(0, at)
}

function after(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? '' : text.slice(at + mark.length)
}
