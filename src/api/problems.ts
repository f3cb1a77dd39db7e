/**
 * The one table of error codes. `docs/errors.md` says the same for readers; a test compares codes, statuses and meanings both ways.
 *
 * A refusal is thrown as `ApiProblem` and leaves as `application/problem+json` (RFC 9457): `type`, `title`, `status`
 * (the same number as HTTP's), `detail`, `code`, `request_id`, and `errors` where single values of the input are to blame.
 */
import { defaultBodyLimits } from '../ingest/index.ts'

const { sentBytesMax, unpackedBytesMax } = defaultBodyLimits
/** How large a body of readings may be, in words. */
export const readingsBodyLimits = `${sentBytesMax / 1024 ** 2} MiB sent, ${unpackedBytesMax / 1024 ** 2} MiB unpacked`

/** HTTP status, short name and meaning of every problem. A code never changes; codes may be added. */
export const problems = {
  body_missing: [400, 'Body missing', 'The request needs a body and has none.'],
  body_malformed: [
    400,
    'Body malformed',
    'The body is not well-formed: not JSON or UTF-8, a key twice, or (readings) of another form than announced, or broken off. `report` says what was kept of it.',
  ],
  input_invalid: [400, 'Input invalid', 'Values of the body, the query or the path are refused; `errors` names each.'],
  request_malformed: [400, 'Request malformed', 'The request is not valid HTTP or its address cannot be decoded.'],
  authorization_malformed: [
    400,
    'Authorization malformed',
    'What follows `Bearer` in the `Authorization` header is no token.',
  ],
  token_missing: [401, 'Token missing', 'The request needs `Authorization: Bearer <token>`.'],
  token_invalid: [
    401,
    'Token invalid',
    'The token is expired, revoked, altered or of another issuer. Ask for a new one.',
  ],
  company_not_granted: [403, 'Company not granted', "The `company_code` is not one of the client's."],
  account_not_found: [404, 'Account not found', 'The client has no account of that number.'],
  device_not_found: [404, 'Device not found', 'The account has no device of that id.'],
  onboarding_not_found: [404, 'Onboarding not found', 'The account exists; its onboarding was never sent.'],
  route_not_found: [404, 'Not found', 'There is nothing at this address.'],
  method_not_allowed: [
    405,
    'Method not allowed',
    'The address exists, the method does not; `Allow` lists those that do.',
  ],
  not_acceptable: [406, 'Not acceptable', 'The answer cannot be given in a media type that `Accept` admits.'],
  request_timeout: [408, 'Request timeout', 'The request did not arrive in time.'],
  account_exists: [409, 'Account exists', 'The account number is registered with another POD or company.'],
  pod_in_use: [
    409,
    'POD in use',
    'Another open account of the client has this POD. Close that one first; the day may lie ahead.',
  ],
  topic_in_use: [409, 'Topic in use', 'The topic, or one above or under it, belongs to a device of another client.'],
  too_many_devices: [409, 'Too many devices', 'The account has as many devices as it may have. Delete one first.'],
  body_too_large: [
    413,
    'Body too large',
    `The body exceeds its limit: 1 MiB; readings ${readingsBodyLimits}. Send several.`,
  ],
  address_too_long: [
    414,
    'Address too long',
    'A part of the address is longer than any account, device or day is named. An address of more than 16 KiB is `headers_too_large`.',
  ],
  media_type_unsupported: [415, 'Media type unsupported', 'The `Content-Type` is none that this address takes.'],
  encoding_unsupported: [415, 'Encoding unsupported', 'The `Content-Encoding` is none that this address takes.'],
  too_many_requests: [
    429,
    'Too many requests',
    'The limit of requests is reached; `Retry-After` says how many seconds to wait.',
  ],
  headers_too_large: [
    431,
    'Headers too large',
    'Address and header fields of the request are larger than the server reads.',
  ],
  internal_error: [500, 'Internal error', 'A fault of the server. `request_id` finds it in the log.'],
  issuer_unreachable: [
    503,
    'Issuer unreachable',
    'The external OAuth2 issuer does not answer, or names itself otherwise than it is set; tokens cannot be checked.',
  ],
  overloaded: [
    503,
    'Overloaded',
    'As many bodies of readings are being read, or answers computed, as may be at once or as one client may have, or more live messages wait than can be stored; `Retry-After` says how many seconds to wait.',
  ],
  not_ready: [
    503,
    'Not ready',
    'The server is starting, stopping, or its database does not answer; `Retry-After` says how many seconds to wait.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, meaning: string]>

export type ProblemCode = keyof typeof problems

/** Codes of single values, in `errors[].code`. */
export const inputErrors = {
  field_unknown: 'A field or parameter that is not known here; nothing is dropped in silence.',
  field_missing: 'A required field or parameter is missing.',
  type_invalid: 'The value is of another JSON type than asked for.',
  value_not_allowed: 'The value is none of those listed.',
  value_out_of_range: 'The number, date or period is below the least or above the greatest allowed.',
  length_invalid: 'The text or list is shorter or longer than allowed.',
  format_invalid: 'The text does not have the form asked for, or has U+0000 or half of a surrogate pair, as none may.',
  value_reserved: 'No client may have the value: the server gives it out, or all clients share it.',
  value_repeated: 'The value may stand only once.',
  value_conflicting: 'The value contradicts another one of the request.',
} as const

export type InputErrorCode = keyof typeof inputErrors

/** Where in a request a value stands. */
export type InputPlace = 'body' | 'query' | 'path' | 'header'

/** One value to blame. */
export interface InputError {
  /** RFC 6901 pointer into the body; `/name` for a parameter. */
  readonly pointer: string
  readonly in: InputPlace
  /** One of `inputErrors`, or a code of the tables of `ingest`. */
  readonly code: string
  readonly detail: string
}

interface ProblemExtras {
  readonly errors?: readonly InputError[]
  /** Header fields that belong to the refusal, such as `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Members beside the standard ones, such as the report of a broken import. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** An expected refusal on its way to the edge. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly code: ProblemCode
  readonly status: number
  readonly extras: ProblemExtras

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras) {
    super(detail)
    this.code = code
    this.status = problems[code][0]
    this.extras = extras
  }
}

/** A refusal to throw: `detail` says what is wrong with this request, for a developer to read. */
export function problem(code: ProblemCode, detail: string = problems[code][2], extras: ProblemExtras = {}): ApiProblem {
  return new ApiProblem(code, detail, extras)
}

/** A refusal of single values. */
export function invalidInput(errors: readonly InputError[]): ApiProblem {
  const first = errors[0]
  const detail =
    first === undefined ? problems.input_invalid[2] : `${first.in} ${first.pointer || '/'}: ${first.detail}`
  return problem('input_invalid', errors.length > 1 ? `${detail} (and ${errors.length - 1} more)` : detail, { errors })
}

/** The body of a problem answer. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
  readonly request_id: string
  readonly errors?: readonly InputError[]
}

/** A problem as it goes over the wire. */
export function problemBody(one: ApiProblem, requestId: string): ProblemBody {
  const [status, title] = problems[one.code]
  const { errors, members } = one.extras
  return {
    type: problemType(one.code),
    title,
    status,
    detail: one.message,
    code: one.code,
    request_id: requestId,
    ...(errors === undefined ? {} : { errors }),
    ...members,
  }
}

/** The URI that names a kind of problem; it names, it is not to be fetched. */
function problemType(code: ProblemCode): string {
  return `urn:loadlens:problem:${code}`
}
