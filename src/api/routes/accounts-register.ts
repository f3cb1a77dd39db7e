/** `POST /accounts`: registers a POD. */
import { Type } from 'typebox'
import { italianTime } from '../../energy/civil-time.ts'
import { normalisePod } from '../../energy/pod.ts'
import { registerAccount } from '../../store/index.ts'
import { companyCode, exampleRegistration, registrationOf, registrationSchema } from '../account-schemas.ts'
import { invalidInput, problem } from '../problems.ts'
import { bodyProblems, clientOf, clientProblems, envelope, type Route, success } from '../route.ts'
import { accountNumber, closed } from '../schemas.ts'

/** Clients take these out of an address before they send it (RFC 3986 §5.2.4): such an account could not be asked for. */
const dotSegments = ['.', '..']

const body = closed(
  {
    pod: Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        "The meter's POD: `IT` + 3 digits + `E` + 8 digits + an optional check character, or a code of 18 to 20 characters `[A-Z]{2}[0-9A-Z]{3}[A-Z0-9]{13,15}`. Case, spaces and hyphens do not matter.",
    }),
    account_number: Type.String({
      ...accountNumber,
      description:
        "The retailer's number of the customer; leading zeros are kept. Not `.` or `..`, which addresses cannot hold.",
    }),
    company_code: companyCode,
  },
  { examples: [exampleRegistration] },
)

/** The route. */
export const accountsRegister: Route = (app, deps) => {
  app.post(
    '/accounts',
    {
      schema: {
        operationId: 'registerAccount',
        summary: 'Register a POD',
        description:
          'Opens an account for a POD; rows of files that name it go to this account from the day on which the account before it ended (`pod_from`). The same registration again is answered the same. Two official PODs are one when their first 14 characters agree.',
        tags: ['Accounts'],
        body,
        response: {
          200: envelope(registrationSchema, exampleRegistration),
          ...clientProblems(...bodyProblems, 'company_not_granted', 'account_exists', 'pod_in_use'),
        },
      },
    },
    async (request) => {
      const client = clientOf(request)
      const pod = normalisePod(request.body.pod)
      if (pod === undefined)
        throw invalidInput([
          {
            pointer: '/pod',
            in: 'body',
            code: 'format_invalid',
            detail:
              'is not a POD: IT, three digits, E, eight digits, and a check character or none (other forms: 18 to 20 characters)',
          },
        ])
      if (dotSegments.includes(request.body.account_number)) {
        const detail = 'is not . or .., which addresses cannot hold'
        throw invalidInput([{ pointer: '/account_number', in: 'body', code: 'value_not_allowed', detail }])
      }
      if (!client.companies.includes(request.body.company_code)) throw problem('company_not_granted')
      const registered = await registerAccount(deps.db, client.id, {
        ...pod,
        accountNumber: request.body.account_number,
        companyCode: request.body.company_code,
        // Of the first market; every account carries its own.
        timeZone: italianTime,
        now: deps.clock(),
      })
      if (registered.outcome === 'conflict') throw problem(registered.reason)
      return success(registrationOf(registered.account))
    },
  )
}
