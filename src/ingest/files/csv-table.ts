/**
 * CSV of other houses, read by `csv-parse` piece by piece. Rows go to a reader with the number of their line; a line
 * longer than the longest, a quote that never closes and bytes that are not UTF-8 refuse the body from there on.
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

  constructor(reader: TableReader, delimiter: string) {
    this.#reader = reader
    this.#parser = parse({
      delimiter,
      info: true,
      max_record_size: recordBytesMax,
      relax_column_count: true,
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
    for (let row = this.#next(); row !== null && this.problem === undefined; row = this.#next()) {
      this.#reader.row(row.record, row.info.lines)
    }
    const error = this.#parser.errored
    if (error !== null) this.#problem ??= problemOf(error)
  }

  #next(): CsvRecord | null {
    return this.#parser.read()
  }
}

function problemOf(error: Error): BodyProblem {
  if (!(error instanceof CsvError)) throw error
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return { refusal: 'line_too_long', detail: `a line of the file is longer than ${recordBytesMax} bytes` }
  }
  return { refusal: 'csv_malformed', detail: `the CSV cannot be read: ${error.message}` }
}
