/**
 * Reads minutes or quarter-hours of one home for the command line: CSV (gzip or not) with the columns `utc` and `aggregate_w`, one row
 * per slot, W, empty = missing. Further columns are ignored, or given as well for those who score against them.
 * Times without offset are UTC, as the column says. A cell that is no power (`nan`, text, below 0, above 100 kW) is missing and counted;
 * a further column that is slightly below 0 stands at 0. A file whose `aggregate_w` has such cells alone is refused.
 */
import { dayMs, type EpochMs } from '../energy/civil-time.ts'
import { powerWMax } from '../energy/readings.ts'
import { BodyBroken, type BodyRefusalCode } from './body-refusals.ts'
import { CsvFields } from './csv-fields.ts'
import { readDecimal } from './decimal.ts'
import { type InstantProblem, readInstant } from './instant.ts'
import { isBlank, LineCutter, type LineTaker } from './lines.ts'
import { piecesOf } from './pieces.ts'
import { shown } from './row-collector.ts'
import { SentBody, unpack } from './unpack.ts'

/** One row of the file. */
export interface MinuteRow {
  readonly line: number
  /** The instant as the file writes it, so that an answer can repeat it. */
  readonly utc: string
  readonly at: EpochMs
  /** Mean power of the slot [W], `null` where nothing was measured. */
  readonly aggregateW: number | null
  /** The further columns in the order of the header [W]; empty unless they were asked for. */
  readonly furtherW: readonly (number | null)[]
}

/** What was read. */
export interface MinuteReport {
  /** Cells that were taken as missing because they are no power, by column; of further columns where those were asked for. */
  readonly unreadable: ReadonlyMap<string, number>
  /** Names of the further columns. */
  readonly further: readonly string[]
}

/** Why a file cannot be read, and in which line; 0 where it is of the whole file. */
export interface MinuteProblem {
  readonly refusal:
    | BodyRefusalCode
    | 'utc_missing'
    | 'aggregate_missing'
    | 'column_repeated'
    | 'utc_invalid'
    | 'aggregate_invalid'
    | 'row_malformed'
  readonly line: number
  readonly detail: string
}

/** What is said of files of countries that write 55,2. */
const decimalHint = '; columns are parted by commas, and decimals by points'
const lineBytesMax = 64 * 1024
/** A sub-meter may show so little below 0 where nothing is drawn: an offset, no fault [W]. */
const idleOffsetWMax = 50
/** What lies further from the first row is a mistyped year: the curve of such a span would fill the memory [ms]. */
const spanMsMax = 20 * 365.25 * dayMs

/**
 * Reads a file of minutes and hands every row to `onRow`, in the order of the file.
 * @param options.further whether the further columns are wanted
 * @throws what the source fails with
 */
export async function readMinutes(
  source: AsyncIterable<Uint8Array>,
  onRow: (row: MinuteRow) => void,
  options: { readonly further?: boolean } = {},
): Promise<MinuteReport | MinuteProblem> {
  const reader = new MinuteReader(onRow, options.further === true)
  const lines = new LineCutter(reader, lineBytesMax)
  const sent = new SentBody(source, Number.POSITIVE_INFINITY)
  try {
    for await (const piece of piecesOf(unpack(sent, Number.POSITIVE_INFINITY, false))) {
      const packed = reader.lines === 0 ? packingOf(piece) : undefined
      if (packed !== undefined) return { refusal: 'body_not_utf8', line: 0, detail: `${packed}; unpack it first` }
      lines.push(piece)
      if (reader.problem !== undefined) return reader.problem
    }
  } catch (error) {
    if (!(error instanceof BodyBroken)) throw error
    if (error.problem.refusal === 'body_incomplete') throw error.cause
    return { refusal: error.problem.refusal, line: reader.lines, detail: error.problem.detail }
  }
  lines.end()
  return reader.result()
}

/** What a file is that is still packed, by its first bytes. */
function packingOf([first, second, third]: Buffer): string | undefined {
  if (first === 0x1f && second === 0x8b) return 'it is gzip within gzip'
  return first === 0x50 && second === 0x4b && third === 3 ? 'it is a ZIP' : undefined
}

class MinuteReader implements LineTaker {
  problem: MinuteProblem | undefined
  lines = 0
  readonly #unreadable = new Map<string, number>()
  readonly #onRow: (row: MinuteRow) => void
  readonly #wantsFurther: boolean
  #fields = new CsvFields(256)
  #headed = false
  #names: readonly string[] = []
  #further: readonly string[] = []
  #furtherFields: readonly number[] = []
  #utc = -1
  #aggregate = -1
  #firstAt: EpochMs | undefined
  #hasPower = false
  /** The first cell of the total that is no power. */
  #firstUnreadable: Pick<MinuteProblem, 'line' | 'detail'> | undefined

