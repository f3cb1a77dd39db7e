/** `GET /accounts/{account_number}/saving`: what could be saved, appliance by appliance. */
import { Type } from 'typebox'
import { householdOf } from '../../energy/household.ts'
import { last28Days } from '../../energy/periods.ts'
import { type SavingData, type SavingQuestion, savingAnswer } from '../../insight/saving.ts'
import { type Account, readDayRows, readingsSummary, readRuns } from '../../store/index.ts'
import type { ApiDeps } from '../deps.ts'
import { answerOf, exampleMeta, exampleTelling, insightSchema, wholeOrNull } from '../insight-schemas.ts'
import { rememberSavingPeers } from '../peer-homes.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { applianceKey, closed, instant, nullable, oneOf, whole } from '../schemas.ts'

const history = closed(
  {
    threshold: whole("A quarter of the peers' average: what a week of standby usually is [Wh]."),
    consumptions_history: Type.Array(
      closed({
        start: instant('The first local day of the week, as a date.'),
        stop: instant('The last local day of the week, included, as a date.'),
        value: wholeOrNull('Standby of the week [Wh].'),
      }),
      { minItems: 4, maxItems: 4, description: 'The four weeks, oldest first.' },
    ),
  },
  { description: 'Standby of the four weeks; together its `user`.' },
)

const applianceSaving = closed({
  appliance: applianceKey,
  single_use_consumption: Type.Optional(
    closed(
      {
        user: nullable(whole('Energy of one run [Wh]; `null` without a run.')),
        average: whole('The same of the peers, to two significant digits [Wh].'),
      },
      { description: 'Appliances that run in cycles. Wh.' },
    ),
  ),
  usages_number: Type.Optional(
    closed(
      {
        user: nullable(
          whole(
            'Runs that started in the 28 days; `null` where these readings cannot tell them: `meta.confidence` is 0, or all days are of quarter-hours, in which those of kettle and microwave do not show (`meta.estimated_appliances` names them). Beside days of minutes such days add none here; their likely energy is in the other answers.',
          ),
        ),
        average: whole(
          'The same of the peers, scaled by the share of the 28 days in which the readings of this home show the appliance.',
        ),
      },
      { description: 'Runs of such an appliance.' },
    ),
  ),
  total_consumption: Type.Optional(
    closed(
      {
        user: whole('Energy in the 28 days [Wh].'),
        average: whole(
          'The same of the peers, scaled by the share of the 28 days in which the readings of this home show the appliance [Wh].',
        ),
      },
      { description: 'Appliances that run all the time. Wh.' },
    ),
  ),
  consumption: closed(
    {
      actual: whole(
        'Energy of the appliance in the 28 days [Wh]: of its runs where it has any, 0 where none are told (a kettle in quarter-hours, which other answers estimate).',
      ),
      saving: whole('What of it could be saved: the own need less the efficient one [Wh].'),
    },
    { description: 'What the appliance used, and what of it could be saved. Wh.' },
  ),
  efficient: whole("The peers' 20th percentile [Wh]: per run, or of 28 days for an appliance that runs all the time."),
  basis: oneOf(['efficient_peers', 'reference_appliance'], {
    description: 'What the comparison rests on: similar homes, or typical appliances where there are too few.',
  }),
  history: Type.Optional(history),
})

const data = insightSchema({
  consumption: wholeOrNull('Energy of the home in the 28 days [Wh].'),
  saving_data: Type.Array(applianceSaving, {
    description: 'Appliances that run in cycles, fridge, freezer and standby; others are not listed.',
  }),
})

const example = {
  account_number: '1234567890',
  consumption: 244_960,
  saving_data: [
    {
      appliance: 'dishwasher',
      single_use_consumption: { user: 1170, average: 1000 },
      usages_number: { user: 23, average: 19 },
      consumption: { actual: 26_905, saving: 5750 },
      efficient: 920,
      basis: 'efficient_peers',
    },
    {
      appliance: 'standby',
      total_consumption: { user: 29_630, average: 24_000 },
      consumption: { actual: 29_630, saving: 10_630 },
      efficient: 19_000,
      basis: 'efficient_peers',
      history: {
        threshold: 6000,
        consumptions_history: [
          { start: '2026-10-26T00:00:00Z', stop: '2026-11-01T00:00:00Z', value: 7390 },
          { start: '2026-11-02T00:00:00Z', stop: '2026-11-08T00:00:00Z', value: 7410 },
          { start: '2026-11-09T00:00:00Z', stop: '2026-11-15T00:00:00Z', value: 7420 },
          { start: '2026-11-16T00:00:00Z', stop: '2026-11-22T00:00:00Z', value: 7410 },
        ],
      },
    },
  ],
  meta: exampleMeta('Wh', exampleTelling),
} satisfies SavingData

/** The route. */
export const saving: Route = (app, deps) => {
  const peers = rememberSavingPeers(deps)
  app.get(
    '/accounts/:account_number/saving',
    {
      schema: {
        operationId: 'getSaving',
        summary: 'What could be saved',
        description:
          'Runs and energy of the last 28 complete local days beside those of similar homes, appliance by appliance. Every energy is Wh: nothing is to be divided by 100 or 1,000.',
        tags: ['Comparison'],
        params: accountParams,
        response: { 200: envelope(answerOf<SavingData>(data), example), ...accountProblems() },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      return success(await savingOf(deps, account, await peers.groupOf(account)))
    },
  )
}

/** The answer for an account now, beside its similar homes. */
export async function savingOf(deps: ApiDeps, account: Account, group: SavingQuestion['group']): Promise<SavingData> {
  const household = householdOf(account.onboarding)
  const { fromOn, toOn, days: window, interval } = last28Days(deps.clock(), account.timeZone)
  return savingAnswer({
    accountNumber: account.accountNumber,
    timeZone: account.timeZone,
    household,
    window,
    interval,
    days: await readDayRows(deps.db, account, fromOn, toOn),
    runs: await readRuns(deps.db, account, interval.fromAt, interval.toAt),
    measuredFromAt: (await readingsSummary(deps.db, account))?.measuredFromAt ?? null,
    group,
  })
}
