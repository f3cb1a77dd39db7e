/** Imports bytes as a file, into a list that takes every reading as new. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reading } from '../../src/energy/readings.ts'
import {
  anyFormat,
  type BodyRefusalCode,
  type FormatChoice,
  formatNamed,
  type ImportOptions,
  type ImportReport,
  importReadings,
} from '../../src/ingest/index.ts'
import { readingsOfBatch } from './readings.ts'

const folder = new URL('../golden/files/', import.meta.url).pathname

/** The golden files of a format: their paths within the folder of golden files. */
export function goldenFiles(format: string): string[] {
  return readdirSync(join(folder, format))
    .filter((name) => !name.endsWith('.md'))
    .map((name) => `${format}/${name}`)
}

export function goldenFile(path: string): Buffer {
  return readFileSync(join(folder, path))
}

/** The choice of one format. */
export function only(name: string): FormatChoice {
  const choice = formatNamed(name)
  if (choice === undefined) throw new Error(`no format ${name}`)
  return choice
}

export interface ImportedFile {
  readonly report: ImportReport
  readonly refusal: BodyRefusalCode | undefined
  /** Where and why it was refused, in a sentence. */
  readonly detail?: string
  /** Every reading with the POD that the file names. */
  readonly readings: readonly (Reading & { readonly pod: string | undefined })[]
}

/** After every golden file was written. */
export const importedAt = Date.parse('2026-11-24T12:00:00Z')

/** Imports a file that comes in the given pieces; the format is told by its beginning unless one is named. */
export async function importFile(
  pieces: Iterable<Uint8Array>,
  options: Partial<ImportOptions> = {},
  choice: FormatChoice = anyFormat,
): Promise<ImportedFile> {
  const readings: ImportedFile['readings'][number][] = []
  const source = (async function* () {
    yield* pieces
  })()
  const result = await importReadings(source, choice, {
    now: importedAt,
    source: 'import',
    write: async (batch, pod) => {
      readings.push(...readingsOfBatch(batch).map((reading) => ({ ...reading, pod })))
      return { outcomes: new Uint8Array(batch.at.length) }
    },
    ...options,
  })
  if (!('refusal' in result)) return { report: result, refusal: undefined, readings }
  return { report: result.report, refusal: result.refusal, detail: result.detail, readings }
}

/** Bytes in pieces of the given lengths, which repeat. */
export function cutInto(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let from = 0, cut = 0; from < bytes.length; cut++) {
    const length = lengths[cut % lengths.length] ?? 1
    pieces.push(bytes.subarray(from, from + length))
    from += length
  }
  return pieces
}
