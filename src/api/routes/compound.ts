/** `GET /accounts/{account_number}/consumption/compound`: Wh per month and appliance. */
import { compoundAnswer } from '../../insight/months.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { monthIndex, yearExample, yearQuestion, yearSchema } from '../year-schemas.ts'

const data = yearSchema({
  index: monthIndex,
  rows: 12,
  columns: 'appliances',
  description: 'Energy [Wh] per month and appliance.',
})

/** The route. */
export const compound: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption/compound',
    {
      schema: {
        operationId: 'getConsumptionCompound',
        summary: 'Energy per month and appliance',
        description:
          'Energy [Wh] of every appliance in each of the twelve complete calendar months before the current one. A month without readings is `null`; `month_to_date` is the month that runs.',
        tags: ['Consumption'],
        params: accountParams,
        response: { 200: envelope(data, yearExample('appliances', 12)), ...accountProblems() },
      },
    },
    async (request) => success(compoundAnswer(await yearQuestion(deps, await accountOf(request, deps)))),
  )
}
