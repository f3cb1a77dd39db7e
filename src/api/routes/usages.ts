/** `GET /accounts/{account_number}/usages`: each detected run. */
import { Type } from 'typebox'
import { type UsagesData, usagesAnswer } from '../../insight/usages.ts'
import { readRuns } from '../../store/index.ts'
import { answerOf, exampleMeta, exampleTelling, insightSchema } from '../insight-schemas.ts'
import {
  accountOf,
  accountParams,
  accountProblems,
  envelope,
  periodAnswer,
  periodQuery,
  type Route,
  success,
} from '../route.ts'
import { applianceKey, closed, instant, whole } from '../schemas.ts'
import { selectedPeriod } from '../selected-period.ts'

const data = insightSchema({
  period: periodAnswer,
  usages: Type.Array(
    closed({
      appliance: applianceKey,
      start: instant('First instant of the run.'),
      stop: instant('End of the run, exclusive; of a run that is under way, how far it was seen.'),
      energy_wh: whole(
        'Energy of the whole run [Wh], also where it ends after the period; of a run that is under way, what it drew so far.',
      ),
    }),
    { description: 'Runs that start in the period, by start.' },
  ),
})

/** The route. */
export const usages: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/usages',
    {
      schema: {
        operationId: 'getUsages',
        summary: 'Runs of appliances',
        description:
          'Each run (cycle) of an appliance that was detected, where it starts in the period. A run that is under way is listed with what it drew so far, and changes until it is over; what is known of the hours after it may still move a run of the running day, or show that it was none.',
        tags: ['Consumption'],
        params: accountParams,
        querystring: periodQuery,
        response: {
          200: envelope(answerOf<UsagesData>(data), {
            account_number: '1234567890',
            period: 'yesterday',
            usages: [
              { appliance: 'dishwasher', start: '2026-11-22T19:41:00Z', stop: '2026-11-22T21:26:00Z', energy_wh: 1180 },
            ],
            meta: exampleMeta('Wh', exampleTelling),
          }),
          ...accountProblems(),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      const { selected, name, columns, days } = await selectedPeriod(deps, account, request.query)
      return success(
        usagesAnswer({
          accountNumber: account.accountNumber,
          period: name,
          timeZone: account.timeZone,
          columns,
          selected,
          days,
          runs: await readRuns(deps.db, account, selected.fromAt, selected.toAt),
        }),
      )
    },
  )
}