  constructor(onRow: (row: MinuteRow) => void, wantsFurther: boolean) {
    this.#onRow = onRow
    this.#wantsFurther = wantsFurther
  }

  result(): MinuteReport | MinuteProblem {
    if (!this.#headed) this.#refuse('header_missing', 'there is no line; the first must name the columns')
    if (!this.#hasPower && this.#firstUnreadable !== undefined)
      this.problem ??= { refusal: 'aggregate_invalid', ...this.#firstUnreadable }
    return this.problem ?? { unreadable: this.#unreadable, further: this.#further }
  }

  line(bytes: Buffer, start: number, end: number): void {
    this.lines++
    if (this.problem !== undefined || isBlank(bytes, start, end)) return
    if (!this.#fields.split(bytes, start, end)) this.#refuse('row_malformed', 'a quote stands where none may')
    else if (!this.#headed) this.#header(bytes)
    else this.#row(bytes)
  }

  tooLongLine(): void {
    this.lines++
    this.#refuse('row_malformed', 'the line is too long')
  }

  #header(bytes: Buffer): void {
    const names = Array.from({ length: this.#fields.count }, (_, field) => this.#fields.text(bytes, field))
    this.#headed = true
    this.#names = names
    this.#utc = names.indexOf('utc')
    this.#aggregate = names.indexOf('aggregate_w')
    this.#furtherFields = [...names.keys()].filter((field) => field !== this.#utc && field !== this.#aggregate)
    this.#further = this.#furtherFields.map((field) => names[field] ?? '')
    const twice = ['utc', 'aggregate_w'].find((name) => names.indexOf(name) !== names.lastIndexOf(name))
    if (twice !== undefined) this.#refuse('column_repeated', `the header has ${twice} more than once`)
    const hint = names.length === 1 && names[0]?.includes(';') ? decimalHint : ''
    if (this.#utc < 0)
      this.#refuse('utc_missing', `the header needs a column utc; it has ${names.map(shown).join(', ')}${hint}`)
    if (this.#aggregate < 0) {
      this.#refuse('aggregate_missing', `the header needs a column aggregate_w; it has ${names.map(shown).join(', ')}`)
    }
  }

  #row(bytes: Buffer): void {
    const at = this.#instant(bytes)
    const utc = this.#fields.text(bytes, this.#utc)
    if (typeof at === 'string') this.#refuse('utc_invalid', `utc ${shown(utc)} is no RFC 3339 instant`)
    else if (this.#isFarOff(at))
      this.#refuse('utc_invalid', `utc ${shown(utc)} is more than 20 years from that of the first row`)
    else {
      const aggregateW = this.#power(bytes, this.#aggregate, 0)
      if (aggregateW !== null) this.#hasPower = true
      else if (this.#has(this.#aggregate)) this.#firstUnreadable ??= this.#unreadableTotal(bytes)
      const furtherW = this.#wantsFurther
        ? this.#furtherFields.map((field) => this.#power(bytes, field, -idleOffsetWMax))
        : []
      this.#onRow({ line: this.lines, utc, at, aggregateW, furtherW })
    }
  }

  #unreadableTotal(bytes: Buffer): Pick<MinuteProblem, 'line' | 'detail'> {
    const cell = this.#fields.text(bytes, this.#aggregate)
    const hint = /\d,\d/.test(cell) ? decimalHint : ''
    const detail = `no cell of aggregate_w is a power that a home draws (0 W to 100 kW); the first has ${shown(cell)}${hint}`
    return { line: this.lines, detail }
  }

  #isFarOff(at: EpochMs): boolean {
    this.#firstAt ??= at
    return Math.abs(at - this.#firstAt) > spanMsMax
  }

  #instant(bytes: Buffer): EpochMs | InstantProblem {
    const { starts, ends } = this.#fields
    return this.#has(this.#utc) ? readInstant(bytes, starts[this.#utc] ?? 0, ends[this.#utc] ?? 0, 0) : 'at_invalid'
  }

  /** From `powerWMin` up to 0 it is 0. */
  #power(bytes: Buffer, field: number, powerWMin: number): number | null {
    if (!this.#has(field)) return null
    const powerW = readDecimal(bytes, this.#fields.starts[field] ?? 0, this.#fields.ends[field] ?? 0)
    if (powerW >= powerWMin && powerW <= powerWMax) return Math.max(0, powerW)
    const name = this.#names[field] ?? ''
    this.#unreadable.set(name, (this.#unreadable.get(name) ?? 0) + 1)
    return null
  }

  /** Whether the row has anything in this field. */
  #has(field: number): boolean {
    return field < this.#fields.count && this.#fields.starts[field] !== this.#fields.ends[field]
  }

  #refuse(refusal: MinuteProblem['refusal'], detail: string): void {
    this.problem ??= { refusal, line: this.lines, detail }
  }
}
