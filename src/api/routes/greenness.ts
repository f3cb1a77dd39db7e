/** `GET /greenness`: when the grid is green, today and tomorrow. */
import { Type } from 'typebox'
import { italianTime } from '../../energy/civil-time.ts'
import { gridSources } from '../../energy/grid-hours.ts'
import { defaultZone, type GreennessData, greennessAnswer } from '../../insight/greenness.ts'
import { thresholdBases } from '../../insight/greenness-windows.ts'
import { answerOf } from '../insight-schemas.ts'
import { badParameter, clientProblems, envelope, type Route, success } from '../route.ts'
import { closed, electricityData, instant, localDate, nullable, oneOf, reason, share } from '../schemas.ts'

/** The parameter that names a grid zone. */
export const zoneParameter = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    description: `${description} Italy as a whole is \`IT\`, its bidding zones \`NORD\`, \`CNOR\`, \`CSUD\`, \`SUD\`, \`CALA\`, \`SICI\`, \`SARD\`.`,
  })

const query = closed(
  { zone: Type.Optional(zoneParameter('A grid zone that there is data of, `IT` where absent.')) },
  { examples: [{ zone: 'IT' }] },
)

const windows = Type.Array(closed({ start: instant('Start of the window.'), stop: instant('Its end, exclusive.') }), {
  description:
    'When the share is above the threshold for at least 60 minutes: the longest three of each local day, those still ahead or running, in order of time.',
})

/** `meta.attribution` of answers from grid data. */
export const attribution = Type.Array(
  closed({
    source: Type.String({ description: 'Its name.' }),
    licence: Type.String({ description: 'The licence of its figures, or the terms that stand for one.' }),
    url: Type.String({ format: 'uri', description: 'Where it is.' }),
  }),
  { description: 'Every source whose figures the answer is made of: each is due attribution.' },
)

const meta = closed(
  {
    unit: Type.Literal('1', { description: 'The unit of the figures: a share.' }),
    zone: Type.String({ description: 'The grid zone.' }),
    time_zone: Type.String({ description: 'The time zone whose days are meant.' }),
    from: instant('Start of today.'),
    to: instant('End of tomorrow.'),
    resolution_s: Type.Literal(3600, { description: 'Length of a row of the series [s].' }),
    coverage: nullable(share("Share of today's elapsed time whose value was measured.")),
    estimated: Type.Boolean({ description: 'Whether any hour is a substitute.' }),
    model: nullable(Type.String({ description: 'Method of the newest hour that no source gives.' })),
    reason,
    hours: Type.Array(
      closed({
        at: instant('The row of the series.'),
        kind: nullable(
          oneOf(['actual', 'forecast', 'substitute'], {
            description: 'Measured, forecast, or what such an hour is usually like.',
          }),
        ),
        made_at: nullable(instant('When the value was measured, published or computed.')),
        source: nullable(
          oneOf(gridSources, {
            description:
              'Whose figures came last into it; `null` for a substitute. `attribution` names every source that it rests on.',
          }),
        ),
        model: nullable(
          Type.String({ description: 'The method that computed it; `null` for a value as its source gives it.' }),
        ),
      }),
      { description: 'What each row of the series is.' },
    ),
    threshold: Type.Array(
      closed({
        day: localDate('A local day.'),
        threshold: nullable(share('Its threshold.')),
        basis: nullable(
          oneOf(thresholdBases, {
            description: "Which makes it, the greater: the mean or the 67th percentile of the day's values.",
          }),
        ),
        reason,
      }),
      { description: "Per local day: max(mean, 67th percentile) of the day's values." },
    ),
    attribution,
  },
  { description: 'What the figures rest on.' },
)

const data = closed({
  best_windows: windows,
  time_series: electricityData({
    index: instant('Start of the hour.'),
    columns: ['renewable_fraction'],
    value: nullable(share('Renewable share of generation, 0–1.')),
    description: 'Hourly, from the start of today to the end of tomorrow (local).',
  }),
  meta,
})

const madeAt = '2026-11-23T05:00:00Z'

const example = {
  best_windows: [{ start: '2026-11-23T09:12:00Z', stop: '2026-11-23T14:03:00Z' }],
  time_series: {
    index: ['2026-11-22T23:00:00Z', '2026-11-23T00:00:00Z'],
    columns: ['renewable_fraction'],
    data: [[0.3127], [0.3202]],
  },
  meta: {
    unit: '1',
    zone: 'IT',
    time_zone: 'Europe/Rome',
    from: '2026-11-22T23:00:00Z',
    to: '2026-11-24T23:00:00Z',
    resolution_s: 3600,
    coverage: 0,
    estimated: true,
    model: 'climatology-2',
    reason: null,
    hours: [
      { at: '2026-11-22T23:00:00Z', kind: 'substitute', made_at: madeAt, source: null, model: 'climatology-2' },
      { at: '2026-11-23T00:00:00Z', kind: 'substitute', made_at: madeAt, source: null, model: 'climatology-2' },
    ],
    threshold: [
      {
        day: '2026-11-23' as GreennessData['meta']['threshold'][number]['day'],
        threshold: 0.3512,
        basis: 'percentile_67',
        reason: null,
      },
    ],
    attribution: [
      {
        source: 'ENTSO-E Transparency Platform',
        licence: 'Re-use with attribution',
        url: 'https://transparency.entsoe.eu',
      },
    ],
  },
} satisfies GreennessData

/** The route. */
export const greenness: Route = (app, deps) => {
  app.get(
    '/greenness',
    {
      schema: {
        operationId: 'getGreenness',
        summary: 'When the grid is green',
        description:
          'The renewable share of generation hour by hour, today and tomorrow, and the best windows to use energy in. Renewable: solar, wind, run-of-river, reservoir, biomass, geothermal, marine and what a source calls other renewables (Directive (EU) 2018/2001 art. 2(1)).',
        tags: ['Grid'],
        querystring: query,
        response: { 200: envelope(answerOf<GreennessData>(data), example), ...clientProblems() },
      },
    },
    async (request) => {
      const known = deps.greenness.hoursOf(request.query.zone ?? defaultZone)
      if ('refusal' in known) throw unknownZone(known.knownZones)
      return success(greennessAnswer({ now: deps.clock(), timeZone: italianTime, ...known }))
    },
  )
}

/** The refusal of a zone that there is no data of. */
export function unknownZone(known: readonly string[]) {
  return badParameter('zone', 'value_not_allowed', `Zones that are known: ${known.join(', ')}.`)
}
