/**
 * ENTSO-E Transparency Platform: generation by kind as it was (A75), wind and sun as forecast for the day (A69), load as it
 * was and as forecast (A65). XML; key in the address; 400 requests a minute, then ten minutes of ban.
 *
 * Pumped storage that gives (B10) counts as generation, not as renewable (Directive (EU) 2018/2001 art. 2(1)); what it
 * takes does not count. An hour that lacks a kind which the document otherwise has is incomplete and refused: newest
 * hours come kind by kind. The sun may be left out while it is down.
 */
import { type EpochMs, formatInstant, hourMs, minuteMs } from '../../energy/civil-time.ts'
import { type GridEvent, noFigures } from '../../energy/grid-hours.ts'
import { gridZones } from '../../energy/grid-zones.ts'
import { sunDegreesAt } from '../../energy/sun.ts'
import { type Ask, type GridAdapter, Requests, SourceError, type SourceEvents, type SourceQuestion } from './adapter.ts'
import { type EntsoeDocument, type EntsoeSeries, readEntsoeXml, type SeriesPoint } from './entsoe-xml.ts'
import { figuresOfKinds, type GenerationPart } from './generation.ts'
import { type RejectedHour, rejectedHour } from './hour-rejections.ts'

const publicUrl = 'https://web-api.tp.entsoe.eu/api'
/** A kind that this share of the hours has is one that the zone has. */
const usualShareMin = 0.5

/** What kinds of generation count as; those not listed are generation that is not renewable. */
const parts: Readonly<Record<string, GenerationPart>> = {
  B01: 'otherRenewable',
  B09: 'otherRenewable',
  B11: 'otherRenewable',
  B12: 'otherRenewable',
  B13: 'otherRenewable',
  B15: 'otherRenewable',
  B16: 'solar',
  B18: 'wind',
  B19: 'wind',
}

/** @param url another address, such as a proxy's */
export function entsoe(token: string, url: string = publicUrl): GridAdapter {
  return {
    source: 'entsoe',
    zones: [...gridZones.keys()],
    everyMs: 30 * minuteMs,
    spacingMs: 1_000,
    banMs: 10 * minuteMs,
    read: (question, ask) => readEntsoe(question, { url, token }, ask),
  }
}

const nothing: EntsoeDocument = { createdAt: null, series: [] }

interface Access {
  readonly url: string
  readonly token: string
}

async function readEntsoe(question: SourceQuestion, access: Access, ask: Ask): Promise<SourceEvents> {
  const requests = new Requests()
  let isPartial = false
  const document = async (parameters: Readonly<Record<string, string>>) => {
    const answer = await requests.take(() => fetchDocument(question, access, parameters, ask), undefined)
    isPartial ||= answer === undefined
    return answer ?? nothing
  }
  const area = eicOf(question.zone)
  const generation = await document({ documentType: 'A75', processType: 'A16', in_Domain: area })
  const load = await document({ documentType: 'A65', processType: 'A16', outBiddingZone_Domain: area })
  const windAndSun = await document({ documentType: 'A69', processType: 'A01', in_Domain: area })
  const loadForecast = await document({ documentType: 'A65', processType: 'A01', outBiddingZone_Domain: area })
  const actual = actualEvents(question, generation, load)
  const events = [...actual.events, ...forecastEvents(question, windAndSun, loadForecast)]
  return { events, rejected: actual.rejected, failure: requests.failure, isPartial }
}

/** @returns `undefined` where nothing has changed since the last time */
async function fetchDocument(
  { fromAt, toAt }: SourceQuestion,
  { url, token }: Access,
  parameters: Readonly<Record<string, string>>,
  ask: Ask,
): Promise<EntsoeDocument | undefined> {
  const address = new URL(url)
  const period = { periodStart: minuteOf(fromAt), periodEnd: minuteOf(toAt) }
  for (const [name, value] of Object.entries({ securityToken: token, ...parameters, ...period }))
    address.searchParams.set(name, value)
  // "No data" comes with status 200 or 400.
  const answer = await ask({ url: address.href, alsoRead: [400] })
  return answer && withoutContradictions(readEntsoeXml(answer.body))
}

/** @throws {SourceError} where a document says two things of one kind and interval: none of it is believed then */
function withoutContradictions(document: EntsoeDocument): EntsoeDocument {
  const kinds = Map.groupBy(document.series, ({ psrType, isConsumption }) => `${psrType} ${isConsumption}`)
  for (const all of kinds.values()) hoursOfSeries(all.flatMap(({ points }) => points))
  return document
}

/** `yyyyMMddHHmm`, UTC, whole hours. */
function minuteOf(at: EpochMs): string {
  return formatInstant(Math.floor(at / hourMs) * hourMs)
    .replaceAll(/[-:T]/g, '')
    .slice(0, 12)
}

function eicOf(zone: string): string {
  const facts = gridZones.get(zone)
  if (facts === undefined) throw new RangeError(`no zone of ENTSO-E: ${zone}`)
  return facts.eic
}

type Hourly = ReadonlyMap<EpochMs, number>

