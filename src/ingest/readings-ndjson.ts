/** Readings as NDJSON: one JSON object a line. Empty lines are no rows. */
import { type Line, linesOf } from './byte-lines.ts'
import { rowOfObject } from './row-objects.ts'
import { type RowContext, rejection } from './row-rules.ts'
import type { Row } from './rows.ts'
import type { ByteStream } from './unpack.ts'

/** The rows of an NDJSON body, in batches. */
export async function* ndjsonRows(source: ByteStream, context: RowContext): AsyncGenerator<Row[]> {
  for await (const lines of linesOf(source)) {
    yield lines.filter(({ text, tooLong }) => tooLong || text.trim() !== '').map((line) => rowOf(line, context))
  }
}

function rowOf(line: Line, context: RowContext): Row {
  if (line.tooLong) return rejection('row_malformed', 'the line is longer than 16 KiB')
  try {
    return rowOfObject(JSON.parse(line.text), context)
  } catch {
    return rejection('row_malformed', 'not JSON')
  }
}
