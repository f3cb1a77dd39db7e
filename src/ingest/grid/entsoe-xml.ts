/**
 * Reads the XML of the ENTSO-E Transparency Platform (IEC 62325-451-6).
 *
 * In: a `GL_MarketDocument`, or an `Acknowledgement_MarketDocument`, which says that there is no data. Out: series of
 * power [MW] per interval. Handles curve type A03 (a point holds until the next one, the last to the end of the period),
 * several periods per series, and PT15M, PT30M and PT60M side by side. Refuses units other than MAW and XML that is none.
 */
import { XMLParser } from 'fast-xml-parser'
import type { EpochMs } from '../../energy/civil-time.ts'
import { SourceError } from './adapter.ts'

/** Mean power over one interval. */
export interface SeriesPoint {
  readonly startAt: EpochMs
  readonly durationS: number
  readonly powerMw: number
}

export interface EntsoeSeries {
  /** Kind of generation, `B01` … `B25`; `null` for load. */
  readonly psrType: string | null
  /** What the storage or the area takes, not what it gives. */
  readonly isConsumption: boolean
  readonly points: readonly SeriesPoint[]
}

/** A document; without series where there is no data. */
export interface EntsoeDocument {
  /** When it was made; `null` where it does not say. */
  readonly createdAt: EpochMs | null
  readonly series: readonly EntsoeSeries[]
}

/** `999` = no matching data found; anything else is a refusal. */
const noDataCode = '999'
const stepS: Readonly<Record<string, number>> = { PT15M: 900, PT30M: 1800, PT60M: 3600, PT1H: 3600 }
const pointsMax = 40_000

type Node = Readonly<Record<string, unknown>>

const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  removeNSPrefix: true,
  // A document type could declare entities that grow; no document of the platform has one.
  processEntities: false,
  isArray: (name) => ['TimeSeries', 'Period', 'Point', 'Reason'].includes(name),
})

/** @throws {SourceError} where it is no document of the platform, or one that refuses the request */
export function readEntsoeXml(xml: string): EntsoeDocument {
  const root = parsed(xml)
  const acknowledgement = root.Acknowledgement_MarketDocument
  if (isNode(acknowledgement)) return ofAcknowledgement(acknowledgement)
  const document = root.GL_MarketDocument
  if (!isNode(document)) throw new SourceError('malformed', 'The answer is no GL_MarketDocument.')
  return { createdAt: instantOf(document.createdDateTime), series: nodesOf(document.TimeSeries).map(seriesOf) }
}

function parsed(xml: string): Node {
  try {
    return parser.parse(xml, true) as Node
  } catch {
    throw new SourceError('malformed', 'The answer is no XML.')
  }
}

function ofAcknowledgement(document: Node): EntsoeDocument {
  const reason = nodesOf(document.Reason)[0]
  if (textOf(reason?.code) === noDataCode) return { createdAt: null, series: [] }
  throw new SourceError('malformed', `The platform refuses: ${textOf(reason?.text) || 'no reason given'}`.slice(0, 300))
}

function seriesOf(node: Node): EntsoeSeries {
  const unit = textOf(node['quantity_Measure_Unit.name'])
  if (unit !== 'MAW') throw new SourceError('malformed', `A series is in ${unit || 'no unit'}, not in MAW.`)
  const psr = node.MktPSRType
  const psrType = isNode(psr) ? textOf(psr.psrType) || null : null
  const isLoad = psrType === null
  const holdsOn = textOf(node.curveType) === 'A03'
  return {
    psrType,
    // Load has the area as its out-domain: there it is what is meant.
    isConsumption: !isLoad && node['outBiddingZone_Domain.mRID'] !== undefined,
    points: nodesOf(node.Period).flatMap((period) => pointsOf(period, holdsOn)),
  }
}

function pointsOf(period: Node, holdsOn: boolean): SeriesPoint[] {
  const interval = isNode(period.timeInterval) ? period.timeInterval : {}
  const [fromAt, toAt] = [instantOf(interval.start), instantOf(interval.end)]
  const durationS = stepS[textOf(period.resolution)]
  if (fromAt === null || toAt === null || durationS === undefined)
    throw new SourceError('malformed', 'A period has no interval, or a resolution that is not known.')
  const count = (toAt - fromAt) / (durationS * 1000)
  if (!Number.isInteger(count) || count < 1 || count > pointsMax)
    throw new SourceError('malformed', 'A period is no whole number of intervals.')
  const byPosition = new Map(nodesOf(period.Point).map((point) => [positionOf(point, count), quantityOf(point)]))
  const points: SeriesPoint[] = []
  let held: number | undefined
  for (let position = 1; position <= count; position++) {
    const given = byPosition.get(position)
    if (given !== undefined) held = given
    const powerMw = holdsOn ? held : given
    if (powerMw !== undefined) points.push({ startAt: fromAt + (position - 1) * durationS * 1000, durationS, powerMw })
  }
  return points
}

function positionOf(point: Node, count: number): number {
  const position = Number(textOf(point.position))
  if (Number.isInteger(position) && position >= 1 && position <= count) return position
  throw new SourceError('malformed', 'A point lies outside its period.')
}

function quantityOf(point: Node): number {
  const text = textOf(point.quantity)
  const quantity = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(quantity)) return quantity
  throw new SourceError('malformed', 'A quantity is no number.')
}

function instantOf(value: unknown): EpochMs | null {
  const text = textOf(value)
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(at) ? at : null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function nodesOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}
