/** `GET /accounts/{account_number}/consumption/realtime`: W now. */
import { Type } from 'typebox'
import { hourMs } from '../../energy/civil-time.ts'
import { neededBeforeMs } from '../../energy/readings.ts'
import { type RealtimeData, realtimeAgeMaxS, realtimeAnswer, restsOnRegister } from '../../insight/realtime.ts'
import { type Account, measuredUntil, newestReadings } from '../../store/index.ts'
import type { ApiDeps } from '../deps.ts'
import { answerOf, exampleMeta, insightSchema, wholeOrNull } from '../insight-schemas.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { instant, nullable } from '../schemas.ts'

/** How far back readings can matter: an hour of interval energy or between two registers, and the age of "now" [ms]. */
const lookBackMs = 2 * hourMs + realtimeAgeMaxS * 1000

const data = insightSchema({
  realtime_consumption: wholeOrNull(
    `Power of the newest reading [W]; \`null\` where it is older than ${realtimeAgeMaxS} s (\`stale\`), or newer and shows no power (\`low_coverage\`): it says that nothing was measured, or is the first reading of a register or the first after a reset.`,
  ),
  measured_at: nullable(
    instant(
      'When the newest reading that measured did so; interval energy counts as measured at its end, not while it runs.',
    ),
  ),
  age_s: nullable(Type.Integer({ minimum: 0, description: 'How long ago that was [s].' })),
})

/** The route. */
export const realtime: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/consumption/realtime',
    {
      schema: {
        operationId: 'getRealtimeConsumption',
        summary: 'Power now',
        description: `The power [W] that the newest reading shows, where it is at most ${realtimeAgeMaxS} s old.`,
        tags: ['Consumption'],
        params: accountParams,
        response: {
          200: envelope(answerOf<RealtimeData>(data), {
            account_number: '1234567890',
            realtime_consumption: 532,
            measured_at: '2026-11-23T18:04:00Z',
            age_s: 21,
            meta: exampleMeta('W', {
              from: '2026-11-23T18:04:00Z',
              to: '2026-11-23T18:04:21Z',
              resolution_s: null,
              coverage: null,
            }),
          }),
          ...accountProblems(),
        },
      },
    },
    async (request) => success(await realtimeOf(deps, await accountOf(request, deps))),
  )
}

/** The answer for an account now. */
export async function realtimeOf({ db, clock }: ApiDeps, account: Account): Promise<RealtimeData> {
  const { accountNumber, timeZone } = account
  const now = clock()
  const fromAt = now - lookBackMs
  const [recent, newestMeasuredAt] = await Promise.all([
    newestReadings(db, account, { fromAt, toAt: now + 1, channel: 'import' }),
    measuredUntil(db, account, now),
  ])
  const older = restsOnRegister(recent, now)
    ? await newestReadings(db, account, {
        fromAt: fromAt - neededBeforeMs,
        toAt: fromAt,
        channel: 'import',
        kind: 'register',
      })
    : []
  return realtimeAnswer({ accountNumber, timeZone, now, readings: [...recent, ...older], newestMeasuredAt })
}
