/** `DELETE /accounts/{account_number}`: erases a home. */
import { Type } from 'typebox'
import { deleteAccount } from '../../store/index.ts'
import { problem } from '../problems.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { accountNumber, closed } from '../schemas.ts'

const data = closed({
  account_number: accountNumber,
  deleted: Type.Literal(true, { description: 'Nothing is held of the account any more.' }),
})

/** The route. */
export const accountsDelete: Route = (app, deps) => {
  app.delete(
    '/accounts/:account_number',
    {
      schema: {
        operationId: 'deleteAccount',
        summary: 'Delete an account',
        description:
          "Erases everything that is held of the home: readings, analyses, its profile, its share in other homes' comparisons. It cannot be undone; the account is then unknown (404).",
        tags: ['Accounts'],
        params: accountParams,
        response: {
          200: envelope(data, { account_number: '1234567890', deleted: true }),
          ...accountProblems(),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      if (!(await deleteAccount(deps.db, account))) throw problem('account_not_found')
      await deps.doors.changed()
      return success({ account_number: account.accountNumber, deleted: true as const })
    },
  )
}
