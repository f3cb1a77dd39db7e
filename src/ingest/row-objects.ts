/** A row that came as a JSON object: `{"at": "…Z", "power_w": 532}`. */

import { isInterval, isValueField, type RowContext, readAt, readValue, rejection, shown } from './row-rules.ts'
import type { Row } from './rows.ts'
import { isRejection } from './rows.ts'

/** The readings of an object, or why it is none. */
export function rowOfObject(object: unknown, context: RowContext): Row {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return rejection('row_malformed', 'not an object')
  }
  const { at: atText, interval_s: interval, ...values } = object as Record<string, unknown>
  const unknown = Object.keys(values).find((name) => !isValueField(name))
  if (unknown !== undefined) return rejection('field_unknown', shown(unknown))
  if (atText === undefined) return rejection('at_missing', 'no field "at"')
  if (typeof atText !== 'string') return rejection('at_invalid', 'not a text')
  const at = readAt(atText, context)
  if (typeof at !== 'number') return at
  if (interval !== undefined && !(typeof interval === 'number' && isInterval(interval))) {
    return rejection('interval_invalid', 'interval_s')
  }
  return readingsOf(values, at, interval)
}

function readingsOf(values: Record<string, unknown>, at: number, intervalS: number | undefined): Row {
  const readings = []
  for (const [field, value] of Object.entries(values)) {
    if (!isValueField(field)) continue
    if (value !== null && typeof value !== 'number') return rejection('value_not_a_number', field)
    const reading = readValue(field, at, value, intervalS)
    if (isRejection(reading)) return reading
    readings.push(reading)
  }
  return readings.length > 0 ? readings : rejection('value_missing', 'no value field')
}
