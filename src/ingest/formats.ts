/** The formats of readings, by media type and by file name. */
export const readingsFormats = ['csv', 'ndjson', 'json'] as const

/** A format in which readings may come. */
export type ReadingsFormat = (typeof readingsFormats)[number]

const byMediaType: Readonly<Record<string, ReadingsFormat>> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/json': 'json',
}

/** Media types of readings, the usual one of each format first. */
export const readingsMediaTypes: readonly string[] = Object.keys(byMediaType)

/** The format of a `content-type`, its parameters aside; `undefined` for one that carries no readings. */
export function formatOfMediaType(contentType: string): ReadingsFormat | undefined {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(byMediaType, mediaType) ? byMediaType[mediaType] : undefined
}

/** The format that a file's name tells, `.gz` aside. */
export function formatOfFileName(name: string): ReadingsFormat | undefined {
  const ending = /\.(csv|ndjson|jsonl|json)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase()
  return ending === 'jsonl' ? 'ndjson' : readingsFormats.find((format) => format === ending)
}
