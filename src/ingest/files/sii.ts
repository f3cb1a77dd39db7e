/**
 * Measure flows of the SII (Sistema Informativo Integrato): `<FlussoMisure CodFlusso="PDO2G">`, a `DatiPod` per POD and
 * month, in it `Ea` per day with the quarter-hours as attributes `E1` … `E96` in kWh, to be multiplied by `Ka`.
 *
 * `Dst` says which quarters the numbers are: 0 a whole day; 1 the spring day, without 9 to 12; 2 the autumn day up to
 * the change of the clock (1 to 12) and 3 the rest of it (9 to 96): together 100. So the checks of the Acquirente Unico
 * have it. A sender that numbers the rest from 1, or the spring day without the gap, is understood too.
 * `TipoDato` S are estimates; flows whose code begins with R rectify. `Er` (reactive), registers and powers are not read.
 */
import { type CivilDay, parseDay } from '../../energy/civil-time.ts'
import type { BodyProblem } from '../body-refusals.ts'
import { importedEnergy } from '../columns.ts'
import type { FileFormat } from '../file-format.ts'
import type { ReadingRules } from '../reading-rules.ts'
import type { RowCollector } from '../row-collector.ts'
import { cell, decimalOf } from './file-readings.ts'
import { flowQuality } from './flows.ts'
import { takePod } from './pod-of-row.ts'
import { addQuarters } from './quarter-row.ts'
import type { DayPart } from './quarters.ts'
import { type Attributes, type XmlTaker, xmlBody } from './xml-body.ts'

export const sii: FileFormat = {
  name: 'sii',
  source: 'file:sii',
  title: 'measure flow XML of the SII (FlussoMisure: PDO, PDO2G, RFO, RFO2G …)',
  carrier: 'xml',
  namesPods: true,
  recognises: (head) => /<(?:[\w.-]+:)?FlussoMisure[\s>]/.test(head),
  parser: (rows, rules) => xmlBody(new MeasureFlow(rows, rules)),
}

const parts: Readonly<Record<string, DayPart>> = {
  '': 'whole',
  '0': 'whole',
  '1': 'whole',
  '2': 'before',
  '3': 'after',
}

class MeasureFlow implements XmlTaker {
  readonly problem: BodyProblem | undefined = undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  #flow = ''
  #pod = ''
  #month = ''
  #factor = 1
  #kind = ''
  /** Attributes and line of the `Ea` under way. */
  #day: { readonly attributes: Attributes; readonly line: number } | undefined

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  open(name: string, attributes: Attributes, line: number): void {
    if (name === 'FlussoMisure') this.#flow = attributes.CodFlusso ?? ''
    else if (name === 'DatiPod') this.#begin()
    else if (name === 'Ea') this.#day = { attributes, line }
  }

  close(name: string, text: string): void {
    if (name === 'CodFlusso') this.#flow = text
    else if (name === 'Pod') this.#pod = text
    else if (name === 'MeseAnno') this.#month = text
    else if (name === 'Ka') this.#factor = text === '' ? 1 : decimalOf(text) || Number.NaN
    else if (name === 'TipoDato') this.#kind = text
    else if (name === 'Ea') this.#endDay(text)
  }

  #begin(): void {
    this.#pod = ''
    this.#month = ''
    this.#factor = 1
    this.#kind = ''
  }

  #endDay(text: string): void {
    const { attributes, line } = this.#day ?? { attributes: {}, line: 0 }
    this.#day = undefined
    const dst = attributes.Dst ?? ''
    const part = parts[dst]
    const cells = quartersOf(attributes)
    // A month's energy without quarters is an `Ea` of other meters: nothing is told of its days.
    if (cells.length === 0 || !takePod(this.#rows, this.#pod, line)) return
    const day = dayOf(this.#month, text)
    if (day === undefined) this.#rows.reject('day_invalid', cell('MeseAnno and day', `${this.#month} ${text}`), line)
    else if (part === undefined) this.#rows.reject('row_malformed', cell('Dst', dst), line)
    else {
      const quality = flowQuality(this.#kind, this.#flow)
      const what = { day, cells, column: importedEnergy, quality, line, part, factor: this.#factor }
      addQuarters(this.#rows, this.#rules, what)
    }
  }
}

/** `E1` … `E100`, empty where one is absent; none where there is none. */
function quartersOf(attributes: Attributes): string[] {
  const cells: string[] = []
  for (let number = 1; number <= 100; number++) {
    const text = attributes[`E${number}`]?.trim() ?? ''
    if (text !== '') cells[number - 1] = text
  }
  return Array.from(cells, (text) => text ?? '')
}

/** `10/2026` and `01`. */
function dayOf(month: string, day: string): CivilDay | undefined {
  const [, number, year] = /^(\d{2})\/(\d{4})$/.exec(month) ?? []
  return parseDay(`${year}-${number}-${day.padStart(2, '0')}`)
}
