/** `GET /accounts/{account_number}/greenness`: when an appliance should run in this home. */
import { Type } from 'typebox'
import type { ApplianceKey } from '../../energy/appliances.ts'
import { addDays, type EpochMs, hourMs, localDayOf } from '../../energy/civil-time.ts'
import { zoneOfProvince } from '../../energy/grid-zones.ts'
import { type Household, householdOf } from '../../energy/household.ts'
import { intervalOf } from '../../energy/periods.ts'
import { cyclicAppliances } from '../../energy/reference-appliances.ts'
import { columnsOf } from '../../insight/answers.ts'
import {
  type ApplianceGreennessData,
  applianceGreennessAnswer,
  runsMin,
  type ZoneBasis,
  zoneBases,
} from '../../insight/appliance-greenness.ts'
import { defaultZone, type ZoneHours } from '../../insight/greenness.ts'
import { type Account, newestMeasuredSlot, readDayRows, readEncodedDays, readRuns } from '../../store/index.ts'
import type { ApiDeps } from '../deps.ts'
import { answerOf, exampleMeta, insightSchema } from '../insight-schemas.ts'
import {
  accountOf,
  accountParams,
  accountProblems,
  badParameter,
  clientOf,
  envelope,
  type Route,
  success,
} from '../route.ts'
import { applianceKey, closed, instant, nullable, oneOf, reasons, share, whole } from '../schemas.ts'
import { attribution, unknownZone, zoneParameter } from './greenness.ts'

/** Runs are looked for in so many days before today, and the newest of them say what is typical. */
const lookBackDays = 90
const runsMax = 30
const priceWeightDefault = 0.5
/** A run that ended later than this before the newest reading may still go on [ms]. */
const settledMs = hourMs

const query = closed(
  {
    appliance: oneOf(cyclicAppliances, { description: 'An appliance that runs in cycles and that the home declares.' }),
    zone: Type.Optional(
      zoneParameter(
        "The grid zone; that of the home's province where there is data of it, else `IT` (`meta.zone_basis` says which).",
      ),
    ),
    price_weight: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: priceWeightDefault,
        description:
          'How much the tariff band counts: at 1 a run all in F3 counts as 0.1 of renewable share more than one all in F1, F2 half of that; at 0 only the share counts. The bands are ordered, not priced: no tariff is known here.',
      }),
    ),
  },
  { examples: [{ appliance: 'dishwasher' }] },
)

const bandShares = closed(
  { f1: share('In F1.'), f2: share('In F2.'), f3: share('In F3.') },
  { description: "Shares of the run's energy per tariff band; together 1." },
)

const data = insightSchema(
  {
    appliance: applianceKey,
    typical_run: nullable(
      closed(
        {
          runs: whole(`Detected runs that it is made of: the newest of the last ${lookBackDays} days.`),
          duration_s: whole('Their median length [s].'),
          energy_wh: whole('Their median energy [Wh].'),
          step_s: whole('Length of a step of `power_w` [s].'),
          power_w: Type.Array(whole('Mean power of the step [W].'), {
            description: 'Power over the run, from its start on.',
          }),
        },
        {
          description: `What a run is like in this home; \`null\` below ${runsMin} runs (\`meta.reason\` says when more will not come).`,
        },
      ),
    ),
    best_starts: Type.Array(
      closed({
        start: instant('When to start.'),
        stop: instant('When a typical run is over.'),
        expected_share: share("Renewable share of generation, weighted by the run's energy."),
        band_shares: bandShares,
        gain: nullable(
          Type.Number({ description: '`expected_share` less that of the usual starts; may be negative.' }),
        ),
        estimated: Type.Boolean({ description: 'Whether any of its hours is a substitute.' }),
      }),
      {
        maxItems: 3,
        description:
          'The best three starts of the next 24 hours (by quarter hours, an hour or more apart), the best first.',
      },
    ),
    usual: nullable(
      closed(
        { expected_share: share('What to expect at the usual times.'), band_shares: bandShares },
        { description: "The same run started at the wall-clock times of the home's past runs, on average." },
      ),
    ),
  },
  {
    zone: Type.String({ description: 'The grid zone whose shares these are.' }),
    zone_basis: oneOf(zoneBases, {
      description:
        "Why that zone: `asked` by the request, `province` of the home; or Italy as a whole, because of the home's zone nothing is known (`no_zone_data`) or its province is not (`no_province`).",
    }),
    home_zone: nullable(Type.String({ description: "The bidding zone of the home's province." })),
    price_weight: Type.Number({ description: 'How much the tariff band counted.' }),
    attribution,
    from: instant('Now: starts are tried from here on.'),
    to: instant('Until when starts are tried: 24 hours ahead, less where too little is known of these.'),
    resolution_s: nullable(
      Type.Integer({
        minimum: 1,
        description: `The coarsest slot length [s] of the readings of the last ${lookBackDays} days, in which runs were looked for.`,
      }),
    ),
    coverage: nullable(share(`Measured share of the last ${lookBackDays} days, in which runs were looked for.`)),
    reason: nullable(
      oneOf(Object.keys(reasons) as (keyof typeof reasons)[], {
        description: `Why there are no best starts, \`null\` where there are. \`no_readings\`: nothing was measured in the last ${lookBackDays} days. \`not_enough_history\`: fewer than ${runsMin} runs were detected in them; that stays so for an appliance that cannot be told apart from these readings (\`confidence\` 0), or whose runs are too short to show in them (\`estimated_appliances\`). \`forecast_unavailable\`: ${reasons.forecast_unavailable} \`flat_day\`: no start is better than another.`,
      }),
    ),
  },
)

