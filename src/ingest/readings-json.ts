/**
 * Readings as one JSON object, sparse (`{"readings": [{"at": "…Z", "power_w": 532}]}`) or dense (`dense-values.ts`),
 * read piece by piece. A bad row costs itself; broken JSON, an unknown field or a bad `kind` refuses the body from
 * there on, and the rows before it stay.
 */
import { comma, isDigit, minus, point } from './ascii.ts'
import { type BodyParser, rowBytesMax } from './body-parser.ts'
import type { BodyProblem, BodyRefusalCode } from './body-refusals.ts'
import { readPlainDecimal } from './decimal.ts'
import { type DenseField, DenseValues, denseFields } from './dense-values.ts'
import { type FieldTaker, JsonObjectWalker, pointerOf, skipSpace } from './json-object-walker.ts'
import { addJsonRow } from './json-row.ts'
import type { ReadingRules } from './reading-rules.ts'
import { type RowCollector, shown } from './row-collector.ts'

/** The parser of one JSON body. */
export function readingsJson(rows: RowCollector, rules: ReadingRules): BodyParser {
  const taker = new ReadingsTaker(rows, rules)
  const walker = new JsonObjectWalker(taker, rowBytesMax)
  return {
    get problem() {
      return walker.problem
    },
    push: (piece) => walker.push(piece),
    end: () => {
      walker.end()
      return walker.problem === undefined && taker.release()
    },
  }
}

class ReadingsTaker implements FieldTaker {
  #problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  readonly #dense: DenseValues
  readonly #fields = new Set<string>()
  #field = ''

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
    this.#dense = new DenseValues(rows, rules)
  }

  get problem(): BodyProblem | undefined {
    return this.#problem ?? this.#dense.problem
  }

  openField(name: string): 'array' | 'value' {
    const sparse = name === 'readings'
    const other = [...this.#fields].find((field) => (field === 'readings') !== sparse)
    if (!sparse && name !== 'values' && !isDenseField(name)) {
      this.#refuse(
        'field_unknown',
        `${shown(name)} is not known: a body has \`readings\`, or ${quoted(denseFields)} and \`values\``,
        name,
      )
    } else if (this.#fields.has(name)) this.#refuse('field_twice', `\`${name}\` stands twice`, name)
    else if (other !== undefined) this.#refuse('field_unknown', `\`${name}\` cannot stand beside \`${other}\``, name)
    this.#fields.add(name)
    this.#field = name
    if (name === 'values') this.#dense.begin()
    return sparse || name === 'values' ? 'array' : 'value'
  }

  value(value: unknown): void {
    if (isDenseField(this.#field)) this.#dense.setField(this.#field, value)
  }

  element(element: unknown, tooLong: boolean, text: string): void {
    if (this.#field === 'values') this.#dense.add(!tooLong && isNumberOrNull(element) ? element : Number.NaN)
    else if (tooLong) this.#rows.reject('row_too_long', () => 'the row')
    else addJsonRow(element, text, this.#rows, this.#rules)
  }

  /** What a series is made of: plain numbers and nulls with a comma behind them, all in this piece. */
  quickElements(piece: Buffer, from: number): number {
    let start = from
    while (this.#field === 'values' && this.#dense.problem === undefined) {
      const end = endOfPlain(piece, start)
      if (piece[end] !== comma) return start
      const value = isNull(piece, start, end) ? null : readPlainDecimal(piece, start, end)
      if (Number.isNaN(value)) return start
      this.#dense.add(value)
      start = skipSpace(piece, end + 1)
    }
    return start
  }

  close(): void {
    if (this.#fields.has('readings')) return
    if (this.#fields.size === 0)
      this.#refuse(
        'field_missing',
        `the body needs \`readings\`, or ${quoted(neededFields)} and \`values\``,
        'readings',
      )
    else if (!this.#fields.has('values')) this.#refuse('field_missing', 'the body needs `values`', 'values')
    else this.#dense.close()
  }

  release(): boolean {
    return this.#dense.release()
  }

  #refuse(refusal: BodyRefusalCode, detail: string, field: string): void {
    this.#problem ??= { refusal, detail, pointer: pointerOf(field) }
  }
}

/** Fields of the dense form that no default stands for in every kind. */
const neededFields: readonly DenseField[] = ['kind', 'start', 'interval_s']

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

function isDenseField(name: string): name is DenseField {
  return denseFields.some((field) => field === name)
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === 'number'
}

/** Where a plain number, or `null`, that begins at `from` ends. */
function endOfPlain(piece: Buffer, from: number): number {
  if (piece[from] === letterN) return from + 4
  let index = from
  while (index < piece.length && isPlainByte(piece[index] ?? 0)) index++
  return index
}

function isPlainByte(byte: number): boolean {
  return isDigit(byte) || byte === minus || byte === point
}

const letterN = 0x6e

function isNull(piece: Buffer, start: number, end: number): boolean {
  return piece[start] === letterN && piece.toString('latin1', start, end) === 'null'
}
