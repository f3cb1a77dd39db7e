/**
 * The days that e-distribuzione's app gets as JSON: `{"data": [{"readings": {"energyType": "A1", "sampleDate": "20260801",
 * "sampleValues": [{"id": "1", "val": "0.359"}, …]}, "sampleFrequency": 15, "initialSample": "2026-07-31T22:00:00.000+00:00"}]}`.
 * Sample n begins n − 1 quarter-hours after `initialSample`, an instant, so that the days on which the clock changes are
 * like any other; `val` is kWh. Shape: https://github.com/riccardorossi92/HomeAssistant-Contatore
 * (documentation/edistribuzione-protocol.md). Energy of another type than A1, drawn active energy, is rejected.
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import type { BodyParser } from '../body-parser.ts'
import type { BodyProblem } from '../body-refusals.ts'
import { importedEnergy } from '../columns.ts'
import type { FileFormat } from '../file-format.ts'
import { readInstantText } from '../instant.ts'
import { type Fields, isFields } from '../json-fields.ts'
import { type FieldTaker, JsonObjectWalker } from '../json-object-walker.ts'
import { isInterval, type ReadingRules } from '../reading-rules.ts'
import { type RowCollector, shown } from '../row-collector.ts'
import { addFileRow, decimalOf } from './file-readings.ts'

export const eDistribuzioneApp: FileFormat = {
  name: 'e-distribuzione-app',
  source: 'file:e-distribuzione-app',
  title: "JSON of e-distribuzione's app (data[].readings.sampleValues)",
  carrier: 'json',
  recognises: (head) => /^\s*\{\s*"data"\s*:\s*\[/.test(head),
  parser: (rows, rules) => appDays(rows, rules),
}

/** A day of 100 samples with room to spare [bytes]. */
const dayBytesMax = 64 * 1024

function appDays(rows: RowCollector, rules: ReadingRules): BodyParser {
  const walker = new JsonObjectWalker(new AppDays(rows, rules), dayBytesMax)
  return {
    get problem() {
      return walker.problem
    },
    push: (piece) => walker.push(piece),
    end: () => {
      walker.end()
      return false
    },
  }
}

class AppDays implements FieldTaker {
  problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  #hasData = false
  #field = ''

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  openField(name: string): 'array' | 'value' {
    this.#field = name
    this.#hasData ||= name === 'data'
    return name === 'data' ? 'array' : 'value'
  }

  /** What stands beside the data is the app's own. */
  value(): void {}

  element(element: unknown, tooLong: boolean): void {
    if (this.#field !== 'data') return
    const day = tooLong ? undefined : dayOf(element)
    if (tooLong) this.#rows.reject('row_too_long', () => 'the day')
    else if (day === undefined) this.#rows.reject('row_malformed', () => 'the day')
    else if (day.energyType !== 'A1') this.#rows.reject('series_unknown', () => `energyType ${shown(day.energyType)}`)
    else this.#samples(day)
  }

  quickElements(_piece: Buffer, from: number): number {
    return from
  }

  close(): void {
    if (!this.#hasData) this.problem = { refusal: 'field_missing', detail: 'the file has no data', pointer: '/data' }
  }

  #samples({ startAt, intervalS, samples }: AppDay): void {
    for (const sample of samples) {
      const { id, val } = fieldsOf(sample)
      const number = typeof id === 'string' && /^\d{1,3}$/.test(id) ? Number(id) : 0
      const text = typeof val === 'string' ? val : ''
      const place = () => `sample ${shown(String(id))} ${shown(text)}`
      const at = startAt + (number - 1) * intervalS * 1000
      const value = {
        column: importedEnergy,
        at,
        value: decimalOf(text, 3),
        spanS: intervalS,
        quality: 'measured',
      } as const
      if (number === 0) this.#rows.reject('row_malformed', place)
      else addFileRow(this.#rows, this.#rules, [value], { line: 0, place })
    }
  }
}

interface AppDay {
  readonly energyType: string
  readonly startAt: EpochMs
  readonly intervalS: number
  readonly samples: readonly unknown[]
}

function dayOf(element: unknown): AppDay | undefined {
  const { readings, sampleFrequency, initialSample } = fieldsOf(element)
  const { energyType, sampleValues } = fieldsOf(readings)
  const startAt = typeof initialSample === 'string' ? readInstantText(initialSample) : 'at_invalid'
  const intervalS = Number(sampleFrequency) * 60
  if (typeof startAt !== 'number' || !isInterval(intervalS) || !Array.isArray(sampleValues)) return undefined
  return { energyType: String(energyType), startAt, intervalS, samples: sampleValues }
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}