const example = {
  account_number: '1234567890',
  appliance: 'dishwasher',
  typical_run: {
    runs: 24,
    duration_s: 6300,
    energy_wh: 1180,
    step_s: 900,
    power_w: [240, 1900, 420, 60, 55, 1820, 225],
  },
  best_starts: [
    {
      start: '2026-11-24T10:45:00Z',
      stop: '2026-11-24T12:30:00Z',
      expected_share: 0.4471,
      band_shares: { f1: 1, f2: 0, f3: 0 },
      gain: 0.1194,
      estimated: false,
    },
  ],
  usual: { expected_share: 0.3277, band_shares: { f1: 0.1, f2: 0.82, f3: 0.08 } },
  meta: {
    ...exampleMeta('Wh', { model: 'unet-19', confidence: { dishwasher: 0.75 } }),
    unit: '1',
    from: '2026-11-23T15:00:00Z',
    to: '2026-11-24T15:00:00Z',
    zone: 'IT',
    zone_basis: 'no_zone_data',
    home_zone: 'NORD',
    price_weight: priceWeightDefault,
    attribution: [
      {
        source: 'ENTSO-E Transparency Platform',
        licence: 'Re-use with attribution',
        url: 'https://transparency.entsoe.eu',
      },
    ],
  },
} satisfies ApplianceGreennessData

/** The route. */
export const applianceGreenness: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/greenness',
    {
      schema: {
        operationId: 'getApplianceGreenness',
        summary: 'When an appliance should run',
        description:
          "The best times to start an appliance within the next 24 hours: its typical run in this home laid over the grid's renewable share and the tariff bands, and what is gained against the times at which the home usually starts it.",
        tags: ['Grid'],
        params: accountParams,
        querystring: query,
        response: { 200: envelope(answerOf<ApplianceGreennessData>(data), example), ...accountProblems('overloaded') },
      },
    },
    async (request) => {
      const { appliance, zone, price_weight: priceWeight = priceWeightDefault } = request.query
      const account = await accountOf(request, deps)
      const household = householdOf(account.onboarding)
      refuseUndeclared(appliance, household)
      const now = deps.clock()
      const grid = gridOf(deps, zone, household)
      const past = await deps.answerGate.pass(clientOf(request).id, () => pastRunsOf(deps, account, appliance, now))
      const { accountNumber, timeZone } = account
      const asked = { accountNumber, appliance, timeZone, now, priceWeight, calendar: deps.bandCalendar }
      return success(applianceGreennessAnswer({ ...asked, ...grid, ...past }))
    },
  )
}

function refuseUndeclared(appliance: ApplianceKey, household: Household): void {
  const declared = columnsOf(household).filter((key) => cyclicAppliances.includes(key))
  if (declared.includes(appliance)) return
  const those = declared.length === 0 ? 'none that runs in cycles' : declared.join(', ')
  throw badParameter('appliance', 'value_not_allowed', `The home declares ${those}.`)
}

/** The zone that the request names, else the home's own where its next hours are known, else Italy as a whole. */
function gridOf({ greenness, clock }: ApiDeps, asked: string | undefined, household: Household) {
  const homeZone = zoneOfProvince(household.house?.province) ?? null
  const said = (grid: ZoneHours, zoneBasis: ZoneBasis) => ({ grid, zoneBasis, homeZone })
  if (asked !== undefined) {
    const known = greenness.hoursOf(asked)
    if ('refusal' in known) throw unknownZone(known.knownZones)
    return said(known, 'asked')
  }
  const own = homeZone === null ? undefined : greenness.hoursOf(homeZone)
  const now = clock()
  if (own !== undefined && 'hours' in own && own.hours.some(({ startAt }) => startAt > now))
    return said(own, 'province')
  const italy = greenness.hoursOf(defaultZone)
  if ('refusal' in italy) throw new Error('Italy as a whole is always told of.')
  return said(italy, homeZone === null ? 'no_province' : 'no_zone_data')
}

/** The newest runs with their power, and the days that they were looked for in. */
async function pastRunsOf({ db, shapeRuns }: ApiDeps, account: Account, appliance: ApplianceKey, now: EpochMs) {
  const toOn = addDays(localDayOf(now, account.timeZone), 1)
  const fromOn = addDays(toOn, -lookBackDays)
  const interval = intervalOf(fromOn, toOn, account.timeZone)
  const days = await readDayRows(db, account, fromOn, toOn)
  const all = await readRuns(db, account, interval.fromAt, now)
  // A run that has just begun, or that readings have not followed to its end, is not over: its length is not known.
  const knownToAt = Math.min(now, (await newestMeasuredSlot(db, account)) ?? now)
  const over = all.filter((run) => run.appliance === appliance && run.stopAt <= knownToAt - settledMs)
  const runs = over.slice(-runsMax)
  const [first, last] = [runs[0], runs.at(-1)]
  if (first === undefined || last === undefined) return { days, interval: { ...interval, toAt: now }, runs: [] }
  const encoded = await readEncodedDays(
    db,
    account,
    localDayOf(first.startAt, account.timeZone),
    addDays(localDayOf(last.stopAt, account.timeZone), 1),
  )
  return { days, interval: { ...interval, toAt: now }, runs: await shapeRuns({ days: encoded, runs, appliance }) }
}
