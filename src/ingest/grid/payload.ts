/** Answers in JSON, held to what the source promises of them; further members are ignored. */
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { SourceError } from './adapter.ts'

/** @throws {SourceError} `malformed`, with the first place that does not fit */
export function payloadOf<S extends TSchema>(schema: S, body: string): Static<S> {
  const payload = parsed(body)
  if (Value.Check(schema, payload)) return payload
  const first = Value.Errors(schema, payload)[0]
  throw new SourceError(
    'malformed',
    `The answer is not of the form promised: ${first?.instancePath || '/'} ${first?.message}.`,
  )
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new SourceError('malformed', 'The answer is no JSON.')
  }
}
