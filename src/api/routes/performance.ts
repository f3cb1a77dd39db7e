/** `GET /accounts/{account_number}/consumption/performance`: Wh beside that of similar homes. */
import { Type } from 'typebox'
import { type PerformanceData, performanceAnswer } from '../../insight/performance.ts'
import { answerOf, exampleMeta, insightSchema } from '../insight-schemas.ts'
import { rememberPeriodPeers } from '../peer-homes.ts'
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
import { closed, nullable, oneOf } from '../schemas.ts'
import { selectedPeriod } from '../selected-period.ts'

const energy = (description: string) => nullable(Type.Number({ minimum: 0, description }))

const electric = (description: string) => Type.Optional(Type.Boolean({ description }))
const areaM2 = (description: string) => Type.Integer({ description })

const criteria = closed(
  {
    province: Type.Optional(Type.String({ description: 'The Italian province, two letters.' })),
    climate_zone: Type.Optional(Type.String({ description: 'Climate zone A–F (DPR 412/1993).' })),
    electric_heating: electric('Whether they declare a heat pump or an electric heater.'),
    electric_cooling: electric('Whether they declare an air conditioner or a heat pump.'),
    electric_vehicle: electric('Whether they declare an electric vehicle.'),
    area_m2: closed(
      { min: areaM2('From so much [m²].'), max: areaM2('Up to so much [m²].') },
      { description: 'Floor area, inclusive.' },
    ),
    house_type: Type.Optional(Type.String({ description: 'The kind of house, as onboarding says it.' })),
    residents: Type.Optional(Type.String({ description: '`1` to `4`, or `5+`.' })),
  },
  { description: 'What the homes share; a feature that is absent was given up to find enough of them.' },
)

const data = insightSchema({
  period: periodAnswer,
  performance: closed(
    {
      min_consumption: energy(
        'What the lowest similar homes use [Wh]: the mean of three, or the 5th percentile from 60 homes on; at most the own figure.',
      ),
      max_consumption: energy('The same of the highest; at least the own figure.'),
      user_consumption: energy("The home's energy over the period [Wh]."),
      peers: closed(
        {
          count: Type.Integer({
            minimum: 0,
            description: 'How many similar homes contribute; 0 where a reference answers.',
          }),
          median: energy('Their median [Wh].'),
          efficient: energy('Their 20th percentile [Wh].'),
          criteria: nullable(criteria),
          fallback: nullable(
            oneOf(['reference_statistics'], { description: 'What answers where fewer than 10 homes are similar.' }),
          ),
        },
        { description: 'The similar homes.' },
      ),
    },
    { description: 'The home beside similar homes.' },
  ),
})

/** The route. */
export const performance: Route = (app, deps) => {
  const peersOf = rememberPeriodPeers(deps)
  app.get(
    '/accounts/:account_number/consumption/performance',
    {
      schema: {
        operationId: 'getConsumptionPerformance',
        summary: 'Energy beside similar homes',
        description:
          'The energy [Wh] of the period beside that of at least 10 similar homes, each with its mean power over the time this home was measured. Figures of the group have two significant digits. With fewer similar homes, statistics of Italian households answer and `meta.estimated` is true.',
        tags: ['Comparison'],
        params: accountParams,
        querystring: periodQuery,
        response: {
          200: envelope(answerOf<PerformanceData>(data), {
            account_number: '1234567890',
            period: 'last-week',
            performance: {
              min_consumption: 39_000,
              max_consumption: 92_000,
              user_consumption: 61_240,
              peers: {
                count: 15,
                median: 63_000,
                efficient: 48_000,
                criteria: {
                  climate_zone: 'E',
                  electric_heating: false,
                  electric_cooling: false,
                  electric_vehicle: false,
                  area_m2: { min: 81, max: 120 },
                  house_type: 'apartment',
                  residents: '4',
                },
                fallback: null,
              },
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
        performanceAnswer({
          accountNumber: account.accountNumber,
          period: selected.name,
          timeZone: account.timeZone,
          selected: selected.selected,
          days: selected.days,
          residents: selected.household.residents,
          group: await peersOf(account, selected.household, selected, selected.selected),
        }),
      )
    },
  )
}
