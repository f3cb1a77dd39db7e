/**
 * CSV of other houses, read by `csv-parse` piece by piece. Rows go to a reader with the number of their line. Lines end
 * as each of them likes; a quote within a cell is a character of it. A line longer than the longest, a quote that opens a
 * cell and does not close it on its line, and bytes that are not UTF-8 refuse the body from there on: no cell of these
 * files has a line break, and rows that a quote swallowed would be told as one.
 */
import { CsvError, type Parser, parse } from 'csv-parse'
import type { BodyParser } from '../body-parser.ts'
import type { BodyProblem } from '../body-refusals.ts'
import { Utf8Check } from './utf8-check.ts'

/** Reads the rows of a table; the first may be a header. */
export interface TableReader {
  /** Set once the table cannot be read any further. */
  readonly problem: BodyProblem | undefined
  row(cells: readonly string[], line: number): void
  /** The table has ended. */
  end(): void
}

/** The longest record [bytes]: 192 quarters with quotes and room to spare. */
const recordBytesMax = 64 * 1024

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/** A parser that hands the rows of a body to a reader. */
export function csvTable(reader: TableReader, delimiter: string): BodyParser {
  return new CsvTable(reader, delimiter)
}

class CsvTable implements BodyParser {
  readonly #reader: TableReader
  readonly #parser: Parser
  readonly #utf8 = new Utf8Check()
  #problem: BodyProblem | undefined
  /** Where the last whole row ended. */
  #line = 0

  constructor(reader: TableReader, delimiter: string) {
    this.#reader = reader
    this.#parser = parse({
      delimiter,
      info: true,
      max_record_size: recordBytesMax,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    })
    this.#parser.on('error', () => {})
  }

  get problem(): BodyProblem | undefined {
    return this.#problem ?? this.#reader.problem
  }

  push(piece: Buffer): void {
    this.#problem ??= this.#utf8.push(piece)
    if (this.problem !== undefined) return
    this.#parser.write(piece)
    this.#read()
  }

  end(): boolean {
    if (this.problem !== undefined) return false
    this.#parser.end()
    this.#read()
    if (this.problem === undefined) this.#reader.end()
    return false
  }

  /** The parser works as it is written to: its rows, or its error, are there at once. */
  #read(): void {
    for (let row = this.#next(); row !== null && this.problem === undefined; row = this.#next()) this.#row(row)
    const error = this.#parser.errored
    if (error !== null) this.#problem ??= problemOf(error, this.#line)
  }

  #row({ record, info }: CsvRecord): void {
    if (record.some((text) => /[\r\n]/.test(text))) this.#problem = quoteOpen(this.#line)
    else {
      this.#line = info.lines
      this.#reader.row(record, info.lines)
    }
  }

  #next(): CsvRecord | null {
    return this.#parser.read()
  }
}

const quoteErrors = ['CSV_QUOTE_NOT_CLOSED', 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE']

/** @param line where the last whole row ended: the parser itself knows only how far it has come since */
function problemOf(error: Error, line: number): BodyProblem {
  if (!(error instanceof CsvError)) throw error
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return { refusal: 'line_too_long', detail: `the line after line ${line} is longer than ${recordBytesMax} bytes` }
  }
  if (quoteErrors.includes(error.code)) return quoteOpen(line)
  return { refusal: 'csv_malformed', detail: `the CSV cannot be read: ${error.message}` }
}

function quoteOpen(line: number): BodyProblem {
  const detail = `a quote that opens a cell in the row after line ${line} does not close it on its line`
  return { refusal: 'csv_malformed', detail }
}
