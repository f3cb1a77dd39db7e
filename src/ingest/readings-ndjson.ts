/** Readings as NDJSON: one JSON object a line. Lines stand for themselves, so that a bad one costs its own row only. */

import { type BodyParser, rowBytesMax } from './body-parser.ts'
import type { BodyProblem } from './body-refusals.ts'
import { addJsonRow, parseJson, utf8Text } from './json-row.ts'
import { isBlank, LineCutter, type LineTaker } from './lines.ts'
import type { ReadingRules } from './reading-rules.ts'
import { type RowCollector, shown } from './row-collector.ts'

/** The parser of one NDJSON body. */
export function readingsNdjson(rows: RowCollector, rules: ReadingRules): BodyParser {
  return new ReadingsNdjson(rows, rules)
}

class ReadingsNdjson implements BodyParser, LineTaker {
  readonly problem: BodyProblem | undefined = undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  readonly #lines = new LineCutter(this, rowBytesMax)

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
  }

  push(piece: Buffer): void {
    this.#lines.push(piece)
  }

  end(): boolean {
    this.#lines.end()
    return false
  }

  line(bytes: Buffer, start: number, end: number): void {
    if (isBlank(bytes, start, end)) return
    const text = utf8Text(bytes, start, end)
    const row = text === undefined ? undefined : parseJson(text)
    if (text === undefined) this.#rows.reject('row_not_utf8', () => 'the row', this.#lines.lines)
    else if (row === undefined) this.#rows.reject('row_malformed', () => `${shown(text)} is no JSON`, this.#lines.lines)
    else addJsonRow(row, text, this.#rows, this.#rules, this.#lines.lines)
  }

  tooLongLine(): void {
    this.#rows.reject('row_too_long', () => 'the row', this.#lines.lines)
  }
}
