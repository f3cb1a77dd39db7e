/**
 * How PostgreSQL's texts become values, the same on both engines: `bigint` a number (instants and counts stay below
 * 2^53), `date` its text, `bytea` a plain `Uint8Array`. Everything else keeps the driver's own reading.
 */

/** Type ids of PostgreSQL's catalogue (`pg_type.dat`). */
export const typeIds = { bytea: 17, bigint: 20, date: 1082 } as const

/** Readers of the text form by type id. */
export const columnParsers: Readonly<Record<number, (text: string) => unknown>> = {
  [typeIds.bytea]: bytesOfHex,
  [typeIds.bigint]: Number,
  [typeIds.date]: (text) => text,
}

/** `bytea` in PostgreSQL's hex form, `\x…`. */
export function hexOfBytes(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

/** The bytes of the hex form; their own memory, so that they can be handed to another thread. */
export function bytesOfHex(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length - 2) / 2)
  Buffer.from(bytes.buffer).write(text.slice(2), 'hex')
  return bytes
}
