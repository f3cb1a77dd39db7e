/** `GET /accounts/{account_number}`: what is held of a home, and what can be answered from it. */
import { type Static, Type } from 'typebox'
import {
  dayMs,
  type EpochMs,
  firstDayOf,
  formatInstant,
  localDayOf,
  minuteMs,
  monthOf,
} from '../../energy/civil-time.ts'
import { roundTo } from '../../energy/rounding.ts'
import { yearDays } from '../../insight/months.ts'
import {
  type Account,
  hasMeasuredDay,
  type MeasuredSummary,
  measuredSummary,
  pendingDays,
  type ReadingsSummary,
  readingsSummary,
} from '../../store/index.ts'
import { accountOnWire, accountSchema, exampleRegistration } from '../account-schemas.ts'
import type { ApiDeps } from '../deps.ts'
import { rememberSavingPeers, type SavingPeers } from '../peer-homes.ts'
import { accountOf, accountParams, accountProblems, envelope, type Route, success } from '../route.ts'
import { closed, instant, nullable, oneOf, reason, type reasons, share, whole } from '../schemas.ts'
import { latestOf } from './latest.ts'
import { realtimeOf } from './realtime.ts'
import { savingOf } from './saving.ts'

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

const readings = closed(
  {
    from: instant('The first reading.'),
    to: instant('The last reading; at most a day ahead of now, unless all are.'),
    count: whole('Readings; one that replaced another counts once.'),
    coverage: nullable(
      share('Measured share of the time between the two, as far as it is over; `null` before anything was analysed.'),
    ),
    resolution_s: nullable(Type.Integer({ minimum: 1, description: 'The coarsest slot length of its days [s].' })),
  },
  {
    description: 'What was received and is held of what is drawn from the grid; `null` before the first such reading.',
  },
)

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
      available: Type.Boolean({
        description:
          'Whether it answers with figures now; those that ask for a period may have none in the one asked for. With a `reason` beside `true` they rest on less than they could.',
      }),
      reason,
    }),
    { description: 'What can be answered, and what is missing for the rest.' },
  ),
})

const example: Static<typeof data> = {
  ...exampleRegistration,
  pod_from: null,
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

/** The route. */
export const accountsRead: Route = (app, deps) => {
  const peers = rememberSavingPeers(deps)
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
    async (request) => success(await accountStatus(deps, peers, await accountOf(request, deps))),
  )
}

async function accountStatus(deps: ApiDeps, peers: SavingPeers, account: Account): Promise<Static<typeof data>> {
  const { db } = deps
  const now = deps.clock()
  // Further ahead (`at_in_future`) lies only what a clock that was ahead let in.
  const summary = await readingsSummary(db, account, 'import', now + dayMs)
  const measured = await measuredSummary(db, account, localDayOf(now, account.timeZone))
  const pending = await pendingDays(db, account, now)
  const isMeasured = hasMeasured(summary, measured, pending, now)
  return {
    ...accountOnWire(account),
    time_zone: account.timeZone,
    registered_at: formatInstant(account.openedAt),
    onboarded: account.onboarding !== null,
    readings: summary === null ? null : readingsOnWire(summary, measured, now),
    pending_days: pending,
    answers: await answersOf(deps, peers, account, isMeasured, now),
  }
}

function readingsOnWire(
  { fromAt, toAt, count }: ReadingsSummary,
  { measuredS, slotS, measuredToAt }: MeasuredSummary,
  now: EpochMs,
): Static<typeof readings> {
  const elapsedS = (Math.min(Math.max(toAt, measuredToAt ?? 0), now) - fromAt) / 1000
  return {
    from: formatInstant(fromAt),
    to: formatInstant(toAt),
    count,
    coverage: slotS === null || elapsedS <= 0 ? null : roundTo(Math.min(1, measuredS / elapsedS), 4),
    resolution_s: slotS,
  }
}

/** Whether a question is answered with figures, and what is missing. */
interface Answerable {
  readonly available: boolean
  readonly reason: Reason | null
}

const answerable: Answerable = { available: true, reason: null }

/** Of saving only what is missing is asked here: whom it is beside does not matter. */
const anyGroup = { criteria: { sizeBands: [0, 4] }, homes: [] } as const

/**
 * Whether something was measured. Of days that wait to be analysed nobody knows yet: readings say so, but not those that lie ahead, nor one
 * whose minute still runs. Once all are analysed, a register that was read once, or a quarter-hour that still runs, measured nothing.
 */
function hasMeasured(
  summary: ReadingsSummary | null,
  { measuredS }: MeasuredSummary,
  pending: number,
  now: EpochMs,
): boolean {
  const fromAt = summary?.measuredFromAt ?? null
  const hasRead = fromAt !== null && Math.floor(fromAt / minuteMs) < Math.floor(now / minuteMs)
  return measuredS > 0 || (pending > 0 && hasRead)
}

/** What the account's questions come to; those of now and of a fixed time as their endpoints say it. */
async function answersOf(deps: ApiDeps, peers: SavingPeers, account: Account, isMeasured: boolean, now: EpochMs) {
  const ofPeriod = isMeasured ? answerable : without('no_readings')
  const year = await yearOf(deps, account, now)
  const missing = await peers.missingOf(account)
  const saving = await savingOf(deps, account, missing ?? anyGroup)
  const special: Partial<Record<Question, Answerable>> = {
    realtime: ofReason((await realtimeOf(deps, account)).meta.reason),
    latest: ofReason((await latestOf(deps, account)).meta.reason),
    // Without enough peers reference statistics answer.
    performance: ofPeriod.available && missing !== null ? { available: true, reason: missing } : ofPeriod,
    trend: year,
    'yearly-distribution': year,
    compound: year,
    saving: { available: saving.consumption !== null, reason: saving.meta.reason },
  }
  return questions.map((question) => ({ question, ...(special[question] ?? ofPeriod) }))
}

function without(reason: Reason): Answerable {
  return { available: false, reason }
}

function ofReason(reason: Reason | null): Answerable {
  return reason === null ? answerable : without(reason)
}

/** The twelve complete months before the current one need a measured day among them. */
async function yearOf({ db }: ApiDeps, account: Account, now: EpochMs): Promise<Answerable> {
  const { fromOn, toOn } = yearDays(now, account.timeZone)
  const currentOn = firstDayOf(monthOf(localDayOf(now, account.timeZone)))
  if (await hasMeasuredDay(db, account, fromOn, currentOn)) return answerable
  return without((await hasMeasuredDay(db, account, currentOn, toOn)) ? 'not_enough_history' : 'no_readings')
}
