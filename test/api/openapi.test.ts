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
import { startTestServer, type TestServer } from '../support/test-server.ts'

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
  readonly requestBody?: { readonly content: Record<string, Media> }
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

beforeAll(async () => {
  server = await startTestServer('2026-03-10T12:00:00Z')
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
