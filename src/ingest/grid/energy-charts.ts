/**
 * Energy-Charts (Fraunhofer ISE; CC BY 4.0, no key): generation by kind (`public_power`) and the renewable share of load that
 * it forecasts (`ren_share_forecast`), of Italy as a whole.
 *
 * The share is percent of load and may exceed 100. `substitute: true` means that it repeats the last days for want of a
 * forecast: such an answer is refused. Intervals are quarters or hours; `null` is missing.
 */
import { Type } from 'typebox'
import { type EpochMs, formatInstant, hourMs, minuteMs } from '../../energy/civil-time.ts'
import { type GridEvent, noFigures } from '../../energy/grid-hours.ts'
import { type Ask, type GridAdapter, Requests, SourceError, type SourceEvents, type SourceQuestion } from './adapter.ts'
import { figuresOfKinds, type GenerationPart } from './generation.ts'
import { type RejectedHour, rejectedHour } from './hour-rejections.ts'
import { onceEach } from './once-each.ts'
import { payloadOf } from './payload.ts'
import { wholeHoursOf } from './whole-hours.ts'

const publicUrl = 'https://api.energy-charts.info'

/** What its kinds count as; those not listed are generation that is not renewable. */
const parts: Readonly<Record<string, GenerationPart>> = {
  Biomass: 'otherRenewable',
  Geothermal: 'otherRenewable',
  'Hydro Run-of-River': 'otherRenewable',
  'Hydro water reservoir': 'otherRenewable',
  Marine: 'otherRenewable',
  'Other renewables': 'otherRenewable',
  'Others renewables': 'otherRenewable',
  Solar: 'solar',
  'Wind offshore': 'wind',
  'Wind onshore': 'wind',
  'Cross border electricity trading': 'none',
  'Hydro pumped storage consumption': 'none',
  Load: 'none',
  'Renewable share of generation': 'none',
  'Renewable share of load': 'none',
  'Residual load': 'none',
}

const numbers = Type.Array(Type.Union([Type.Number(), Type.Null()]))
const seconds = Type.Array(Type.Integer())
const publicPower = Type.Object({
  unix_seconds: seconds,
  production_types: Type.Array(Type.Object({ name: Type.String(), data: numbers })),
})
const shareForecast = Type.Object({ unix_seconds: seconds, ren_share: numbers, substitute: Type.Boolean() })

/** @param url another address, such as a proxy's */
export function energyCharts(url: string = publicUrl): GridAdapter {
  return {
    source: 'energy-charts',
    zones: ['IT'],
    everyMs: 30 * minuteMs,
    spacingMs: 2_000,
    banMs: 10 * minuteMs,
    read: (question, ask) => readEnergyCharts(question, url, ask),
  }
}

async function readEnergyCharts(question: SourceQuestion, url: string, ask: Ask): Promise<SourceEvents> {
  const since = formatInstant(question.fromAt).slice(0, 10)
  const until = formatInstant(question.now).slice(0, 10)
  const requests = new Requests()
  const actual = await requests.take(async () => {
    const power = await ask({ url: `${url}/public_power?country=it&start=${since}&end=${until}` })
    return power === undefined ? noHours : actualEvents(power.body, question)
  }, noHours)
  const forecast = await requests.take(async () => {
    const share = await ask({ url: `${url}/ren_share_forecast?country=it` })
    return share === undefined ? [] : forecastEvents(share.body, question, share.fetchedAt)
  }, [])
  const once = [onceEach(actual.events), onceEach(forecast)]
  const whole = once.map(({ events }) => wholeHoursOf(events))
  return {
    events: whole.flatMap(({ hours }) => hours),
    // The hour that runs is never whole: nothing is wrong with it.
    rejected: [...once, ...whole, { rejected: actual.gaps }]
      .flatMap(({ rejected }) => rejected)
      .filter(({ at }) => Date.parse(at) + hourMs <= question.now),
    failure: requests.failure,
  }
}

interface ActualHours {
  readonly events: readonly GridEvent[]
  /** Hours before the newest no part of which has every kind. */
  readonly gaps: readonly RejectedHour[]
}

const noHours: ActualHours = { events: [], gaps: [] }

function actualEvents(body: string, { zone, now }: SourceQuestion): ActualHours {
  const { unix_seconds: starts, production_types: types } = payloadOf(publicPower, body)
  if (types.some(({ data }) => data.length !== starts.length))
    throw new SourceError('malformed', 'A series is not as long as its times.')
  const durationS = stepOf(starts)
  const load = types.find(({ name }) => name === 'Load')
  // A kind that has no value at all is one that the country does not have.
  const kinds = types.filter(({ name, data }) => parts[name] !== 'none' && data.some((value) => value !== null))
  const events = starts.flatMap((start, index): GridEvent[] => {
    const powers = kinds.map(({ name, data }) => ({ part: parts[name] ?? 'other', powerMw: data[index] ?? null }))
    const known = powers.flatMap(({ part, powerMw }) => (powerMw === null ? [] : [{ part, powerMw }]))
    if (known.length < kinds.length || kinds.length === 0) return []
    const startAt = start * 1000
    const figures = figuresOfKinds(known, load?.data[index] ?? null)
    return startAt + durationS * 1000 > now ? [] : [eventOf(zone, startAt, durationS, 'actual', figures)]
  })
  const hourOf = (at: EpochMs) => Math.floor(at / hourMs) * hourMs
  const told = new Set(events.map(({ startAt }) => hourOf(startAt)))
  // Newest hours come kind by kind: those after the last that is told are not there yet.
  const newestAt = Math.max(...told)
  const hours = [...new Set(starts.map((start) => hourOf(start * 1000)))]
  const gaps = hours.filter((startAt) => startAt < newestAt && !told.has(startAt))
  return { events, gaps: gaps.map((startAt) => rejectedHour(formatInstant(startAt), 'hour_incomplete')) }
}

function forecastEvents(body: string, { zone }: SourceQuestion, fetchedAt: EpochMs): GridEvent[] {
  const { unix_seconds: starts, ren_share: shares, substitute } = payloadOf(shareForecast, body)
  if (shares.length !== starts.length) throw new SourceError('malformed', 'A series is not as long as its times.')
  if (substitute) return []
  const durationS = stepOf(starts)
  return starts.flatMap((start, index) => {
    const percent = shares[index] ?? null
    if (percent === null) return []
    const figures = { ...noFigures, renewableShareOfLoad: percent / 100 }
    return [{ ...eventOf(zone, start * 1000, durationS, 'forecast', figures), madeAt: fetchedAt }]
  })
}

function eventOf(
  zone: string,
  startAt: EpochMs,
  durationS: number,
  kind: GridEvent['kind'],
  figures: typeof noFigures,
): GridEvent {
  return { zone, startAt, durationS, source: 'energy-charts', kind, madeAt: startAt + durationS * 1000, ...figures }
}

/** The shortest step between times [s]; an hour where there are fewer than two. */
function stepOf(starts: readonly number[]): number {
  const steps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0))
  const step = steps.length === 0 ? 3600 : Math.min(...steps.filter((one) => one > 0))
  if (![900, 1800, 3600].includes(step)) throw new SourceError('malformed', `Times are ${step} s apart.`)
  return step
}
