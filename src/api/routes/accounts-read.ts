/** `GET /accounts/{account_number}`: what is held of a home, and what can be answered from it. */
import { type Static, Type } from 'typebox'
import { addDays, type EpochMs, formatInstant, localDayOf, monthOf } from '../../energy/civil-time.ts'
import { householdOf } from '../../energy/household.ts'
import { roundTo } from '../../energy/rounding.ts'
import { featuresOf } from '../../energy/similar-homes.ts'
import { type Account, measuredSummary, pendingDays, type ReadingsSummary, readingsSummary } from '../../store/index.ts'
import { accountOnWire, accountSchema, exampleRegistration } from '../account-schemas.ts'
import type { ApiDeps } from '../deps.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { closed, instant, nullable, oneOf, reason, type reasons, share, whole } from '../schemas.ts'

const questions = [
  'consumption',
  'distribution',
  'realtime',
  'latest',
  'performance',
  'habits',
  'usages',
  'trend',
  'yearly-distribution',
  'compound',
  'saving',
] as const

type Question = (typeof questions)[number]
type Reason = keyof typeof reasons

const readings = closed({
  from: instant('The first reading.'),
  to: instant('The last reading.'),
  count: whole('Readings; one that replaced another counts once.'),
  coverage: nullable(share('Measured share of the time between the two; `null` before anything was analysed.')),
  resolution_s: nullable(Type.Integer({ minimum: 1, description: 'The coarsest slot length of its days [s].' })),
})

const data = closed({
  ...accountSchema.properties,
  time_zone: Type.String({ description: 'The time zone whose days, hours and months are meant.' }),
  registered_at: instant('When the account was registered.'),
  onboarded: Type.Boolean({ description: 'Whether the home has said what it is like.' }),
  readings: nullable(readings),
  pending_days: whole('Days received and not yet analysed; 0: every answer is current.'),
  answers: Type.Array(
    closed({
      question: oneOf(questions, { description: 'The endpoint.' }),
      available: Type.Boolean({ description: 'Whether it answers with figures now.' }),
      reason,
    }),
    { description: 'What can be answered, and what is missing for the rest.' },
  ),
})

const example: Static<typeof data> = {
  ...exampleRegistration,
  closed_on: null,
  time_zone: 'Europe/Rome',
  registered_at: '2025-10-02T08:15:30Z',
  onboarded: true,
  readings: {
    from: '2025-10-02T22:00:00Z',
    to: '2026-11-23T17:04:00Z',
    count: 601_502,
    coverage: 0.9981,
    resolution_s: 60,
  },
  pending_days: 0,
  answers: [
    { question: 'consumption', available: true, reason: null },
    { question: 'realtime', available: false, reason: 'stale' },
  ],
}

/** The newest reading counts as "now" for this long [ms]. */
const freshMs = 900_000

/** The route. */
export const accountsRead: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number',
    {
      schema: {
        operationId: 'getAccount',
        summary: 'Read an account',
        description: 'The account, what was received of it, and what can be answered from that.',
        tags: ['Accounts'],
        params: accountParams,
        response: { 200: envelope(data, example), ...accountProblems() },
      },
    },
    async (request) => success(await accountStatus(deps, await accountOf(request, deps))),
  )
}

async function accountStatus({ db, clock }: ApiDeps, account: Account): Promise<Static<typeof data>> {
  const now = clock()
  const summary = await readingsSummary(db, account)
  return {
    ...accountOnWire(account),
    time_zone: account.timeZone,
    registered_at: formatInstant(account.openedAt),
    onboarded: account.onboarding !== null,
    readings: summary === null ? null : await readingsOnWire(db, account, summary),
    pending_days: await pendingDays(db, account, now),
    answers: questions.map((question) => {
      const missing = missingFor(question, account, summary, now)
      return { question, available: missing === null || missing === 'profile_missing', reason: missing }
    }),
  }
}

async function readingsOnWire(
  db: ApiDeps['db'],
  account: Account,
  summary: ReadingsSummary,
): Promise<Static<typeof readings>> {
  const { measuredS, slotS, measuredToAt } = await measuredSummary(db, account)
  const elapsedS = (Math.max(summary.toAt, measuredToAt ?? 0) - summary.fromAt) / 1000
  return {
    from: formatInstant(summary.fromAt),
    to: formatInstant(summary.toAt),
    count: summary.count,
    coverage: slotS === null || elapsedS <= 0 ? null : roundTo(Math.min(1, measuredS / elapsedS), 4),
    resolution_s: slotS,
  }
}

/** What a question lacks; a comparison without a profile still answers, from reference statistics. */
function missingFor(
  question: Question,
  account: Account,
  summary: ReadingsSummary | null,
  now: EpochMs,
): Reason | null {
  const newestAt = summary?.newestMeasuredAt ?? null
  if (summary === null || newestAt === null) return 'no_readings'
  const firstOn = localDayOf(summary.fromAt, account.timeZone)
  const today = localDayOf(now, account.timeZone)
  switch (question) {
    case 'realtime':
    case 'latest':
      return now - newestAt > freshMs ? 'stale' : null
    case 'performance':
      return featuresOf(householdOf(account.onboarding)) === null ? 'profile_missing' : null
    case 'trend':
    case 'compound':
    case 'yearly-distribution':
      return monthOf(firstOn) >= monthOf(today) ? 'not_enough_history' : null
    case 'saving':
      return firstOn > addDays(today, -28) ? 'not_enough_history' : null
    default:
      return null
  }
}
