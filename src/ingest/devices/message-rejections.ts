/** The table of reasons for which a device's message, or one value of it, is rejected. Codes are stable. */
import { rowRejections } from '../row-rejections.ts'

const { at_too_early, at_in_future, after_closure, value_not_a_number, value_negative } = rowRejections
const { power_absurd, energy_absurd, register_absurd, interval_invalid, at_invalid } = rowRejections

export const messageRejections = {
  payload_malformed: 'the payload is not of the form that this kind of device sends',
  payload_too_large: 'a message is at most 256 KiB long',
  checksum_wrong: 'the checksum of the telegram does not fit',
  value_missing: 'the message has no value of the channels that the device names',
  unit_unknown: 'the unit is none that this kind of device has',
  meter_not_valid: 'the meter itself says that the value is not valid',
  alias_unknown: 'a metric has an alias that no birth message has named',
  instant_unknown:
    'the message is old (retained, repeated or kept by the broker) and does not say when it was measured',
  at_invalid,
  at_too_early,
  at_in_future,
  after_closure,
  value_not_a_number,
  value_negative,
  power_absurd,
  energy_absurd,
  register_absurd,
  interval_invalid,
} as const satisfies Record<string, string>

/** Why a message, or a value of it, was rejected. */
export type MessageRejectionCode = keyof typeof messageRejections
