/** The table of reasons for which one hour of the grid is refused while the rest is kept. Codes are stable. */
export const hourRejections = {
  row_malformed: 'a row has as many cells as the header, and closes the quotes that it opens',
  time_invalid: '`utc` is the start of an hour or a quarter of it in UTC, such as 2023-06-01T10:00Z',
  time_in_future: 'an hour that is not over was not measured',
  value_not_a_number: 'a figure is a number of at least 0, or empty',
  share_out_of_range: 'a renewable share lies from 0 to 1, one of load from 0 to 10',
  renewable_above_total: 'the renewable generation is at most the whole generation',
  share_contradicts: 'the share and the generation it is made of differ by more than 0.02',
  generation_zero: 'no grid generates nothing: a zero that stands for a missing value',
  zero_for_missing: 'a kind of generation that is always there, or the sun at noon, is 0',
  hour_incomplete: 'a part of the hour, or a kind of generation that the source has otherwise, is missing',
  hour_conflicting: 'the same hour comes twice with different figures: neither is known to be right',
  estimated: 'the source estimates the hour: it was not measured',
  spike: 'the share jumps by 0.12 and more away from the hours before and after',
  jump_unconfirmed: 'the share of the newest hour is off by 0.25 and more; it counts once the next hour agrees',
  frozen: 'the same figures for six hours and more: the source repeats itself',
} as const satisfies Record<string, string>

/** Why an hour was refused. */
export type HourRejectionCode = keyof typeof hourRejections

/** One refused hour. */
export interface RejectedHour {
  /** The hour, or the text that should have been one. */
  readonly at: string
  /** The line of the file in which it stands, from 1; of several the first. Absent where no file says it. */
  readonly line?: number
  readonly code: HourRejectionCode
  readonly detail: string
}

/** A refusal with the table's words. */
export function rejectedHour(at: string, code: HourRejectionCode, line?: number): RejectedHour {
  return { at, ...(line === undefined ? {} : { line }), code, detail: hourRejections[code] }
}
