/** The table of reasons for which one row is rejected while the rest of its body is kept. Codes are stable. */
export const rowRejections = {
  at_missing: 'the row has no `at`',
  at_invalid: '`at` is an RFC 3339 instant that exists, such as 2025-07-21T00:00:00Z',
  at_without_zone: '`at` needs an offset or Z, such as 2025-07-21T02:00:00+02:00',
  at_too_early: '`at` lies before the year 2000',
  at_in_future: '`at` lies more than a day in the future',
  day_invalid: 'the day is a date that exists, written as this format writes it',
  time_skipped: 'the clock skips this time of the day when it is put forward',
  time_ambiguous: 'the clock shows this time twice on the day it is put back, and the file does not say which is meant',
  series_unknown: 'the values are of a kind, unit or direction that is not read',
  pod_missing: 'the row has no POD',
  pod_invalid: 'the POD has none of the forms of a POD',
  pod_unknown: 'the client has no account with this POD',
  pod_other: 'the POD is not the one of this account',
  after_closure: 'the supply was closed before `at`',
  before_supply: 'the account with this POD has it from a later day on',
  value_missing: 'the row has no value: power_w, energy_wh, register_wh, or one of them with _export',
  value_not_a_number: 'a value is a finite number with a decimal point, or null',
  value_negative: 'a value is at least 0; what is injected has columns of its own (_export)',
  power_absurd: 'power is at most 100 kW',
  energy_absurd: 'energy is at most 100 kW over its interval',
  register_absurd: 'a register is at most 1,000,000,000 kWh',
  interval_invalid: '`interval_s` is a whole number from 1 to 3600',
  max_gap_invalid: '`max_gap_s` is a whole number from 1 to 3900',
  field_unknown: 'a row has at, interval_s, max_gap_s, power_w, energy_wh, register_wh, and these three with _export',
  row_malformed: 'the row is not of the form that its body announces, or has a field twice',
  row_too_long:
    'a row is at most 16 KiB long, a point of emoncms 1 KiB, a day of the app or a state of Home Assistant 64 KiB',
  row_not_utf8: 'the row is not UTF-8',
} as const satisfies Record<string, string>

/** Why a row was rejected. */
export type RowRejectionCode = keyof typeof rowRejections
