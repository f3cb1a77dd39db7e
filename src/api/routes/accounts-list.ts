/** `GET /accounts`: the client's accounts. */
import { Type } from 'typebox'
import { listAccounts } from '../../store/index.ts'
import { accountOnWire, accountSchema, exampleRegistration } from '../account-schemas.ts'
import { badParameter, clientOf, clientProblems, envelope, type Route, success } from '../route.ts'
import { closed, nullable } from '../schemas.ts'

const accountsMax = 1000
const accountsUsual = 100

const query = closed(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: accountsMax,
        description: `How many to give at once; ${accountsUsual} where absent.`,
      }),
    ),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: 'The `next_cursor` of the answer before.' }),
    ),
  },
  { examples: [{ limit: 100 }] },
)

const data = closed({
  accounts: Type.Array(accountSchema, { maxItems: accountsMax, description: 'By account number.' }),
  next_cursor: nullable(Type.String({ description: 'Gives the next ones; `null` where there are no more.' })),
})

/** The route. */
export const accountsList: Route = (app, deps) => {
  app.get(
    '/accounts',
    {
      schema: {
        operationId: 'listAccounts',
        summary: 'List the accounts',
        description: "The client's accounts, closed ones included, by account number.",
        tags: ['Accounts'],
        querystring: query,
        response: {
          200: envelope(data, {
            accounts: [{ ...exampleRegistration, pod_from: null, closed_on: null }],
            next_cursor: null,
          }),
          ...clientProblems(),
        },
      },
    },
    async (request) => {
      const { limit = accountsUsual, cursor } = request.query
      const after = cursor === undefined ? undefined : numberOfCursor(cursor)
      const accounts = await listAccounts(deps.db, clientOf(request).id, { limit: limit + 1, after })
      const last = accounts.length > limit ? accounts[limit - 1] : undefined
      return success({
        accounts: accounts.slice(0, limit).map(accountOnWire),
        next_cursor: last === undefined ? null : cursorOf(last.accountNumber),
      })
    },
  )
}

/** Opaque, so that what it holds may change. */
function cursorOf(accountNumber: string): string {
  return Buffer.from(accountNumber).toString('base64url')
}

function numberOfCursor(cursor: string): string {
  const number = Buffer.from(cursor, 'base64url').toString()
  if (cursorOf(number) === cursor && /^[\w.-]+$/.test(number)) return number
  throw badParameter('cursor', 'format_invalid', 'is no cursor of this list')
}
