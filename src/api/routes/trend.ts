/** `GET /accounts/{account_number}/consumption/trend`: Wh per month and tariff band. */
import { bands } from '../../energy/tariff-bands.ts'
import { trendAnswer } from '../../insight/months.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { monthIndex, yearExample, yearQuestion, yearSchema } from '../year-schemas.ts'

const data = yearSchema({
  index: monthIndex,
  rows: 12,
  columns: bands,
  description: 'Energy [Wh] per month and tariff band.',
})

/** The route. */
export const trend: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption/trend',
    {
      schema: {
        operationId: 'getConsumptionTrend',
        summary: 'Energy per month and tariff band',
        description:
          'Energy [Wh] of the twelve complete calendar months before the current one, by the Italian bands F1, F2 and F3 (Europe/Rome wall clock, national holidays count as Sundays). A month without readings is `null`; `month_to_date` is the month that runs.',
        tags: ['Consumption'],
        params: accountParams,
        response: { 200: envelope(data, yearExample('bands', 12)), ...accountProblems() },
      },
    },
    async (request) => success(trendAnswer(await yearQuestion(deps, await accountOf(request, deps)))),
  )
}
