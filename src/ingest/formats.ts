/**
 * The registry of formats: what readings come in, one adapter each, and how a body's format is found where nobody names
 * it. A new format is a file in `files/` and a line here.
 */
import type { FileFormat } from './file-format.ts'
import { eDistribuzione } from './files/e-distribuzione.ts'
import { eDistribuzioneApp } from './files/e-distribuzione-app.ts'
import { emoncms } from './files/emoncms.ts'
import { emoncmsJson } from './files/emoncms-json.ts'
import { greenButton } from './files/green-button.ts'
import { homeAssistant } from './files/home-assistant.ts'
import { homeAssistantJson } from './files/home-assistant-json.ts'
import { pcf } from './files/pcf.ts'
import { portaleConsumi } from './files/portale-consumi.ts'
import { shelly } from './files/shelly.ts'
import { sii } from './files/sii.ts'
import { readingsCsv } from './readings-csv.ts'
import { readingsJson } from './readings-json.ts'
import { readingsNdjson } from './readings-ndjson.ts'

const csv: FileFormat = {
  name: 'csv',
  title: 'CSV of this product (at,power_w …)',
  carrier: 'csv',
  recognises: (head) => /^[^\n{]*\bat\b[^\n{]*\b(power|energy|register)_wh?\b/.test(head) || /^"?at"?\s*,/.test(head),
  parser: readingsCsv,
}

const ndjson: FileFormat = {
  name: 'ndjson',
  title: 'NDJSON of this product, an object a line',
  carrier: 'ndjson',
  recognises: (head) => /^\{[^{[]*"at"\s*:[^{[]*\}\s*$/.test(head.split('\n', 1)[0] ?? ''),
  parser: readingsNdjson,
}

const json: FileFormat = {
  name: 'json',
  title: 'JSON of this product, readings or dense values',
  carrier: 'json',
  recognises: (head) => /^\s*\{\s*"(readings|kind|start|interval_s|max_gap_s|values)"/.test(head),
  parser: readingsJson,
}

/** Every format, those of this product first. */
export const fileFormats: readonly FileFormat[] = [
  csv,
  ndjson,
  json,
  eDistribuzione,
  eDistribuzioneApp,
  portaleConsumi,
  pcf,
  sii,
  greenButton,
  homeAssistant,
  homeAssistantJson,
  emoncms,
  emoncmsJson,
  shelly,
]

/** The names of formats, as `--format` and the query take them. */
export const formatNames: readonly string[] = fileFormats.map(({ name }) => name)

/** Among which formats a body's own is looked for, and which it has where none recognises it. */
export interface FormatChoice {
  readonly among: readonly FileFormat[]
  readonly otherwise: FileFormat | undefined
}

/** The format of that name and no other; `undefined` where there is none of that name. */
export function formatNamed(name: string): FormatChoice | undefined {
  const format = fileFormats.find((one) => one.name === name)
  return format && { among: [], otherwise: format }
}

/** Any format, told by what the body begins with. */
export const anyFormat: FormatChoice = { among: fileFormats, otherwise: undefined }

const byMediaType: Readonly<Record<string, FormatChoice>> = {
  'text/csv': carriedBy('csv', csv),
  'application/csv': carriedBy('csv', csv),
  'application/x-ndjson': { among: [], otherwise: ndjson },
  'application/ndjson': { among: [], otherwise: ndjson },
  'application/jsonl': { among: [], otherwise: ndjson },
  'application/json': carriedBy('json', json),
  'application/xml': carriedBy('xml', undefined),
  'text/xml': carriedBy('xml', undefined),
  'application/atom+xml': carriedBy('xml', undefined),
  'application/octet-stream': anyFormat,
}

/** Media types of readings, the usual one of each format first. */
export const readingsMediaTypes: readonly string[] = Object.keys(byMediaType)

/** The formats that a `content-type` may carry, its parameters aside; `undefined` where it carries no readings. */
export function formatsOfMediaType(contentType: string): FormatChoice | undefined {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(byMediaType, mediaType) ? byMediaType[mediaType] : undefined
}

/** The formats that a file may have, by its name and then by what it begins with. */
export function formatsOfFileName(name: string): FormatChoice {
  const ending = /\.(csv|ndjson|jsonl|json)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase()
  const own = { csv, ndjson, jsonl: ndjson, json }[ending ?? '']
  return { among: fileFormats, otherwise: own }
}

/** The format that a body has, by its beginning. */
export function formatOf({ among, otherwise }: FormatChoice, head: string): FileFormat | undefined {
  return among.find((format) => format.recognises(head)) ?? otherwise
}

/** Those of a choice whose files may have the values of several entities. */
export function formatsWithEntities({ among, otherwise }: FormatChoice): FormatChoice {
  const hasEntities = (format: FileFormat) => format.hasEntities === true
  return { among: among.filter(hasEntities), otherwise: otherwise && hasEntities(otherwise) ? otherwise : undefined }
}

function carriedBy(carrier: FileFormat['carrier'], otherwise: FileFormat | undefined): FormatChoice {
  return { among: fileFormats.filter((format) => format.carrier === carrier && format !== otherwise), otherwise }
}
