/** Takes in a body of readings: the same for one account and for the accounts of the PODs it names. */
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EpochMs } from '../energy/civil-time.ts'
import {
  type BodyRefusal,
  type FormatChoice,
  formatNamed,
  formatsOfMediaType,
  type ImportReport,
  importReadings,
  type ReadingRules,
  readingsMediaTypes,
  type WriteBatch,
} from '../ingest/index.ts'
import type { ApiDeps } from './deps.ts'
import type { Metrics } from './metrics.ts'
import { type ApiProblem, type ProblemCode, problem } from './problems.ts'
import type { ReadingsQuery } from './readings-body.ts'
import { type Api, clientOf } from './route.ts'

/** Bodies of readings come as they are: `ingest` reads them, row by row. */
export function takeAnyBody(app: Api): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  const compile = app.validatorCompiler
  app.setValidatorCompiler((part) => (part.httpPart === 'body' ? () => true : (compile?.(part) ?? (() => true))))
}

/** The formats that the body may have. @throws {ApiProblem} `media_type_unsupported`, `body_missing` */
export function formatsOf(request: FastifyRequest, { format }: ReadingsQuery): FormatChoice {
  const contentType = request.headers['content-type']
  if (contentType === undefined && request.body === undefined) throw problem('body_missing')
  const choice = formatsOfMediaType(contentType ?? '')
  if (choice === undefined) throw problem('media_type_unsupported', `Readings are ${readingsMediaTypes.join(', ')}.`)
  if (request.body === undefined) throw problem('body_missing')
  return (format === undefined ? undefined : formatNamed(format)) ?? choice
}

interface Import {
  readonly formats: FormatChoice
  readonly now: EpochMs
  readonly rules: Omit<ReadingRules, 'now' | 'source'>
  readonly write: WriteBatch
  readonly byPod?: boolean
}

/** Connections whose body of readings is being read. */
const readingFrom = new WeakSet<Socket>()

/**
 * Whether a body of readings is being read from the connection. It is read as fast as its rows are written, so that the time since
 * the request began says nothing of its sender: `ingest` waits for that one.
 */
export function sendsReadings(socket: Socket): boolean {
  return readingFrom.has(socket)
}

/** Reads the body to its end and counts its rows; a body that is refused comes back with its report so far. */
export async function importBody(
  request: FastifyRequest,
  { formats, now, rules, write, byPod = false }: Import,
  { importGate, metrics, onStale }: ApiDeps,
): Promise<ImportReport | BodyRefusal> {
  const { dry_run: dryRun = false } = request.query as ReadingsQuery
  const body = request.body as AsyncIterable<Uint8Array>
  const announcedGzip = /gzip/i.test(request.headers['content-encoding'] ?? '')
  const options = { ...rules, now, source: 'api', byPod, announcedGzip, write } as const
  const { socket } = request.raw
  const report = await importGate.pass(clientOf(request).id, async () => {
    readingFrom.add(socket)
    return await importReadings(body, formats, options).finally(() => readingFrom.delete(socket))
  })
  const rows = 'refusal' in report ? report.report : report
  if (dryRun) return report
  count(metrics, rows)
  if (rows.accepted + rows.replaced > 0) onStale()
  return report
}

function count({ readings }: Metrics, { accepted, duplicates, replaced, rejected_count }: ImportReport): void {
  readings.inc({ outcome: 'accepted' }, accepted)
  readings.inc({ outcome: 'duplicate' }, duplicates)
  readings.inc({ outcome: 'replaced' }, replaced)
  readings.inc({ outcome: 'rejected' }, rejected_count)
}

const tooLarge = new Set(['body_too_large', 'body_unpacks_too_large'])

/** The problem that a refused body is answered with; `report` is what it says of the rows before. */
export function problemOfBody(
  { refusal, detail, pointer }: BodyRefusal,
  report: ImportReport,
  reply: FastifyReply,
): ApiProblem {
  // What is left of the body is not read: the connection cannot carry another request.
  if (!reply.request.raw.complete) reply.header('connection', 'close')
  const code: ProblemCode =
    refusal === 'body_empty' ? 'body_missing' : tooLarge.has(refusal) ? 'body_too_large' : 'body_malformed'
  const errors = [{ pointer: pointer ?? '', in: 'body' as const, code: refusal, detail }]
  return problem(code, `${detail[0]?.toUpperCase()}${detail.slice(1)}.`, { errors, members: { report } })
}
