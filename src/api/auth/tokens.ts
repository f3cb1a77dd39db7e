/** Access tokens of the built-in issuer: JWTs by RFC 9068, with `azp` beside `client_id` as the description's token. */
import { randomUUID } from 'node:crypto'
import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../../energy/civil-time.ts'
import { type KeyRing, signingAlgorithm } from './key-ring.ts'

/** Says whose token it is; throws jose's errors where it is nobody's, others where that cannot be found out. */
export type TokenVerifier = (token: string) => Promise<{ readonly clientId: string }>

export interface Issuer {
  readonly keyRing: KeyRing
  /** Tokens use the machine's clock even where a recording has another. */
  readonly machineClock: Clock
  readonly lifetimeS: number
  /** Issuer and audience: the address clients use. */
  readonly baseUrl: () => string
}

const typ = 'at+jwt'

/** A signed token for a client. */
export async function issueToken(issuer: Issuer, clientId: string): Promise<string> {
  const [pair] = await issuer.keyRing.keys()
  if (pair === undefined) throw new Error('There is no key to sign tokens with.')
  const issuedAtS = Math.floor(issuer.machineClock() / 1000)
  return await new SignJWT({ client_id: clientId, azp: clientId })
    .setProtectedHeader({ alg: signingAlgorithm, typ, kid: pair.kid })
    .setIssuer(issuer.baseUrl())
    .setAudience(issuer.baseUrl())
    .setSubject(clientId)
    .setIssuedAt(issuedAtS)
    .setExpirationTime(issuedAtS + issuer.lifetimeS)
    .setJti(randomUUID())
    .sign(pair.privateKey)
}

/** Verifies tokens that `issueToken` made. */
export function ownTokenVerifier(issuer: Issuer): TokenVerifier {
  const keyOf = async ({ kid }: JWTHeaderParameters) => {
    const pair = await issuer.keyRing.keyOf(kid ?? '')
    if (pair === undefined) throw new errors.JWKSNoMatchingKey('The token names a key that is not known.')
    return pair.publicKey
  }
  return async (token) => {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [signingAlgorithm],
      typ,
      issuer: issuer.baseUrl(),
      audience: issuer.baseUrl(),
      currentDate: new Date(issuer.machineClock()),
      requiredClaims: ['exp', 'sub', 'client_id', 'iat', 'jti'],
    })
    return { clientId: String(payload.client_id) }
  }
}
