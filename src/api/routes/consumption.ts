/** `GET /accounts/{account_number}/consumption`: W per appliance and slot. */
import { Type } from 'typebox'
import { readEncodedDays } from '../../store/index.ts'
import {
  answerOf,
  exampleColumns,
  exampleMeta,
  exampleTelling,
  insightSchema,
  wholeOrNull,
} from '../insight-schemas.ts'
import {
  accountOf,
  accountParams,
  accountProblems,
  badParameter,
  clientOf,
  envelope,
  periodAnswer,
  periodQueryWith,
  type Route,
} from '../route.ts'
import { electricityData, instant } from '../schemas.ts'
import { selectedPeriod } from '../selected-period.ts'

const data = insightSchema({
  period: periodAnswer,
  electricity_data: electricityData({
    index: instant('Start of the slot.'),
    columns: 'appliances',
    value: wholeOrNull('Mean power of the slot [W]; `null` where the slot was not measured.'),
    description: 'Mean power [W] per appliance and slot.',
  }),
})

const query = periodQueryWith({
  resolution: Type.Optional(
    Type.Integer({
      enum: [60, 900, 3600],
      description:
        "Length of the answer's slots [s]: the readings' own where absent (60, or 900 for quarter-hour meters; those of the newest day where nothing was measured), coarser where asked for, never finer.",
    }),
  ),
})

/** The route. */
export const consumption: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption',
    {
      schema: {
        operationId: 'getConsumption',
        summary: 'Power per appliance over time',
        description:
          'Mean power [W] of every appliance in every slot of the period. Columns add up to the meter in every slot. Unmeasured slots are rows of `null`. A running period ends with the newest closed slot.',
        tags: ['Consumption'],
        params: accountParams,
        querystring: query,
        response: {
          // Sent as bytes that a worker thread wrote.
          200: answerOf<Uint8Array>(
            envelope(answerOf<object>(data), {
              account_number: '1234567890',
              period: 'yesterday',
              electricity_data: {
                index: ['2026-11-21T23:00:00Z', '2026-11-21T23:01:00Z'],
                columns: exampleColumns,
                data: [
                  [82, 0, 131, 44],
                  [null, null, null, null],
                ],
              },
              meta: exampleMeta('W', exampleTelling),
            }),
          ),
          ...accountProblems('overloaded'),
        },
      },
    },
    async (request, reply) => {
      const account = await accountOf(request, deps)
      const { resolution, ...asked } = request.query
      const { finestS } = await selectedPeriod(deps, account, asked, resolution)
      if (resolution !== undefined && resolution < finestS)
        throw badParameter(
          'resolution',
          'value_out_of_range',
          `The readings of that time allow ${finestS} at the finest.`,
        )
      // A running period ends with the newest closed slot of the answer, which has the coarsest of the days' slots.
      const selected = await selectedPeriod(deps, account, asked, resolution ?? finestS)
      const question = {
        accountNumber: account.accountNumber,
        period: selected.name,
        timeZone: account.timeZone,
        columns: selected.columns,
        interval: selected.selected,
        slotS: resolution ?? finestS,
      }
      const answer = await deps.answerGate.pass(clientOf(request).id, async () => {
        const days = await readEncodedDays(deps.db, account, selected.fromOn, selected.toOn)
        return await deps.renderConsumption({ days, question })
      })
      return await reply.type('application/json; charset=utf-8').send(Buffer.from(answer))
    },
  )
}
