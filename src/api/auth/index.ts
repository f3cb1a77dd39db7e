/** Who may ask: tokens are issued here or by an external issuer, checked, and requests counted per client. */
import { basePathOf } from '../base-url.ts'
import type { ApiDeps } from '../deps.ts'
import type { Api } from '../route.ts'
import { authenticate } from './bearer.ts'
import { externalIssuer } from './external-issuer.ts'
import { openKeyRing } from './key-ring.ts'
import { guessLimit, requestLimit } from './limits.ts'
import { tokenEndpoint, tokenPath } from './token-endpoint.ts'
import { type Issuer, ownTokenVerifier, type TokenVerifier } from './tokens.ts'
import { wellKnown } from './well-known.ts'

export interface Access {
  readonly verify: TokenVerifier
  /** The built-in issuer; `undefined` where an external one stands in its place. */
  readonly issuer: Issuer | undefined
  /** Where tokens are to be had, as far as it is known now. */
  readonly tokenUrl: () => string
}

/** The issuer that the settings ask for; an external one is asked for its metadata once the server listens. */
export function openAccess(app: Api, { db, machineClock, settings }: ApiDeps, baseUrl: () => string): Access {
  const { externalIssuer: name, audience, tokenLifetimeS } = settings
  if (name !== undefined) {
    const { verify, lookUp, tokenUrl } = externalIssuer({ issuer: name, audience, machineClock })
    app.addHook('onListen', async () =>
      lookUp().catch((error: unknown) => app.log.error({ error }, 'the external issuer cannot be used yet')),
    )
    return { issuer: undefined, verify, tokenUrl }
  }
  const issuer = { keyRing: openKeyRing(db, machineClock), machineClock, lifetimeS: tokenLifetimeS, baseUrl }
  return { issuer, verify: ownTokenVerifier(issuer), tokenUrl: () => `${basePathOf(settings)}${tokenPath}` }
}

/** Registers what the built-in issuer answers; nothing where an external one stands in its place. */
export function issuerRoutes(app: Api, deps: ApiDeps, { issuer }: Access): void {
  if (issuer === undefined) return
  app.register(async (scope) => tokenEndpoint(scope, deps, { issuer, guesses: guessLimit(scope) }))
  wellKnown(app, issuer)
}

/** Lets no request pass to the routes of `app` without a token; `request.client` says whose it is. */
export function requireToken(app: Api, { db, settings }: ApiDeps, { verify }: Access): void {
  const count = requestLimit(app, settings.requestsPerMinute)
  app.addHook('onRequest', async (request) => {
    request.client = await authenticate(db, verify, request)
    await count(request)
  })
}
