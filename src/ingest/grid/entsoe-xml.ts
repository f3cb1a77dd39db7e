/**
 * Reads the XML of the ENTSO-E Transparency Platform (IEC 62325-451-6).
 *
 * In: a `GL_MarketDocument`, or an `Acknowledgement_MarketDocument`, which says that there is no data. Out: series of
 * power [MW] per interval. Handles curve type A03 (a point holds until the next one, the last to the end of the period),
 * several periods per series, and PT15M, PT30M and PT60M side by side. Refuses units other than MAW and XML that is none.
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import { SourceError } from './adapter.ts'
import { childrenOf, textIn, type XmlElement, xmlTree } from './xml-tree.ts'

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

/** @throws {SourceError} where it is no document of the platform, or one that refuses the request */
export function readEntsoeXml(xml: string): EntsoeDocument {
  const document = xmlTree(xml)
  if (document.name === 'Acknowledgement_MarketDocument') return ofAcknowledgement(document)
  if (document.name !== 'GL_MarketDocument')
    throw new SourceError('malformed', `The answer is no GL_MarketDocument but ${document.name.slice(0, 64)}.`)
  return {
    createdAt: instantOf(textIn(document, 'createdDateTime')),
    series: childrenOf(document, 'TimeSeries').map(seriesOf),
  }
}

function ofAcknowledgement(document: XmlElement): EntsoeDocument {
  const reason = childrenOf(document, 'Reason')[0]
  if (textIn(reason, 'code') === noDataCode) return { createdAt: null, series: [] }
  throw new SourceError(
    'malformed',
    `The platform refuses: ${textIn(reason, 'text') || 'no reason given'}`.slice(0, 300),
  )
}

function seriesOf(series: XmlElement): EntsoeSeries {
  const unit = textIn(series, 'quantity_Measure_Unit.name')
  if (unit !== 'MAW') throw new SourceError('malformed', `A series is in ${unit || 'no unit'}, not in MAW.`)
  const psrType = textIn(childrenOf(series, 'MktPSRType')[0], 'psrType') || null
  const holdsOn = textIn(series, 'curveType') === 'A03'
  return {
    psrType,
    // Load has the area as its out-domain: there it is what is meant.
    isConsumption: psrType !== null && childrenOf(series, 'outBiddingZone_Domain.mRID').length > 0,
    points: childrenOf(series, 'Period').flatMap((period) => pointsOf(period, holdsOn)),
  }
}

function pointsOf(period: XmlElement, holdsOn: boolean): SeriesPoint[] {
  const interval = childrenOf(period, 'timeInterval')[0]
  const [fromAt, toAt] = [instantOf(textIn(interval, 'start')), instantOf(textIn(interval, 'end'))]
  const durationS = stepS[textIn(period, 'resolution')]
  if (fromAt === null || toAt === null || durationS === undefined)
    throw new SourceError('malformed', 'A period has no interval, or a resolution that is not known.')
  const count = (toAt - fromAt) / (durationS * 1000)
  if (!Number.isInteger(count) || count < 1 || count > pointsMax)
    throw new SourceError('malformed', 'A period is no whole number of intervals.')
  const byPosition = new Map(childrenOf(period, 'Point').map((point) => [positionOf(point, count), quantityOf(point)]))
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

function positionOf(point: XmlElement, count: number): number {
  const position = Number(textIn(point, 'position'))
  if (Number.isInteger(position) && position >= 1 && position <= count) return position
  throw new SourceError('malformed', 'A point lies outside its period.')
}

function quantityOf(point: XmlElement): number {
  const text = textIn(point, 'quantity')
  const quantity = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(quantity)) return quantity
  throw new SourceError('malformed', 'A quantity is no number.')
}

function instantOf(text: string): EpochMs | null {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(at) ? at : null
}
