/**
 * Holds every answer to its schema, for tests: an answer of another form, or of a status that its route does not
 * declare, becomes a 500 that says why. Answers are serialised without their schema, so that nothing is dropped unseen.
 */
import type { ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifyRequest } from 'fastify'
import type { Api } from './route.ts'
import { schemaChecker } from './validation.ts'

/** Adds the check to every route. */
export function verifyAnswers(app: Api): void {
  const checker = schemaChecker()
  const compiled = new Map<object, ValidateFunction>()
  const checkOf = (schema: object) => {
    const known = compiled.get(schema)
    if (known !== undefined) return known
    const made = checker.compile(schema)
    compiled.set(schema, made)
    return made
  }
  app.addHook('onSend', async (request, reply, payload) => {
    const mediaType = String(reply.getHeader('content-type') ?? '').split(';')[0] ?? ''
    if (request.routeOptions.schema?.response === undefined || !/^application\/(\w+\+)?json$/.test(mediaType))
      return payload
    const schema = answerSchema(request, reply.statusCode, mediaType)
    if (schema === undefined) throw new Error(`${nameOf(request)} does not declare ${reply.statusCode} ${mediaType}`)
    const check = checkOf(schema)
    if (!check(JSON.parse(textOf(payload))))
      throw new Error(`${nameOf(request)} answers against its schema: ${JSON.stringify(check.errors?.slice(0, 5))}`)
    return payload
  })
}

function answerSchema(request: FastifyRequest, status: number, mediaType: string): object | undefined {
  const responses = request.routeOptions.schema?.response as Record<string, AnswerSchema> | undefined
  const declared = responses?.[status]
  return declared !== undefined && 'content' in declared ? declared.content[mediaType]?.schema : declared
}

type AnswerSchema =
  | { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  | { readonly type: string }

function nameOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url}`
}

function textOf(payload: unknown): string {
  return payload instanceof Uint8Array ? Buffer.from(payload).toString() : String(payload)
}
