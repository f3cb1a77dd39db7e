/**
 * Electricity Maps: production by kind of the last 24 hours, of Italy or a bidding zone (paid; key in a header).
 *
 * Its own `renewablePercentage` is of consumption, imports included; the share here is of production. What it marks as
 * estimated was not measured and is refused. Storage that discharges counts as production, not as renewable.
 */
import { Type } from 'typebox'
import { type EpochMs, formatInstant, hourMs, minuteMs } from '../../energy/civil-time.ts'
import type { GridEvent } from '../../energy/grid-hours.ts'
import { gridZones } from '../../energy/grid-zones.ts'
import { type Ask, type GridAdapter, SourceError, type SourceEvents, type SourceQuestion } from './adapter.ts'
import { figuresOfKinds, type GenerationPart } from './generation.ts'
import { type RejectedHour, rejectedHour } from './hour-rejections.ts'
import { payloadOf } from './payload.ts'

const publicUrl = 'https://api.electricitymap.org'

const parts: Readonly<Record<string, GenerationPart>> = {
  biomass: 'otherRenewable',
  geothermal: 'otherRenewable',
  hydro: 'otherRenewable',
  solar: 'solar',
  wind: 'wind',
}

const history = Type.Object({
  zone: Type.String(),
  history: Type.Array(
    Type.Object({
      datetime: Type.String(),
      powerProductionBreakdown: Type.Union([
        Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()])),
        Type.Null(),
      ]),
      powerConsumptionTotal: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
      isEstimated: Type.Boolean(),
    }),
  ),
})

/** @param url another address, such as a proxy's */
export function electricityMaps(token: string, url: string = publicUrl): GridAdapter {
  return {
    source: 'electricity-maps',
    zones: [...gridZones.keys()],
    everyMs: 60 * minuteMs,
    spacingMs: 2_000,
    banMs: 10 * minuteMs,
    read: (question, ask) => readElectricityMaps(question, { token, url }, ask),
  }
}

async function readElectricityMaps(
  question: SourceQuestion,
  { token, url }: { readonly token: string; readonly url: string },
  ask: Ask,
): Promise<SourceEvents> {
  const name = gridZones.get(question.zone)?.electricityMaps ?? question.zone
  const answer = await ask({
    url: `${url}/v3/power-breakdown/history?zone=${encodeURIComponent(name)}`,
    headers: { 'auth-token': token },
  })
  if (answer === undefined) return { events: [], rejected: [] }
  const payload = payloadOf(history, answer.body)
  if (payload.zone !== name) throw new SourceError('malformed', `The answer is of zone ${payload.zone}, not ${name}.`)
  const events: GridEvent[] = []
  const rejected: RejectedHour[] = []
  for (const row of payload.history) {
    const startAt = instantOf(row.datetime)
    if (startAt + hourMs > question.now) continue
    const kinds = Object.entries(row.powerProductionBreakdown ?? {}).flatMap(([kind, powerMw]) =>
      powerMw === null ? [] : [{ part: parts[kind] ?? ('other' as const), powerMw }],
    )
    if (row.isEstimated) rejected.push(rejectedHour(formatInstant(startAt), 'estimated'))
    else if (kinds.length === 0) rejected.push(rejectedHour(formatInstant(startAt), 'hour_incomplete'))
    else {
      const figures = figuresOfKinds(kinds, row.powerConsumptionTotal ?? null)
      const made = { kind: 'actual' as const, madeAt: startAt + hourMs }
      events.push({ zone: question.zone, startAt, durationS: 3600, source: 'electricity-maps', ...made, ...figures })
    }
  }
  return { events, rejected }
}

function instantOf(text: string): EpochMs {
  const at = /Z$|[+-]\d\d:\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(at) && at % hourMs === 0) return at
  throw new SourceError('malformed', 'An hour has no time with its offset.')
}
