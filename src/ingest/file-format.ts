/** What a format of readings consists of; `formats.ts` lists them. */
import type { ReadingSource } from '../energy/reading-sources.ts'
import type { BodyParserFactory } from './body-parser.ts'

export interface FileFormat {
  /** As `--format` and the query name it. */
  readonly name: string
  /** What its readings keep as their source; absent for the product's own formats, whose readings keep the door's. */
  readonly source?: ReadingSource
  /** For people: whose file it is. */
  readonly title: string
  /** The kind of text that it is. */
  readonly carrier: 'csv' | 'ndjson' | 'json' | 'xml'
  /** Whether its rows name their point of delivery: one file may then fill many accounts. */
  readonly namesPods?: boolean
  /** Whether its numbers have no unit in the file: the sender must say it (`unit`). */
  readonly needsUnit?: boolean
  /** Whether a file may have the values of several entities: the sender must then say which (`entity`). */
  readonly hasEntities?: boolean
  /** Whether a body that begins like this is of this format. */
  readonly recognises: (head: string) => boolean
  readonly parser: BodyParserFactory
}
