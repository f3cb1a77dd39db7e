/** `POST /accounts/{account_number}/closure`: ends a supply. */
import { parseDay } from '../../energy/civil-time.ts'
import { closeAccount } from '../../store/index.ts'
import { accountOnWire, accountSchema, exampleRegistration } from '../account-schemas.ts'
import { invalidInput, problem } from '../problems.ts'
import { accountOf, accountParams, accountProblems, bodyProblems, envelope, type Route, success } from '../route.ts'
import { closed, localDate } from '../schemas.ts'

const body = closed(
  { on: localDate('The first local day without supply; readings from its beginning on are refused.') },
  { examples: [{ on: '2026-11-30' }] },
)

/** The route. */
export const accountsClose: Route = (app, deps) => {
  app.post(
    '/accounts/:account_number/closure',
    {
      schema: {
        operationId: 'closeAccount',
        summary: 'End a supply',
        description:
          'A change of tenant or retailer: readings that begin on that day or later are refused from now on (those that are held stay, also where the day lies in the past), the POD is free for another account, which may be registered ahead, and the history stays with this one. Sent again, the new date replaces the old; a later one is refused once another account has had the POD, and with an earlier one the account after this has the POD from that day on.',
        tags: ['Accounts'],
        params: accountParams,
        body,
        response: {
          200: envelope(accountSchema, { ...exampleRegistration, pod_from: null, closed_on: '2026-11-30' }),
          ...accountProblems(...bodyProblems, 'pod_in_use'),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      const on = parseDay(request.body.on)
      if (on === undefined)
        throw invalidInput([{ pointer: '/on', in: 'body', code: 'format_invalid', detail: 'is not a date' }])
      const ended = await closeAccount(deps.db, account, on, deps.clock())
      if (ended === undefined) throw problem('pod_in_use')
      await deps.doors.changed()
      return success(accountOnWire(ended))
    },
  )
}
