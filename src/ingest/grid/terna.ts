/**
 * Terna, the operator of Italy's transmission grid: generation by primary source, of Italy as a whole. OAuth client
 * credentials; energy of an hour in GWh; local time with its offset.
 *
 * Terna counts biomass as thermal and gives no more: its share is too low by that much, so every other source counts
 * before it. Self-consumption, which is mostly sun behind the meter, is left out on both sides: it never reaches the grid.
 */
import { Type } from 'typebox'
import { type EpochMs, formatInstant, hourMs, italianTime, localDayOf, minuteMs } from '../../energy/civil-time.ts'
import type { GridEvent } from '../../energy/grid-hours.ts'
import { type Ask, type GridAdapter, SourceError, type SourceEvents, type SourceQuestion } from './adapter.ts'
import { figuresOfKinds, type GenerationPart } from './generation.ts'
import { type RejectedHour, rejectedHour } from './hour-rejections.ts'
import { payloadOf } from './payload.ts'

const publicUrl = 'https://api.terna.it'

const parts: Readonly<Record<string, GenerationPart>> = {
  Thermal: 'other',
  Wind: 'wind',
  Geothermal: 'otherRenewable',
  Photovoltaic: 'solar',
  Hydro: 'otherRenewable',
  'Self-consumption': 'none',
}
/** An hour counts where all of these have it. */
const needed = Object.keys(parts).filter((name) => parts[name] !== 'none')

const tokenAnswer = Type.Object({ access_token: Type.String() })
const generationAnswer = Type.Object({
  actual_generation: Type.Array(
    Type.Object({
      date: Type.String(),
      date_offset: Type.String(),
      actual_generation_GWh: Type.Union([Type.Number(), Type.String(), Type.Null()]),
      primary_source: Type.String(),
    }),
  ),
})

export interface TernaAccess {
  readonly clientId: string
  readonly clientSecret: string
}

/** @param url another address, such as a proxy's */
export function terna(access: TernaAccess, url: string = publicUrl): GridAdapter {
  return {
    source: 'terna',
    zones: ['IT'],
    everyMs: 60 * minuteMs,
    spacingMs: 2_000,
    banMs: 10 * minuteMs,
    read: (question, ask) => readTerna(question, access, url, ask),
  }
}

async function readTerna(question: SourceQuestion, access: TernaAccess, url: string, ask: Ask): Promise<SourceEvents> {
  const grant = { grant_type: 'client_credentials', client_id: access.clientId, client_secret: access.clientSecret }
  const granted = await ask({ url: `${url}/public-api/access-token`, form: grant })
  const { access_token: token } = payloadOf(tokenAnswer, granted?.body ?? '')
  const period = `dateFrom=${dateOf(question.fromAt)}&dateTo=${dateOf(question.now)}`
  const answer = await ask({
    url: `${url}/generation/v2.0/actual-generation?${period}`,
    headers: { authorization: `Bearer ${token}` },
  })
  return answer === undefined ? { events: [], rejected: [] } : eventsOf(answer.body, question)
}

/** `dd/mm/yyyy`, local. */
function dateOf(at: EpochMs): string {
  return encodeURIComponent(localDayOf(at, italianTime).split('-').reverse().join('/'))
}

function eventsOf(body: string, { zone, now }: SourceQuestion): SourceEvents {
  const { actual_generation: rows } = payloadOf(generationAnswer, body)
  const byHour = Map.groupBy(rows, (row) => instantOf(row.date, row.date_offset))
  const events: GridEvent[] = []
  const rejected: RejectedHour[] = []
  for (const [startAt, all] of [...byHour].sort(([one], [other]) => one - other)) {
    const powers = new Map<string, number>()
    for (const row of all) {
      const powerMw = row.actual_generation_GWh === null ? Number.NaN : Number(row.actual_generation_GWh) * 1000
      if (Number.isFinite(powerMw)) powers.set(row.primary_source, powerMw)
    }
    if (startAt + hourMs > now) continue
    if (needed.some((name) => !powers.has(name))) {
      rejected.push(rejectedHour(formatInstant(startAt), 'hour_incomplete'))
      continue
    }
    const kinds = [...powers].map(([name, powerMw]) => ({ part: parts[name] ?? ('other' as const), powerMw }))
    const figures = figuresOfKinds(kinds, null)
    const madeAt = startAt + hourMs
    events.push({ zone, startAt, durationS: 3600, source: 'terna', kind: 'actual', madeAt, ...figures })
  }
  return { events, rejected }
}

/** `2026-07-22 13:00:00` and `+02:00`. */
function instantOf(date: string, offset: string): EpochMs {
  const at = Date.parse(`${date.trim().replace(' ', 'T').slice(0, 19)}${offset.trim()}`)
  if (Number.isFinite(at) && at % hourMs === 0 && /^[+-]\d\d:\d\d$/.test(offset.trim())) return at
  throw new SourceError('malformed', 'A row has no date with its offset.')
}
