/** `GET /accounts/{account_number}/consumption/habits`: Wh per weekday and hour. */
import { Type } from 'typebox'
import { type HabitsData, habitsAnswer } from '../../insight/habits.ts'
import { readDayHours } from '../../store/index.ts'
import { answerOf, exampleMeta, insightSchema, wholeOrNull } from '../insight-schemas.ts'
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
import { electricityData } from '../schemas.ts'
import { selectedPeriod } from '../selected-period.ts'

const cells = Array.from({ length: 168 }, (_, cell) => cell)

const data = insightSchema({
  period: periodAnswer,
  electricity_data: electricityData({
    index: Type.Array(Type.Integer({ minimum: 0, maximum: 23 }), {
      minItems: 2,
      maxItems: 2,
      description: '`[weekday, hour]`: weekday 0 = Monday (as pandas `dayofweek`), local hour 0–23.',
    }),
    columns: ['consumption'],
    value: wholeOrNull('Energy of a typical such hour [Wh]; `null` below 30 measured minutes.'),
    rows: 168,
    description: 'Energy [Wh] of each hour of the week: one hour at the mean power measured in it over the period.',
  }),
})

/** The route. */
export const habits: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption/habits',
    {
      schema: {
        operationId: 'getConsumptionHabits',
        summary: 'Energy per weekday and hour',
        description: 'What a typical hour of the week uses [Wh], from what was measured in the period.',
        tags: ['Consumption'],
        params: accountParams,
        querystring: periodQuery,
        response: {
          200: envelope(answerOf<HabitsData>(data), {
            account_number: '1234567890',
            period: 'last-month',
            electricity_data: {
              index: cells.map((cell) => [Math.floor(cell / 24), cell % 24] as const),
              columns: ['consumption'],
              data: cells.map((cell) => [180 + (cell % 24) * 12]),
            },
            meta: exampleMeta('Wh'),
          }),
          ...accountProblems(),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      const selected = await selectedPeriod(deps, account, request.query)
      return success(
        habitsAnswer({
          accountNumber: account.accountNumber,
          period: selected.name,
          timeZone: account.timeZone,
          selected: selected.selected,
          days: selected.days,
          hours: await readDayHours(deps.db, account, selected.fromOn, selected.toOn),
        }),
      )
    },
  )
}
