/** `POST /accounts/{account_number}/readings`: takes in what meters measured. The body is streamed, never held whole. */
import type { Static } from 'typebox'
import {
  coarseStepWh,
  defaultEnergyIntervalS,
  defaultHoldS,
  defaultMaxGapS,
  powerWMax,
  spanSMax,
} from '../../energy/readings.ts'
import type { ApiDeps } from '../deps.ts'
import { formatsOf, importBody, problemOfBody, takeAnyBody } from '../import-body.ts'
import { accountBody, accountQuery, outcomeText } from '../readings-body.ts'
import { oneAccount } from '../readings-destination.ts'
import {
  type Api,
  accountOf,
  accountParams,
  accountProblems,
  bodyProblems,
  envelope,
  type Route,
  success,
} from '../route.ts'
import { importReport } from '../schemas.ts'

const example: Static<typeof importReport> = {
  format: 'csv',
  received: 1440,
  accepted: 1438,
  duplicates: 0,
  replaced: 1,
  rejected_count: 1,
  rejected: [{ row: 17, line: 18, code: 'power_absurd', detail: 'power_w "999999": power is at most 100 kW' }],
}

const rules = `\`at\` needs an offset or \`Z\`. \`power_w\` is the power at that instant and holds until the next reading, at most \`interval_s\` (${defaultHoldS} where absent, and in a row with energy, whose interval it is); \`null\` or an empty value ends the hold, and so does the end of the supply. \`energy_wh\` belongs to the interval that starts at \`at\` (\`interval_s\`, ${defaultEnergyIntervalS} where absent); where several cover one moment, the shortest stands, of equally long ones the last to start; of those that start at one instant only the one sent last is kept, whatever their lengths. \`register_wh\` only grows; the energy between two readings at most ${defaultMaxGapS.toLocaleString('en')} s apart (\`max_gap_s\`, up to ${spanSMax.toLocaleString('en')}) is spread over the time between; where it falls (a reset), comes back from a fall (a faulty reading), or rises by more than ${coarseStepWh / 1000} kWh and faster than ${powerWMax / 1000} kW (another meter), nothing was measured between. Names with \`_export\` are what is injected into the grid.

Files of distributors, meters and home automation are read as they are (\`format\`). A file that names its PODs fills this account from the rows of its own POD; the others are rejected.

${outcomeText}`

/** The route. */
export const readings: Route = (app, deps) => {
  app.register(async (scope) => route(scope, deps))
}

function route(app: Api, deps: ApiDeps): void {
  takeAnyBody(app)
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
        querystring: accountQuery,
        body: accountBody,
        response: {
          200: envelope(importReport, example),
          ...accountProblems(...bodyProblems, 'overloaded'),
        },
      },
    },
    async (request, reply) => {
      const { dry_run: dryRun = false, unit, entity, channel } = request.query
      const formats = formatsOf(request, request.query)
      const account = await accountOf(request, deps)
      const now = deps.clock()
      const write = oneAccount(account, { db: deps.db, now, dryRun })
      const report = await importBody(request, { formats, now, rules: { unit, entity, channel }, write }, deps)
      if ('refusal' in report) throw problemOfBody(report, report.report, reply)
      return success(dryRun ? { ...report, dry_run: true } : report)
    },
  )
}
