/**
 * Green Button (NAESB ESPI): an Atom feed in which each `IntervalBlock` has readings of one `MeterReading`, and that
 * refers to a `ReadingType`, which says unit, power of ten and direction. Instants are Unix seconds. Read are intervals
 * of real energy (`uom` 72, Wh) and mean real power (38, W), up to an hour long; flow direction 1 is drawn from the
 * grid, 19 injected, 4 the balance of both, which fills both channels: what is not drawn is injected. Values whose quality says so are estimates (8, 9, 12) or edited (7).
 * Links and enumerations: https://github.com/GreenButtonAlliance and the ESPI schema (naesb.org/espi).
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import type { Quality } from '../../energy/readings.ts'
import type { BodyProblem } from '../body-refusals.ts'
import { exportedEnergy, exportedPower, importedEnergy, importedPower, type ValueColumn } from '../columns.ts'
import type { FileFormat } from '../file-format.ts'
import { isInterval, type ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { addFileRow, cell, type FileValue } from './file-readings.ts'
import { type Attributes, type XmlTaker, xmlBody } from './xml-body.ts'

export const greenButton: FileFormat = {
  name: 'green-button',
  source: 'file:green-button',
  title: 'Green Button (ESPI) XML',
  carrier: 'xml',
  recognises: (head) => /naesb\.org\/espi/.test(head),
  parser: (rows, rules) => xmlBody(new EspiFeed(rows, rules)),
}

/** As many types and meter readings are remembered: a feed has a handful. */
const rememberedMax = 1000
const qualities: Readonly<Record<string, Quality>> = {
  '7': 'corrected',
  '8': 'estimated',
  '9': 'estimated',
  '12': 'estimated',
}
/** Elements whose last text says what an interval or a type is. */
const fieldNames = new Set([
  'uom',
  'powerOfTenMultiplier',
  'flowDirection',
  'accumulationBehaviour',
  'intervalLength',
  'commodity',
  'start',
  'duration',
  'value',
  'quality',
])

type Fields = Partial<Record<string, string>>

class EspiFeed implements XmlTaker {
  #problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  /** Reading types by their own address. */
  readonly #types = new Map<string, Fields>()
  /** Addresses of reading types by the meter reading's own address. */
  readonly #typeOfMeter = new Map<string, string>()
  #self = ''
  #up = ''
  #related: string[] = []
  #fields: Fields = {}
  #line = 0
  /** Whether the feed is inside a reading type: what a summary says of units is not its. */
  #isInType = false
  #isInReading = false

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  get problem(): BodyProblem | undefined {
    return this.#problem
  }

  open(name: string, attributes: Attributes, line: number): void {
    if (name === 'entry') this.#beginEntry()
    else if (name === 'link') this.#link(attributes)
    else if (name === 'ReadingType') {
      this.#fields = {}
      this.#isInType = true
    } else if (name === 'IntervalReading') {
      this.#fields = {}
      this.#line = line
      this.#isInReading = true
    }
  }

  close(name: string, text: string): void {
    if (fieldNames.has(name)) this.#take(name, text)
    else if (name === 'ReadingType') {
      this.#isInType = false
      this.#remember(this.#types, this.#self, this.#fields)
    } else if (name === 'MeterReading') this.#meterReading()
    else if (name === 'IntervalReading') {
      this.#isInReading = false
      this.#reading()
    }
  }

  #take(name: string, text: string): void {
    if (this.#isInType || this.#isInReading) this.#fields[name] = text
  }

  #beginEntry(): void {
    this.#self = ''
    this.#up = ''
    this.#related = []
  }

  #link({ rel, href = '' }: Attributes): void {
    if (this.#isInReading) return
    if (rel === 'self') this.#self = href
    else if (rel === 'up') this.#up = href
    else if (rel === 'related' && this.#related.length < rememberedMax) this.#related.push(href)
  }

  #meterReading(): void {
    const type = this.#related.find((href) => /\/ReadingType\/[^/]+$/.test(href))
    if (type !== undefined) this.#remember(this.#typeOfMeter, this.#self, type)
  }

  #remember<T>(map: Map<string, T>, address: string, value: T): void {
    if (map.size < rememberedMax) map.set(address, value)
    else this.#problem ??= { refusal: 'xml_malformed', detail: `the feed has over ${rememberedMax} reading types` }
  }

  #reading(): void {
    const type = this.#typeHere()
    if (type === undefined) {
      const detail = 'an interval block stands before the reading type that says its unit, or there is none'
      this.#problem ??= { refusal: 'reading_type_missing', detail: `${detail}, line ${this.#line}` }
      return
    }
    const { start = '', duration = type.intervalLength ?? '', value = '' } = this.#fields
    const spanS = Number(duration)
    const columns = columnsOf(type)
    if (columns === undefined) this.#reject('series_unknown', `uom ${type.uom}, flowDirection ${type.flowDirection}`)
    else if (!/^\d{1,11}$/.test(start)) this.#reject('at_invalid', start)
    else if (!isInterval(spanS)) this.#reject('interval_invalid', duration)
    else this.#add(columns, Number(start) * 1000, scaled(value, type.powerOfTenMultiplier), spanS)
  }

  #add(columns: Columns, at: EpochMs, value: number, spanS: number): void {
    const quality = qualities[this.#fields.quality ?? ''] ?? 'measured'
    const [column, injected] = columns
    const values: FileValue[] =
      injected === undefined
        ? [{ column, at, value, spanS, quality }]
        : [
            { column, at, value: Math.max(value, 0), spanS, quality },
            { column: injected, at, value: Math.max(-value, 0), spanS, quality },
          ]
    const place = cell('value', this.#fields.value ?? '')
    addFileRow(this.#rows, this.#rules, values, { line: this.#line, place })
  }

  #reject(code: 'series_unknown' | 'at_invalid' | 'interval_invalid', what: string): void {
    this.#rows.reject(code, cell('the interval', what), this.#line)
  }

  /** The reading type of the block under way: its meter reading's, or the only one of the feed. */
  #typeHere(): Fields | undefined {
    const meter = this.#up.replace(/\/IntervalBlock$/, '')
    const named = this.#types.get(this.#typeOfMeter.get(meter) ?? '')
    return named ?? (this.#types.size === 1 ? [...this.#types.values()][0] : undefined)
  }
}

/** The column of a type's values; of a balance those of what is drawn and of what is injected. */
type Columns = readonly [column: ValueColumn, injected?: ValueColumn]

/** Where a type's values belong; `undefined` where they are no electricity that is read. */
function columnsOf({
  uom,
  flowDirection = '1',
  accumulationBehaviour = '4',
  commodity = '1',
}: Fields): Columns | undefined {
  if (!['0', '1', '2'].includes(commodity) || !['1', '19', '4', '0'].includes(flowDirection)) return undefined
  const isEnergy = uom === '72' && ['4', '0'].includes(accumulationBehaviour)
  if (!isEnergy && uom !== '38') return undefined
  const drawn = isEnergy ? importedEnergy : importedPower
  const injected = isEnergy ? exportedEnergy : exportedPower
  if (flowDirection === '4') return [drawn, injected]
  return [flowDirection === '19' ? injected : drawn]
}

/** A whole number times a power of ten, rounded once. */
function scaled(text: string, powerOfTen = '0'): number {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text) && /^-?\d{1,2}$/.test(powerOfTen)
  return isNumber ? Number(`${text}e${powerOfTen}`) : Number.NaN
}
