/**
 * Tokens of an external issuer, a Keycloak realm, say. Its keys are found through its metadata (RFC 8414, or OpenID
 * Connect Discovery); which of its clients may ask, and for which companies, still stands in the store.
 */
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Clock } from '../../energy/civil-time.ts'
import { problem } from '../problems.ts'
import type { TokenVerifier } from './tokens.ts'

export interface ExternalIssuer {
  readonly issuer: string
  readonly audience: string | undefined
  readonly machineClock: Clock
}

/** Signatures that only the issuer can make; secrets shared with it (HS256) and `none` are no signatures here. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const metadataTimeoutMs = 5000

/** Verifies tokens of the issuer; a client is named by `client_id` (RFC 9068) or `azp` (Keycloak). */
export function externalTokenVerifier({ issuer, audience, machineClock }: ExternalIssuer): TokenVerifier {
  let keys: Promise<JWTVerifyGetKey> | undefined
  const keysOf = () => {
    keys ??= remoteKeys(issuer).catch((error: unknown) => {
      keys = undefined
      throw error
    })
    return keys
  }
  return async (token) => {
    const { payload } = await jwtVerify(token, reachable(await keysOf()), {
      algorithms,
      issuer,
      ...(audience === undefined ? {} : { audience }),
      currentDate: new Date(machineClock()),
      requiredClaims: ['exp'],
    })
    const clientId = payload.client_id ?? payload.azp
    if (typeof clientId !== 'string') throw new Error('The token names no client: neither client_id nor azp.')
    return { clientId }
  }
}

/** The addresses where an issuer may describe itself. */
export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

async function remoteKeys(issuer: string): Promise<JWTVerifyGetKey> {
  for (const url of metadataUrls(issuer)) {
    const jwksUri = await jwksUriAt(url, issuer)
    if (jwksUri !== undefined) return createRemoteJWKSet(new URL(jwksUri))
  }
  throw problem('issuer_unreachable')
}

/** The `jwks_uri` of a metadata document that is the issuer's own; `undefined` where there is none. */
async function jwksUriAt(url: string, issuer: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(metadataTimeoutMs), redirect: 'error' })
    const metadata = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown }
    const own = answer.ok && metadata.issuer === issuer && typeof metadata.jwks_uri === 'string'
    return own && URL.canParse(String(metadata.jwks_uri)) ? String(metadata.jwks_uri) : undefined
  } catch {
    return undefined
  }
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
