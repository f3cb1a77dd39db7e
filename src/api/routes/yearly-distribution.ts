/** `GET /accounts/{account_number}/consumption/yearly-distribution`: Wh per appliance over twelve months. */
import { Type } from 'typebox'
import { yearlyDistributionAnswer } from '../../insight/months.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { yearExample, yearQuestion, yearSchema } from '../year-schemas.ts'

const data = yearSchema({
  index: Type.Literal(0),
  rows: 1,
  columns: 'appliances',
  description: 'Energy [Wh] per appliance.',
})

/** The route. */
export const yearlyDistribution: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption/yearly-distribution',
    {
      schema: {
        operationId: 'getYearlyDistribution',
        summary: 'Energy per appliance over twelve months',
        description:
          'Energy [Wh] of every appliance over the twelve complete calendar months before the current one. A month without readings is `null`; `month_to_date` is the month that runs.',
        tags: ['Consumption'],
        params: accountParams,
        response: { 200: envelope(data, yearExample('appliances', 1)), ...accountProblems() },
      },
    },
    async (request) => success(yearlyDistributionAnswer(await yearQuestion(deps, await accountOf(request, deps)))),
  )
}