function actualEvents({ zone, now }: SourceQuestion, generation: EntsoeDocument, load: EntsoeDocument): SourceEvents {
  const kinds = kindsOf(generation)
  const loads = hoursOfSeries(load.series.flatMap(({ points }) => points))
  const starts = [...new Set([...kinds.values()].flatMap((hours) => [...hours.keys()]))].sort((a, b) => a - b)
  const events: GridEvent[] = []
  const rejected: RejectedHour[] = []
  // The sun may be left out of nights.
  const isDue = (kind: string, startAt: EpochMs) => kind !== 'B16' || isSunUp(zone, startAt)
  const usual = [...kinds.keys()].filter((kind) => {
    const due = starts.filter((startAt) => isDue(kind, startAt))
    return due.filter((startAt) => kinds.get(kind)?.has(startAt)).length >= usualShareMin * due.length
  })
  for (const startAt of starts) {
    const isMissing = (kind: string) => kinds.get(kind)?.get(startAt) === undefined && isDue(kind, startAt)
    if (usual.some(isMissing)) {
      if (startAt + hourMs <= now) rejected.push(rejectedHour(formatInstant(startAt), 'hour_incomplete'))
      continue
    }
    const powers = [...kinds].flatMap(([kind, hours]) => {
      const powerMw = hours.get(startAt)
      return powerMw === undefined ? [] : [{ part: parts[kind] ?? 'other', powerMw }]
    })
    const figures = figuresOfKinds(powers, loads.get(startAt) ?? null)
    events.push({ ...hourOf(zone, startAt), kind: 'actual', madeAt: startAt + hourMs, ...figures })
  }
  return { events, rejected }
}

/** Hours by kind of generation, consumption left out. */
function kindsOf({ series }: EntsoeDocument): ReadonlyMap<string, Hourly> {
  const given = series.filter(({ isConsumption, psrType }) => !isConsumption && psrType !== null)
  const byKind = Map.groupBy(given, ({ psrType }) => psrType ?? '')
  return new Map([...byKind].map(([kind, all]) => [kind, hoursOfSeries(all.flatMap(({ points }) => points))]))
}

function isSunUp(zone: string, startAt: EpochMs): boolean {
  const facts = gridZones.get(zone)
  if (facts === undefined) return true
  return Math.max(...[startAt, startAt + hourMs].map((at) => sunDegreesAt(at, facts))) > 0
}

function forecastEvents({ zone, now }: SourceQuestion, windAndSun: EntsoeDocument, load: EntsoeDocument): GridEvent[] {
  const ofPart = (part: GenerationPart) =>
    windAndSun.series.filter(({ isConsumption, psrType }) => !isConsumption && parts[psrType ?? ''] === part)
  const [sun, wind, loads] = [summed(ofPart('solar')), summed(ofPart('wind')), summed(load.series)]
  const starts = [...new Set([...sun.keys(), ...wind.keys(), ...loads.keys()])].sort((a, b) => a - b)
  const madeAt = Math.min(now, windAndSun.createdAt ?? load.createdAt ?? now)
  return starts.map((startAt) => ({
    ...noFigures,
    ...hourOf(zone, startAt),
    kind: 'forecast',
    madeAt,
    solarMw: sun.get(startAt) ?? (sun.size > 0 && !isSunUp(zone, startAt) ? 0 : null),
    windMw: wind.get(startAt) ?? null,
    loadMw: loads.get(startAt) ?? null,
  }))
}

/** Kinds of one part added up; an hour counts where all of them have it. */
function summed(series: readonly EntsoeSeries[]): Hourly {
  const kinds = [...Map.groupBy(series, ({ psrType }) => psrType).values()].map((all) =>
    hoursOfSeries(all.flatMap(({ points }) => points)),
  )
  const [first, ...others] = kinds
  const sums = new Map<EpochMs, number>()
  for (const [startAt, powerMw] of first ?? []) {
    const rest = others.map((hours) => hours.get(startAt))
    if (!rest.includes(undefined))
      sums.set(
        startAt,
        rest.reduce<number>((sum, one) => sum + (one ?? 0), powerMw),
      )
  }
  return sums
}

/** Mean power per whole hour; an hour with a gap is left out. */
function hoursOfSeries(points: readonly SeriesPoint[]): Hourly {
  const byHour = Map.groupBy(points, ({ startAt }) => Math.floor(startAt / hourMs) * hourMs)
  const hours = new Map<EpochMs, number>()
  for (const [startAt, all] of byHour) {
    const once = new Map(all.map((point) => [point.startAt, point]))
    for (const point of all) refuseContradiction(point, once.get(point.startAt))
    const parts = [...once.values()]
    const coveredS = parts.reduce((sum, { durationS }) => sum + durationS, 0)
    const energy = parts.reduce((sum, { durationS, powerMw }) => sum + durationS * powerMw, 0)
    if (coveredS === 3600) hours.set(startAt, energy / coveredS)
  }
  return hours
}

function refuseContradiction(one: SeriesPoint, other: SeriesPoint | undefined): void {
  if (other === undefined || (one.powerMw === other.powerMw && one.durationS === other.durationS)) return
  throw new SourceError('malformed', `Two figures of one kind at ${formatInstant(one.startAt)}.`)
}

function hourOf(zone: string, startAt: EpochMs) {
  return { zone, startAt, durationS: 3600, source: 'entsoe' as const }
}
