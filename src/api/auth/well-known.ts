/** What the built-in issuer publishes of itself: its keys (RFC 7517) and its metadata (RFC 8414). */
import { Type } from 'typebox'
import { type Api, problemResponses } from '../route.ts'
import { closed, oneOf } from '../schemas.ts'
import { tokenPath } from './token-endpoint.ts'
import type { Issuer } from './tokens.ts'

const jwksPath = '/.well-known/jwks.json'

const jwks = closed(
  {
    keys: Type.Array(
      closed({
        kty: oneOf(['RSA']),
        n: Type.String(),
        e: Type.String(),
        kid: Type.String({ description: 'The `kid` of the tokens it signs.' }),
        alg: oneOf(['RS256']),
        use: oneOf(['sig']),
      }),
      { minItems: 1 },
    ),
  },
  {
    description: 'The keys that sign tokens; the newest stands first.',
    examples: [{ keys: [{ kty: 'RSA', n: 'sXchDaQebH…', e: 'AQAB', kid: 'bilbo', alg: 'RS256', use: 'sig' }] }],
  },
)

const metadata = closed(
  {
    issuer: Type.String({ format: 'uri' }),
    token_endpoint: Type.String({ format: 'uri' }),
    jwks_uri: Type.String({ format: 'uri' }),
    grant_types_supported: Type.Array(Type.String()),
    response_types_supported: Type.Array(Type.String(), { description: 'None: nobody logs in here.' }),
    token_endpoint_auth_methods_supported: Type.Array(Type.String()),
    service_documentation: Type.String({ format: 'uri' }),
  },
  {
    description: 'The issuer.',
    examples: [
      {
        issuer: 'https://energy.example',
        token_endpoint: 'https://energy.example/auth/token',
        jwks_uri: 'https://energy.example/.well-known/jwks.json',
        grant_types_supported: ['client_credentials'],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        service_documentation: 'https://energy.example/docs',
      },
    ],
  },
)

const problems = problemResponses()

/** Registers both documents. */
export function wellKnown(app: Api, issuer: Issuer): void {
  app.get(
    jwksPath,
    {
      config: { public: true },
      schema: {
        operationId: 'getSigningKeys',
        summary: 'Keys that sign tokens',
        description: 'A JSON Web Key Set (RFC 7517), to check tokens with.',
        tags: ['Authentication'],
        security: [],
        response: { 200: jwks, ...problems },
      },
    },
    async (_request, reply) => {
      const keys = await issuer.keyRing.keys()
      return reply.header('cache-control', 'public, max-age=300').send({ keys: keys.map(({ publicJwk }) => publicJwk) })
    },
  )
  app.get(
    '/.well-known/oauth-authorization-server',
    {
      config: { public: true },
      schema: {
        operationId: 'getIssuerMetadata',
        summary: 'Metadata of the issuer',
        description: 'OAuth 2.0 Authorization Server Metadata (RFC 8414).',
        tags: ['Authentication'],
        security: [],
        response: { 200: metadata, ...problems },
      },
    },
    async () => metadataOf(issuer.baseUrl()),
  )
}

function metadataOf(baseUrl: string) {
  return {
    issuer: baseUrl,
    token_endpoint: `${baseUrl}${tokenPath}`,
    jwks_uri: `${baseUrl}${jwksPath}`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    service_documentation: `${baseUrl}/docs`,
  }
}
