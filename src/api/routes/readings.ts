/** `POST /accounts/{account_number}/readings`: takes in what meters measured. The body is streamed, never held whole. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { dayInterval } from '../../energy/civil-time.ts'
import {
  type BodyRefusal,
  fieldNames,
  formatOfMediaType,
  type ImportReport,
  importReadings,
  type ReadingsFormat,
  readingsMediaTypes,
  rowRejections,
} from '../../ingest/index.ts'
import { type Account, writeReadings } from '../../store/index.ts'
import type { ApiDeps } from '../deps.ts'
import type { Metrics } from '../metrics.ts'
import { type ApiProblem, type ProblemCode, problem } from '../problems.ts'
import { type Api, accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { importReport } from '../schemas.ts'

const example: Static<typeof importReport> = {
  received: 1440,
  accepted: 1438,
  duplicates: 0,
  replaced: 1,
  rejected_count: 1,
  rejected: [{ row: 17, code: 'power_absurd', detail: 'power_w "999999": power is at most 100 kW' }],
}

const csv = Type.String({
  description: `A header with \`at\` and one or more of ${fieldNames
    .filter((name) => name !== 'at')
    .map((name) => `\`${name}\``)
    .join(', ')}; then a row per reading.`,
  examples: ['at,power_w\n2026-11-23T17:03:00Z,532\n2026-11-23T17:04:00Z,\n'],
})

const ndjson = Type.String({
  description: 'One object a line, with the fields of the CSV.',
  examples: ['{"at":"2026-11-23T17:03:00Z","power_w":532}\n{"at":"2026-11-23T17:04:00Z","power_w":null}\n'],
})

const json = Type.Object(
  {},
  {
    description:
      'Either `{"readings": [{"at": "…Z", "power_w": 532}, …]}`, or dense: `{"kind": "power_w", "start": "…Z", "interval_s": 60, "values": [150, null, 600]}`.',
    examples: [{ kind: 'power_w', start: '2026-11-23T17:00:00Z', interval_s: 60, values: [150, null, 600] }],
    additionalProperties: true,
  },
)

const body = {
  content: {
    'text/csv': { schema: csv },
    'application/x-ndjson': { schema: ndjson },
    'application/json': { schema: json },
  },
}

const rules = `\`at\` needs an offset or \`Z\`. \`power_w\` is the power at that instant and holds until the next reading, at most 300 s; in the dense form a value holds \`interval_s\`; \`null\` or an empty value ends the hold. \`energy_wh\` belongs to the interval that starts at \`at\` (\`interval_s\`, 900 where absent). \`register_wh\` only grows; the energy between two readings at most 3,600 s apart (\`max_gap_s\`) is spread over the time between. Names with \`_export\` are what is injected into the grid.

A bad row is rejected and named; it never costs the good ones: 200 even if every row is. A reading sent again with another value replaces the old one, and everything derived from it is computed anew. Within a body the later row wins. Success means durable. Rows are committed in batches: a body that breaks keeps its whole good rows (\`report\` in the problem) and may be sent again. At most 64 MiB sent, 512 MiB unpacked; \`Content-Encoding: gzip\` is taken.

Codes of rejected rows: ${Object.keys(rowRejections)
  .map((code) => `\`${code}\``)
  .join(', ')}.`

/** The route. */
export function readingsRoute(metrics: Metrics): Route {
  return (app, deps) => {
    app.register(async (scope) => route(scope, deps, metrics))
  }
}

function route(app: Api, deps: ApiDeps, metrics: Metrics): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.post(
    '/accounts/:account_number/readings',
    {
      config: { encodings: ['gzip', 'x-gzip'] },
      schema: {
        operationId: 'postReadings',
        summary: 'Send readings',
        description: rules,
        tags: ['Readings'],
        params: accountParams,
        body,
        response: {
          200: envelope(importReport, example),
          ...accountProblems(
            'body_missing',
            'body_malformed',
            'body_too_large',
            'media_type_unsupported',
            'encoding_unsupported',
          ),
        },
      },
      // The body is read by `ingest`, row by row.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? () => true : (app.validatorCompiler?.(part as never) ?? (() => true)),
    },
    async (request, reply) => {
      const format = formatOf(request)
      const account = await accountOf(request, deps)
      const report = await imported(request, account, format, deps)
      const rows = 'refusal' in report ? report.report : report
      count(metrics, rows)
      if (rows.accepted + rows.replaced > 0) deps.onStale()
      if ('refusal' in report) throw refusalOf(report, reply)
      return success(report)
    },
  )
}

/** The format of the body. @throws {ApiProblem} `media_type_unsupported`, `body_missing` */
function formatOf(request: FastifyRequest): ReadingsFormat {
  const contentType = request.headers['content-type']
  if (contentType === undefined && request.body === undefined) throw problem('body_missing')
  const format = formatOfMediaType(contentType ?? '')
  if (format === undefined) throw problem('media_type_unsupported', `Readings are ${readingsMediaTypes.join(', ')}.`)
  if (request.body === undefined) throw problem('body_missing')
  return format
}

async function imported(
  request: FastifyRequest,
  account: Account,
  format: ReadingsFormat,
  { db, clock }: ApiDeps,
): Promise<ImportReport | BodyRefusal> {
  const now = clock()
  const { closedOn, timeZone } = account
  return await importReadings(request.body as AsyncIterable<Uint8Array>, format, {
    now,
    source: 'api',
    closedAt: closedOn === null ? null : dayInterval(closedOn, timeZone).fromAt,
    announcedGzip: /gzip/i.test(request.headers['content-encoding'] ?? ''),
    write: (batch) => writeReadings(db, account, batch, { now }),
  })
}

function count({ readings }: Metrics, { accepted, duplicates, replaced, rejected_count }: ImportReport): void {
  readings.inc({ outcome: 'accepted' }, accepted)
  readings.inc({ outcome: 'duplicate' }, duplicates)
  readings.inc({ outcome: 'replaced' }, replaced)
  readings.inc({ outcome: 'rejected' }, rejected_count)
}

const tooLarge = new Set(['body_too_large', 'body_unpacks_too_large'])

function refusalOf({ refusal, detail, pointer, report }: BodyRefusal, reply: FastifyReply): ApiProblem {
  // What is left of such a body is not read: the connection cannot carry another request.
  if (refusal === 'body_too_large') reply.header('connection', 'close')
  const code: ProblemCode =
    refusal === 'body_empty' ? 'body_missing' : tooLarge.has(refusal) ? 'body_too_large' : 'body_malformed'
  const errors = [{ pointer: pointer ?? '', in: 'body' as const, code: refusal, detail }]
  return problem(code, `${detail[0]?.toUpperCase()}${detail.slice(1)}.`, { errors, members: { report } })
}
