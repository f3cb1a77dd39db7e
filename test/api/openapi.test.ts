/** The description of the API is whole, clean, true to its own examples, and rendered. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schemaChecker } from '../../src/api/validation.ts'
import { routeTable } from '../support/route-table.ts'
import { retailer, startTestServer, type TestServer, tokenOf } from '../support/test-server.ts'

interface Media {
  readonly schema?: Schema
  readonly example?: unknown
}
interface Schema {
  readonly $ref?: string
  readonly examples?: readonly unknown[]
}
interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, Media> }
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>
}
interface Description {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, Schema> }
}

let server: TestServer
let description: Description
let operations: [string, Operation][]
let token: Promise<string>

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z')
  token = tokenOf(server.baseUrl, retailer)
  description = (await (await fetch(`${server.baseUrl}/openapi.json`)).json()) as Description
  operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as [string, Operation]),
  )
})

afterAll(async () => {
  await server?.stop()
})

test('it is OpenAPI 3.1 and describes every route', async () => {
  expect(description.openapi).toBe('3.1.0')
  const routes = (await routeTable()).filter(({ isHidden }) => !isHidden)
  expect(operations.map(([name]) => name).sort()).toEqual(
    routes.map(({ method, url }) => `${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`).sort(),
  )
  expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length)
})

test('every route describes what it answers to requests that it cannot serve, and to any while it stops', async () => {
  const json = { 'content-type': 'application/json' }
  const large = JSON.stringify({ pod: 'x'.repeat(1_100_000) })
  const probes: [string, string, RequestInit][] = [
    ['without a token', '', {}],
    ['for HTML', '', { headers: { accept: 'text/html' } }],
    ['in another encoding', '', { headers: { 'content-encoding': 'br' } }],
    ['with a parameter', '?x=1', {}],
    ['with a body of another type', '', { body: 'x', headers: { 'content-type': 'text/plain' } }],
    ['with broken JSON', '', { body: '{', headers: json }],
    ['with a large body', '', { body: large, headers: json }],
  ]
  for (const [name, { responses }] of operations) {
    const [method = '', path = ''] = name.split(' ')
    const address = path.replace('{account_number}', 'home').replace('{device_id}', 'dev-00000000000000000000')
    expect(responses, name).toHaveProperty('503')
    for (const [how, query, { body, headers }] of probes) {
      if (method === 'get' && body !== undefined) continue
      const sent = how === 'without a token' ? {} : { authorization: `Bearer ${await token}` }
      const response = await fetch(`${server.baseUrl}${address}${query}`, {
        method: method.toUpperCase(),
        headers: { ...sent, ...headers },
        ...(body === undefined ? {} : { body }),
      })
      await response.bytes()
      expect(response.status, `${name} ${how}`).toBeLessThan(500)
      const described = responses[response.status]?.content ?? {}
      const type = response.headers.get('content-type')?.split(';')[0]
      expect(Object.keys(described), `${name} ${how}: ${response.status}`).toContain(type)
    }
  }
})

test('the body of a token request may be missing, any other may not', () => {
  const optional = operations.filter(([, { requestBody }]) => requestBody?.required === false)
  expect(optional.map(([name]) => name)).toEqual(['post /auth/token'])
})

test('every property and parameter is described', () => {
  const silent: string[] = []
  let properties = 0
  const visit = (value: unknown, place: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, one] of Object.entries(value)) {
      if (key === 'example' || key === 'examples') continue
      if (key === 'properties') {
        for (const [name, schema] of Object.entries(one as Record<string, { description?: string; $ref?: string }>)) {
          properties += 1
          if (!schema.description && schema.$ref === undefined) silent.push(`${place}.${name}`)
          visit(schema, `${place}.${name}`)
        }
      } else {
        if (key === 'parameters')
          for (const { name, description } of one as { name: string; description?: string }[])
            if (!description) silent.push(`${place} ${name}`)
        visit(one, key === 'schema' || key === 'items' ? place : `${place} ${key}`)
      }
    }
  }
  visit(description.paths, '')
  visit(description.components.schemas, '')
  expect(silent).toEqual([])
  expect(properties).toBeGreaterThan(500)
})

test('the recommended rules of Redocly find nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loadlens-openapi-'))
  const file = join(folder, 'openapi.json')
  await writeFile(file, JSON.stringify(description))
  const redocly = fileURLToPath(new URL('../../node_modules/.bin/redocly', import.meta.url))
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [redocly, 'lint', file, '--format=json'], { env })
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 0 }, problems: [] })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('every operation has examples of its success and of its body, and all fit their schemas', () => {
  const checker = schemaChecker()
  let checked = 0
  for (const [name, { requestBody, responses }] of operations) {
    for (const [place, media] of [
      ...Object.entries(requestBody?.content ?? {}),
      ...Object.entries(responses[200]?.content ?? {}),
    ]) {
      const examples = media.example === undefined ? (media.schema?.examples ?? []) : [media.example]
      expect(examples.length, `${name} ${place}`).toBeGreaterThan(0)
      for (const example of examples) {
        const check = checker.compile({ ...media.schema })
        expect(check(example), `${name} ${place}: ${JSON.stringify(check.errors)}`).toBe(true)
        checked += 1
      }
    }
  }
  expect(checked).toBeGreaterThanOrEqual(operations.length)
})

test('it is rendered at /docs', async () => {
  const page = await fetch(`${server.baseUrl}/docs/`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toMatch('text/html')
  const files = [...(await page.text()).matchAll(/(?:src|href)="\.?\/?([^"]+\.(?:js|css))"/g)].map(([, file]) => file)
  expect(files.length).toBeGreaterThan(2)
  for (const file of files) {
    const path = file?.startsWith('docs/') ? `/${file}` : `/docs/${file}`
    const response = await fetch(`${server.baseUrl}${path}`)
    await response.bytes()
    expect(response.status, path).toBe(200)
  }
})

test.each(['/energy', '/a'])(
  'behind a proxy that serves the API below %s, the page finds what it loads, and the description its routes',
  async (path) => {
    const behind = await startTestServer('2026-03-10T12:00:00Z', {
      LOADLENS_PUBLIC_URL: `https://retailer.example${path}`,
    })
    try {
      // The proxy takes the path away.
      const through = (address: string) => fetch(`${behind.baseUrl}${address.slice(path.length)}`)
      const page = await (await through(`${path}/docs`)).text()
      const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
      expect(loaded.length).toBeGreaterThan(5)
      for (const address of loaded) {
        expect(address.startsWith(`${path}/`), address).toBe(true)
        expect((await through(address)).status, address).toBe(200)
      }
      const described = (await (await through(`${path}/docs/json`)).json()) as Description
      expect(described).toMatchObject({
        servers: [{ url: path }],
        components: {
          securitySchemes: { oauth2: { flows: { clientCredentials: { tokenUrl: `${path}/auth/token` } } } },
        },
      })
      expect(Object.keys(described.paths).sort()).toEqual(Object.keys(description.paths).sort())
    } finally {
      await behind.stop()
    }
  },
)
