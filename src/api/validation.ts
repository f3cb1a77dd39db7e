/**
 * Checks what comes in against the schemas of the routes. Nothing is dropped, filled in or corrected; texts of the path
 * and the query alone are read as numbers where the schema asks for one. Every fault is named with a pointer.
 */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { parseDay } from '../energy/civil-time.ts'
import {
  type ApiProblem,
  type InputError,
  type InputErrorCode,
  type InputPlace,
  invalidInput,
  problem,
} from './problems.ts'
import { dateYears, problemSchema } from './schemas.ts'

/** Faults named in one answer; a body with more is no less wrong. */
const errorsMax = 100

const places: Readonly<Record<string, InputPlace>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
}

const formats = {
  date: (text: string) => parseDay(text) !== undefined,
  'date-time': (text: string) => /T.*(Z|[+-]\d\d:\d\d)$/.test(text) && Number.isFinite(Date.parse(text)),
  uri: (text: string) => URL.canParse(text),
  binary: true,
} as const

/** A strict JSON Schema 2020-12 checker that knows the formats and shared schemas of the API. */
export function schemaChecker(options: { readonly coerceTypes?: boolean } = {}): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, formats, ...options })
  ajv.addSchema(problemSchema)
  return ajv
}

interface SchemaPart {
  readonly schema: unknown
  readonly httpPart?: string | undefined
}

/** Fastify's validator compiler: JSON bodies as they are, texts of path and query read as numbers where asked for. */
export function inputValidators(): (part: SchemaPart) => (data: unknown) => { error: ApiProblem } | { value: unknown } {
  const strict = schemaChecker()
  const reading = schemaChecker({ coerceTypes: true })
  return ({ schema, httpPart = 'body' }) => {
    const place = places[httpPart] ?? 'body'
    const check = (place === 'body' ? strict : reading).compile(schema as object)
    return (data) => {
      if (place === 'body' && data === null) return { error: problem('body_missing') }
      const errors = check(data) ? brokenValuesOf(data, place) : inputErrorsOf(check.errors ?? [], place)
      return errors.length === 0 ? { value: data } : { error: invalidInput(errors) }
    }
  }
}

/** The faults of one check, as the answer names them. */
export function inputErrorsOf(errors: readonly ErrorObject[], place: InputPlace): InputError[] {
  return errors.slice(0, errorsMax).map((error) => ({ ...faultOf(error), in: place }))
}

/** What of a value that fits its schema is no value: texts that no database keeps as they are; of `1e999` Ajv reads infinity, and holds it to no bound. */
function brokenValuesOf(value: unknown, place: InputPlace, pointer = ''): InputError[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => brokenValuesOf(one, place, childOf(pointer, name)))
  if (typeof value === 'number' && !Number.isFinite(value))
    return [{ pointer, in: place, code: 'type_invalid', detail: 'must be a finite number' }]
  if (typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'))) return []
  return [{ pointer, in: place, code: 'format_invalid', detail: 'has U+0000 or half of a surrogate pair' }]
}

function childOf(pointer: string, name: unknown): string {
  return `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function faultOf(error: ErrorObject): Omit<InputError, 'in'> {
  const { keyword, instancePath: pointer, params, message = 'is refused' } = error
  if (keyword === 'additionalProperties')
    return {
      pointer: childOf(pointer, params.additionalProperty),
      code: code('field_unknown'),
      detail: 'is not known here',
    }
  if (keyword === 'required' || keyword === 'dependentRequired')
    return { pointer: childOf(pointer, params.missingProperty), code: code('field_missing'), detail: 'is missing' }
  if (keyword === 'enum')
    return { pointer, code: code('value_not_allowed'), detail: `is one of ${listed(params.allowedValues)}` }
  if (keyword === 'format' && params.format === 'date')
    return { pointer, code: code('format_invalid'), detail: `is a date that exists, such as 2026-11-23, ${dateYears}` }
  return { pointer, code: codes[keyword] ?? code('value_not_allowed'), detail: message }
}

const codes: Readonly<Record<string, InputErrorCode>> = {
  type: 'type_invalid',
  const: 'value_not_allowed',
  minimum: 'value_out_of_range',
  maximum: 'value_out_of_range',
  exclusiveMinimum: 'value_out_of_range',
  exclusiveMaximum: 'value_out_of_range',
  multipleOf: 'value_out_of_range',
  minLength: 'length_invalid',
  maxLength: 'length_invalid',
  minItems: 'length_invalid',
  maxItems: 'length_invalid',
  minProperties: 'length_invalid',
  maxProperties: 'length_invalid',
  pattern: 'format_invalid',
  format: 'format_invalid',
  uniqueItems: 'value_repeated',
}

function code(one: InputErrorCode): InputErrorCode {
  return one
}

/** Allowed values, shortened where there are very many (107 provinces). */
function listed(values: readonly unknown[]): string {
  const shown = values.slice(0, 30).join(', ')
  return values.length > 30 ? `${shown}, …` : shown
}
