/** `GET /accounts/{account_number}/consumption/distribution`: Wh per appliance, total against the period before. */
import { Type } from 'typebox'
import type { Interval } from '../../energy/civil-time.ts'
import { addDays, dayInterval } from '../../energy/civil-time.ts'
import { type MeasuredEnergy, totalOf } from '../../insight/answers.ts'
import { type DistributionData, distributionAnswer, energyBefore } from '../../insight/distribution.ts'
import { decodeAnalysedDay } from '../../store/codec/index.ts'
import { type Account, readDayRows, readEncodedDays } from '../../store/index.ts'
import type { ApiDeps } from '../deps.ts'
import {
  answerOf,
  exampleColumns,
  exampleMeta,
  exampleTelling,
  insightSchema,
  previousSchema,
  wholeOrNull,
} from '../insight-schemas.ts'
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
import { closed, electricityData } from '../schemas.ts'
import { daysOfInterval, selectedPeriod } from '../selected-period.ts'

const data = insightSchema(
  {
    period: periodAnswer,
    total_consumption: closed(
      {
        selected_period: wholeOrNull('Energy of the period [Wh]; the sum of the columns.'),
        previous_period: wholeOrNull(
          'Energy of the period before [Wh]; of a running period, of the same elapsed span.',
        ),
      },
      { description: 'Totals of the home.' },
    ),
    electricity_data: electricityData({
      index: Type.Literal(0),
      columns: 'appliances',
      value: wholeOrNull('Energy [Wh].'),
      rows: 1,
      description: 'Energy [Wh] per appliance.',
    }),
  },
  { previous: previousSchema },
)

/** The route. */
export const distribution: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption/distribution',
    {
      schema: {
        operationId: 'getConsumptionDistribution',
        summary: 'Energy per appliance',
        description:
          'Energy [Wh] of every appliance over the period, and the total beside that of the period before. With less than full coverage the sums are of what was measured.',
        tags: ['Consumption'],
        params: accountParams,
        querystring: periodQuery,
        response: {
          200: envelope(answerOf<DistributionData>(data), {
            account_number: '1234567890',
            period: 'last-week',
            total_consumption: { selected_period: 61_240, previous_period: 58_911 },
            electricity_data: { index: [0], columns: exampleColumns, data: [[5312, 6650, 41_870, 7408]] },
            meta: {
              ...exampleMeta('Wh', exampleTelling),
              previous: { from: '2026-11-08T23:00:00Z', to: '2026-11-15T23:00:00Z', coverage: 1 },
            },
          }),
          ...accountProblems(),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      const selected = await selectedPeriod(deps, account, request.query)
      const { previous } = selected
      return success(
        distributionAnswer({
          accountNumber: account.accountNumber,
          period: selected.name,
          timeZone: account.timeZone,
          columns: selected.columns,
          selected: selected.selected,
          days: selected.days,
          previous: previous && { interval: previous, energy: await energyOf(deps, account, previous) },
        }),
      )
    },
  )
}

/** What was measured in an interval that starts at a local midnight and may end within a day. */
async function energyOf({ db }: ApiDeps, account: Account, interval: Interval): Promise<MeasuredEnergy> {
  const { fromOn, toOn } = daysOfInterval(interval, account.timeZone)
  const lastOn = addDays(toOn, -1)
  const cut = fromOn < toOn && dayInterval(lastOn, account.timeZone).toAt > interval.toAt
  const whole = totalOf(await readDayRows(db, account, fromOn, cut ? lastOn : toOn))
  if (!cut) return whole
  const [encoded] = await readEncodedDays(db, account, lastOn, toOn)
  if (encoded === undefined) return whole
  const part = energyBefore(decodeAnalysedDay(encoded).curve, interval.toAt)
  return { totalWh: whole.totalWh + part.totalWh, measuredS: whole.measuredS + part.measuredS }
}
