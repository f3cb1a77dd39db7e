/** `POST /readings`: a file that names many PODs fills the accounts that have them. Streamed, never held whole. */
import type { Static } from 'typebox'
import type { ApiDeps } from '../deps.ts'
import { formatsOf, importBody, problemOfBody, takeAnyBody } from '../import-body.ts'
import { outcomeText, podBody, podQuery } from '../readings-body.ts'
import { AccountsByPod } from '../readings-destination.ts'
import { type Api, bodyProblems, clientOf, clientProblems, envelope, type Route, success } from '../route.ts'
import { importReport } from '../schemas.ts'

const example: Static<typeof importReport> = {
  format: 'sii',
  received: 2976,
  accepted: 2880,
  duplicates: 0,
  replaced: 0,
  rejected_count: 96,
  rejected: [
    {
      row: 2881,
      line: 64,
      code: 'pod_unknown',
      detail: 'IT001E87654321 at 2026-10-01T22:00:00.000Z: the client has no account with this POD',
    },
  ],
  pods: [
    { pod: 'IT001E12345678', account_number: '0001', accepted: 2880, duplicates: 0, replaced: 0, rejected_count: 0 },
    { pod: 'IT001E87654321', account_number: null, accepted: 0, duplicates: 0, replaced: 0, rejected_count: 96 },
  ],
}

const rules = `For files that name their PODs: measure flows of the SII, the CSV of Portale Consumi, Duereti and Unareti. Each row goes to the client's account that had the POD at that time; rows of a POD that the client has no account for are rejected (\`pod_unknown\`), as are those of a time at which no account had it (\`before_supply\`, \`after_closure\`), and \`pods\` says what became of each POD.

${outcomeText}`

/** The route. */
export const readingsByPod: Route = (app, deps) => {
  app.register(async (scope) => route(scope, deps))
}

function route(app: Api, deps: ApiDeps): void {
  takeAnyBody(app)
  app.post(
    '/readings',
    {
      config: { encodings: ['gzip', 'x-gzip'] },
      schema: {
        operationId: 'postReadingsByPod',
        summary: 'Send a file of many PODs',
        description: rules,
        tags: ['Readings'],
        querystring: podQuery,
        body: podBody,
        response: {
          200: envelope(importReport, example),
          ...clientProblems(...bodyProblems, 'overloaded'),
        },
      },
    },
    async (request, reply) => {
      const { dry_run: dryRun = false } = request.query
      const formats = formatsOf(request, request.query)
      const now = deps.clock()
      const accounts = new AccountsByPod(clientOf(request).id, { db: deps.db, now, dryRun })
      const what = { formats, now, rules: {}, write: accounts.write, byPod: true }
      const report = await importBody(request, what, deps)
      const rows = 'refusal' in report ? report.report : report
      const named = { ...rows, pods: await accounts.withAccounts(rows.pods ?? []) }
      if ('refusal' in report) throw problemOfBody(report, named, reply)
      return success(dryRun ? { ...named, dry_run: true } : named)
    },
  )
}
