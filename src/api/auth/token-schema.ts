/** The token endpoint as OpenAPI describes it; the endpoint reads requests by RFC 6749 itself. */
import { Type } from 'typebox'
import { problems } from '../problems.ts'
import { anyRouteProblems } from '../route.ts'
import { closed, oneOf } from '../schemas.ts'
import { tokenErrorCode } from './token-request.ts'

/** The longest body of a token request [KiB], which has a few hundred bytes. */
export const tokenBodyKiBMax = 16

const request = Type.Object(
  {
    grant_type: Type.Optional(
      oneOf(['client_credentials'], { description: 'The only grant; taken as said where it is missing.' }),
    ),
    client_id: Type.Optional(Type.String({ description: 'The client, unless HTTP Basic names it.' })),
    client_secret: Type.Optional(Type.String({ description: 'Its secret, unless HTTP Basic carries it.' })),
  },
  { examples: [{ grant_type: 'client_credentials', client_id: 'my-app', client_secret: 'a-secret' }] },
)

const token = closed(
  {
    access_token: Type.String({ description: 'The token: a JWT signed with RS256, to be sent as it is.' }),
    expires_in: Type.Integer({ minimum: 1, description: 'How long it is valid [s].' }),
    token_type: oneOf(['Bearer'], { description: 'How to send it: `Authorization: Bearer <access_token>`.' }),
  },
  {
    description: 'A token.',
    examples: [{ access_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9…', expires_in: 36_000, token_type: 'Bearer' }],
  },
)

/** An error of RFC 6749 §5.2: flat, not the problem of the other endpoints. */
const tokenError = (description: string) =>
  closed(
    {
      error: Type.String({ description: 'The code of RFC 6749 §5.2.' }),
      error_description: Type.String({ description: 'What is wrong, for a developer to read.' }),
    },
    { description },
  )

/** What every route may answer, in the words of this one. */
const anyRouteErrors = Object.fromEntries(
  anyRouteProblems.map((code) => {
    const [status, , meaning] = problems[code]
    return [status, tokenError(`\`${tokenErrorCode(status)}\`: ${meaning}`)]
  }),
)

export const tokenSchema = {
  operationId: 'requestToken',
  summary: 'Get an access token',
  description:
    'The client credentials grant of OAuth2 (RFC 6749 §4.4). The client authenticates with HTTP Basic or in the body, which is a form or JSON. Send the token with every request: `Authorization: Bearer <access_token>`. One token serves for its whole life: keep it, instead of asking for one per request.',
  tags: ['Authentication'],
  security: [],
  body: {
    content: {
      'application/x-www-form-urlencoded': { schema: request },
      'application/json': { schema: request },
    },
  },
  response: {
    ...anyRouteErrors,
    200: token,
    400: tokenError('`invalid_request`, `unsupported_grant_type`, `invalid_scope`.'),
    401: tokenError('`invalid_client`: the client is unknown or revoked, or the secret is wrong.'),
    413: tokenError(`\`invalid_request\`: the body is larger than ${tokenBodyKiBMax} KiB.`),
    429: tokenError(
      '`slow_down`: too many requests or wrong secrets of the client, or failed requests from the address; `Retry-After` says how many seconds to wait.',
    ),
  },
}
