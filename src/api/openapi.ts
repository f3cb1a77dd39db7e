/** The description of the API: OpenAPI 3.1, made from the schemas that requests and answers are held to. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { tokenPath } from './auth/token-endpoint.ts'
import type { Api } from './route.ts'
import { problemSchema } from './schemas.ts'

const description = `From the power that a home's one meter shows: what uses its electricity, when, how that compares with
similar homes, what could be saved, and when the grid is green.

Get a token (\`POST /auth/token\`), register a POD (\`POST /accounts\`), describe the home
(\`POST /accounts/{account_number}/onboarding\`), send readings (\`POST /accounts/{account_number}/readings\`), and ask.

Instants are RFC 3339 in UTC; days, weeks and months are those of the home's time zone, 23 to 25 hours long. Power is W,
energy is Wh. \`null\` is "not measured", never 0. Texts are Unicode without U+0000. Columns of one answer add up to the meter. Fields and enum values may be
added; a client ignores those it does not know.`

const tags = [
  { name: 'Authentication', description: 'Tokens, by OAuth2 client credentials.' },
  { name: 'Accounts', description: 'Supplies: registration, what a home says of itself, export, deletion.' },
  { name: 'Readings', description: 'What meters send.' },
  { name: 'Devices', description: 'Live meters that speak MQTT.' },
  { name: 'Consumption', description: 'What a home used, when, and by which appliance.' },
  { name: 'Comparison', description: 'A home beside similar homes, and what it could save.' },
  { name: 'Grid', description: 'When the grid is green.' },
  { name: 'Service', description: 'For those who run the server.' },
]

export interface DescribedApi {
  readonly version: string
  readonly baseUrl: () => string
  readonly basePath: string
  /** Where tokens are to be had: asked anew for every answer. */
  readonly tokenUrl: () => string
}

/** Registers the description at `/openapi.json` and, rendered, at `/docs`. Routes registered after it are described. */
export function describeApi(app: Api, { version, baseUrl, basePath, tokenUrl }: DescribedApi): void {
  const clientCredentials = {
    get tokenUrl() {
      return tokenUrl()
    },
    scopes: {},
  }
  app.addSchema(problemSchema)
  app.register(swagger, {
    // Addresses of routes are whole; only what proxies put before them is not in them.
    stripBasePath: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Loadlens',
        version,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: basePath === '' ? '/' : basePath, description: 'This server.' }],
      tags,
      security: [{ oauth2: [] }],
      components: {
        securitySchemes: {
          oauth2: {
            type: 'oauth2',
            description: 'Client credentials; the token goes into `Authorization: Bearer …`.',
            flows: { clientCredentials },
          },
        },
      },
    },
    // HTTP Basic alone asks for a token; the generator calls every body required.
    transformObject: (document) => {
      const described = 'openapiObject' in document ? document.openapiObject : {}
      const { requestBody } = described.paths?.[tokenPath]?.post ?? {}
      if (requestBody !== undefined && 'required' in requestBody) requestBody.required = false
      return described
    },
    refResolver: { buildLocalReference: (json, _uri, _fragment, index) => String(json.$id ?? `Schema${index}`) },
  })
  app.register(async (scope) => {
    scope.get('/openapi.json', { schema: { hide: true }, config: { public: true } }, async () => ({
      ...app.swagger(),
      servers: [{ url: baseUrl(), description: 'This server.' }],
    }))
  })
  app.register(swaggerUi, {
    routePrefix: '/docs',
    indexPrefix: basePath,
    uiConfig: { docExpansion: 'list', deepLinking: true },
    theme: { title: 'Loadlens', css: [{ filename: 'theme.css', content: '.topbar { display: none }' }] },
  })
}
