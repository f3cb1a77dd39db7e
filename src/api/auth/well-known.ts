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
        kty: oneOf(['RSA'], { description: 'The kind of key.' }),
        n: Type.String({ description: 'Its modulus, base64url.' }),
        e: Type.String({ description: 'Its exponent, base64url.' }),
        kid: Type.String({ description: 'The `kid` of the tokens it signs.' }),
        alg: oneOf(['RS256'], { description: 'What it signs with.' }),
        use: oneOf(['sig'], { description: 'It signs; it encrypts nothing.' }),
      }),
      { minItems: 1, description: 'The keys, the newest first.' },
    ),
  },
  {
    description: 'The keys that sign tokens.',
    examples: [{ keys: [{ kty: 'RSA', n: 'sXchDaQebH…', e: 'AQAB', kid: 'bilbo', alg: 'RS256', use: 'sig' }] }],
  },
)

const address = (description: string) => Type.String({ format: 'uri', description })

const metadata = closed(
  {
    issuer: address('The name of the issuer, as `iss` of its tokens says it.'),
    token_endpoint: address('Where tokens are to be had.'),
    jwks_uri: address('Where its keys are.'),
    grant_types_supported: Type.Array(Type.String(), { description: 'The one grant.' }),
    response_types_supported: Type.Array(Type.String(), { description: 'None: nobody logs in here.' }),
    token_endpoint_auth_methods_supported: Type.Array(Type.String(), {
      description: 'How a client authenticates: HTTP Basic, or in the body.',
    }),
    service_documentation: address('The API, rendered.'),
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
