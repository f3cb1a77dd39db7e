/**
 * How PostgreSQL's texts become values and values texts, the same on both engines: `bigint` is a number (instants and
 * counts stay below 2^53), `date` its text, `bytea` a plain `Uint8Array`, `json` its value.
 */

/** Type ids of PostgreSQL's catalogue (`pg_type.dat`). */
const bool = 16
const bytea = 17
const int8 = 20
const int2 = 21
const int4 = 23
const oid = 26
const json = 114
const float4 = 700
const float8 = 701
const date = 1082
const jsonb = 3802

/** Readers of the text form by type id; a type that is not among them stays text. */
export const columnParsers: Readonly<Record<number, (text: string) => unknown>> = {
  [bool]: (text) => text === 't',
  [bytea]: bytesOfHex,
  [int8]: Number,
  [int2]: Number,
  [int4]: Number,
  [oid]: Number,
  [json]: JSON.parse,
  [float4]: Number,
  [float8]: Number,
  [date]: (text) => text,
  [jsonb]: JSON.parse,
}

/** A parameter as PostgreSQL reads it, whatever the column's type. Objects are written as JSON by who sends them. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array) return hexOfBytes(value)
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  throw new TypeError(`not a parameter of a statement: ${typeof value}`)
}

/** `bytea` in PostgreSQL's hex form, `\x…`. */
function hexOfBytes(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

/** The bytes of the hex form; their own memory, so that they can be handed to another thread. */
function bytesOfHex(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length - 2) / 2)
  Buffer.from(bytes.buffer).write(text.slice(2), 'hex')
  return bytes
}
