/**
 * Tokens of an external issuer, a Keycloak realm, say. Its keys are found through its metadata (RFC 8414, or OpenID
 * Connect Discovery); which of its clients may ask, and for which companies, still stands in the store.
 */
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Clock } from '../../energy/civil-time.ts'
import { problem } from '../problems.ts'
import type { TokenVerifier } from './tokens.ts'

export interface ExternalIssuerSettings {
  /** The issuer as it names itself, to the character. */
  readonly issuer: string
  readonly audience: string | undefined
  readonly machineClock: Clock
}

export interface ExternalIssuer {
  /** A client is named by `client_id` (RFC 9068) or `azp` (Keycloak). */
  readonly verify: TokenVerifier
  /** Asks the issuer for its metadata, unless it is known. @throws {ApiProblem} `issuer_unreachable` */
  readonly lookUp: () => Promise<void>
  /** Where it gives tokens, once its metadata is known; its own address until then. */
  readonly tokenUrl: () => string
}

/** Signatures that only the issuer can make; secrets shared with it (HS256) and `none` are no signatures here. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const metadataTimeoutMs = 5000

/** The issuer of that name; nothing is asked of it yet. */
export function externalIssuer({ issuer, audience, machineClock }: ExternalIssuerSettings): ExternalIssuer {
  let tokenUrl = issuer
  let keys: Promise<JWTVerifyGetKey> | undefined
  const keysFound = async () => {
    const { jwks_uri, token_endpoint } = await metadataOf(issuer)
    if (isUrl(token_endpoint)) tokenUrl = token_endpoint
    return createRemoteJWKSet(new URL(jwks_uri))
  }
  const keysOf = () => {
    keys ??= keysFound().catch((error: unknown) => {
      keys = undefined
      throw error
    })
    return keys
  }
  const verify: TokenVerifier = async (token) => {
    const { payload } = await jwtVerify(token, reachable(await keysOf()), {
      algorithms,
      issuer,
      ...(audience === undefined ? {} : { audience }),
      currentDate: new Date(machineClock()),
      requiredClaims: ['exp'],
    })
    const clientId = payload.client_id ?? payload.azp
    if (typeof clientId !== 'string')
      throw new errors.JWTInvalid('The token names no client: neither client_id nor azp.')
    return { clientId }
  }
  const lookUp = async () => {
    await keysOf()
  }
  return { verify, lookUp, tokenUrl: () => tokenUrl }
}

/** The addresses where an issuer may describe itself; a slash at the end of its path is left out there. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

interface Metadata {
  readonly issuer: unknown
  readonly jwks_uri: string
  readonly token_endpoint?: unknown
}

/** What the issuer says of itself. A document of another name is not believed (RFC 8414 §3.3). */
async function metadataOf(issuer: string): Promise<Metadata> {
  let detail: string | undefined
  for (const url of metadataUrls(issuer)) {
    const metadata = await metadataAt(url)
    if (metadata?.issuer === issuer) return metadata
    if (metadata !== undefined)
      detail = `${url} names the issuer ${JSON.stringify(metadata.issuer)}; set is "${issuer}", and both must be the same to the last slash.`
  }
  throw problem('issuer_unreachable', detail)
}

/** A metadata document; `undefined` where there is none that names keys. */
async function metadataAt(url: string): Promise<Metadata | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(metadataTimeoutMs), redirect: 'error' })
    const metadata = (await answer.json()) as Metadata
    return answer.ok && isUrl(metadata.jwks_uri) ? metadata : undefined
  } catch {
    return undefined
  }
}

function isUrl(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value)
}

/** Tells keys that cannot be fetched (the issuer's trouble) from a token that none of them fits. */
function reachable(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      const answered = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
      if (answered || error instanceof errors.JOSENotSupported) throw error
      throw problem('issuer_unreachable')
    }
  }
}
