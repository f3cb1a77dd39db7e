/** `POST` and `GET /accounts/{account_number}/onboarding`: what a household says of itself. */
import { type Static, Type } from 'typebox'
import { householdOf, type Onboarding } from '../../energy/household.ts'
import { type Account, saveOnboarding } from '../../store/index.ts'
import { appliances, houseProperties, onboardingBody, onboardingOf, quantity, residents } from '../onboarding-body.ts'
import { problem } from '../problems.ts'
import { accountOf, accountParams, accountProblems, bodyProblems, envelope, type Route, success } from '../route.ts'
import { accountNumber, applianceKey, closed } from '../schemas.ts'

const data = closed({
  account_number: accountNumber,
  onboarding_data: closed(
    {
      house: Type.Optional(closed(houseProperties, { description: 'The house or flat.' })),
      residents: Type.Optional(residents),
      appliances: Type.Optional(appliances),
    },
    { description: 'What was sent.' },
  ),
  appliances_in_use: Type.Array(closed({ appliance: applianceKey, quantity }), {
    description: 'The appliances that answers tell apart, in the order of their columns.',
  }),
  defaulted: Type.Boolean({ description: 'Whether the default appliances stand in for a list that was not sent.' }),
})

const example: Static<typeof data> = {
  account_number: '1234567890',
  onboarding_data: {
    house: { type: 'apartment', dimesion: 87, province: 'MI' },
    residents: { adults: 1, children: 1, elderlies: 0 },
    appliances: [{ appliance: 'airConditioner', quantity: 1 }],
  },
  appliances_in_use: [
    { appliance: 'airConditioner', quantity: 1 },
    { appliance: 'smallAppliances', quantity: 1 },
    { appliance: 'standby', quantity: 1 },
  ],
  defaulted: false,
}

/** The routes. */
export const onboarding: Route = (app, deps) => {
  app.post(
    '/accounts/:account_number/onboarding',
    {
      schema: {
        operationId: 'putOnboarding',
        summary: 'Say what a home is like',
        description:
          'House, residents and appliances. Sent again, it replaces what was said before, and where it says something else the history is analysed anew.',
        tags: ['Accounts'],
        params: accountParams,
        body: onboardingBody,
        response: {
          200: envelope(data, example),
          ...accountProblems(...bodyProblems),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      const said = onboardingOf(request.body)
      const onboarded = await saveOnboarding(deps.db, account, said, deps.clock())
      deps.onStale()
      return success(onWire(onboarded, said))
    },
  )
  app.get(
    '/accounts/:account_number/onboarding',
    {
      schema: {
        operationId: 'getOnboarding',
        summary: 'Read what a home is like',
        description: 'What the home last said of itself.',
        tags: ['Accounts'],
        params: accountParams,
        response: { 200: envelope(data, example), ...accountProblems('onboarding_not_found') },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      if (account.onboarding === null) throw problem('onboarding_not_found')
      return success(onWire(account, account.onboarding))
    },
  )
}

function onWire(account: Account, said: Onboarding): Static<typeof data> {
  const household = householdOf(said)
  return {
    account_number: account.accountNumber,
    onboarding_data: said as Static<typeof data>['onboarding_data'],
    appliances_in_use: [...household.appliances].map(([appliance, count]) => ({ appliance, quantity: count })),
    defaulted: household.defaulted,
  }
}
