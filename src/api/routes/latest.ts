/** `GET /accounts/{account_number}/consumption/latest`: W over the latest six hours. */
import { hourMs, minuteMs } from '../../energy/civil-time.ts'
import { endedAt } from '../../energy/reading-series.ts'
import { neededBeforeMs, readingReachMs } from '../../energy/readings.ts'
import { type LatestData, latestAnswer, latestHours } from '../../insight/latest.ts'
import { type Account, closedAtOf, readReadings } from '../../store/index.ts'
import type { ApiDeps } from '../deps.ts'
import { answerOf, exampleMeta, insightSchema, wholeOrNull } from '../insight-schemas.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { electricityData, instant } from '../schemas.ts'

const data = insightSchema({
  electricity_data: electricityData({
    index: instant('Start of the slot.'),
    columns: ['active_power_received'],
    value: wholeOrNull('Mean power drawn from the grid [W]; `null` where the slot was not measured.'),
    description:
      'Mean power [W] per minute; where the meter sends quarter-hours, their mean power in each of their minutes.',
  }),
})

/** The route. */
export const latest: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption/latest',
    {
      schema: {
        operationId: 'getLatestConsumption',
        summary: 'Power over the latest six hours',
        description: "The meter's mean power [W] per minute over the six hours that end with the newest closed minute.",
        tags: ['Consumption'],
        params: accountParams,
        response: {
          200: envelope(answerOf<LatestData>(data), {
            account_number: '1234567890',
            electricity_data: {
              index: ['2026-11-23T12:04:00Z', '2026-11-23T12:05:00Z'],
              columns: ['active_power_received'],
              data: [[150], [null]],
            },
            meta: exampleMeta('W', { from: '2026-11-23T12:04:00Z', to: '2026-11-23T18:04:00Z' }),
          }),
          ...accountProblems(),
        },
      },
    },
    async (request) => success(await latestOf(deps, await accountOf(request, deps))),
  )
}

/** The answer for an account now. */
export async function latestOf({ db, clock }: ApiDeps, account: Account): Promise<LatestData> {
  const { accountNumber, timeZone } = account
  const now = clock()
  const [fromAt, toAt] = [now - latestHours * hourMs - minuteMs, now + readingReachMs]
  const wanted = { fromAt: fromAt - readingReachMs, toAt, channel: 'import' } as const
  const near = await readReadings(db, account, wanted)
  // Only of registers more can matter: a fall that one comes back from.
  const longer = { ...wanted, fromAt: fromAt - neededBeforeMs, kind: 'register' } as const
  const hasRegister = near.register.at.length > 0
  const series = hasRegister ? { ...near, register: (await readReadings(db, account, longer)).register } : near
  return latestAnswer({ accountNumber, timeZone, now, series: endedAt(series, closedAtOf(account)) })
}
