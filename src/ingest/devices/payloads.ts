/** Reading payloads that any device on a network may send: numbers and JSON, or anything else. */
import { type Fields, isFields } from '../json-fields.ts'
import { parseJson, utf8Text } from '../json-row.ts'
import { shown } from '../row-collector.ts'
import type { NotUnderstood } from './adapter.ts'

/** The payload as text; `undefined` where it is not UTF-8. */
export function textOf(payload: Buffer): string | undefined {
  return utf8Text(payload, 0, payload.length)
}

/** The payload as a JSON object. */
export function fieldsOf(payload: Buffer): Fields | undefined {
  const text = textOf(payload)
  const value = text === undefined ? undefined : parseJson(text)
  return isFields(value) ? value : undefined
}

/** The number of a text that is nothing but a decimal number. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim()
  if (trimmed.length > 40 || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(trimmed)) return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : undefined
}

/** A field that is a number; a text of one where devices are known to quote numbers. */
export function numberIn(fields: Fields, name: string): number | undefined {
  const value = fields[name]
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' ? numberOf(value) : undefined
}

/** A refusal of the whole payload. */
export function malformed(payload: Buffer, expected: string): NotUnderstood {
  const text = textOf(payload.subarray(0, 60))
  return { code: 'payload_malformed', detail: `${expected}, not ${text === undefined ? 'bytes' : shown(text)}` }
}

/** A refusal of a message that has nothing of what was looked for. */
export function nothingOf(expected: string): NotUnderstood {
  return { code: 'value_missing', detail: `the message has no ${expected}` }
}
