/** Schemas that several insight routes share, and examples for them. */
import { type TProperties, type TSchema, Type } from 'typebox'
import { accountNumber, closed, instant, metaSchema, nullable, share, whole } from './schemas.ts'

/** A schema whose static type is the insight's own; tests hold answers to both. */
export function answerOf<T>(schema: TSchema) {
  return Type.Unsafe<T>(schema)
}

/** The `data` of an insight over a period. */
export function insightSchema<P extends TProperties>(properties: P, metaExtras: TProperties = {}) {
  return closed({ account_number: accountNumber, ...properties, meta: metaSchema(metaExtras) })
}

/** Whole Wh, `null` where nothing was measured. */
export const wholeOrNull = (description: string) => nullable(whole(description))

/** `meta.previous` of the distribution. */
export const previousSchema = nullable(
  closed(
    {
      from: instant('Start of the period compared with.'),
      to: instant('Its end; of a running period the same elapsed span, to the newest measured slot.'),
      coverage: nullable(share('Measured share of that time.')),
    },
    { description: 'The period compared with; `null` when a running period has measured nothing yet.' },
  ),
)

/** A meta for examples. */
export function exampleMeta(unit: 'W' | 'Wh', extras: object = {}) {
  return {
    unit,
    time_zone: 'Europe/Rome',
    from: '2026-11-15T23:00:00Z',
    to: '2026-11-22T23:00:00Z',
    resolution_s: 60,
    coverage: 0.9981,
    estimated: false,
    model: null,
    reason: null,
    ...extras,
  }
}

/** What examples say where appliances are told apart. */
export const exampleTelling = {
  model: 'unet-19',
  confidence: { fridge: 0.6, dishwasher: 0.75, standby: 0.8 },
  estimated_appliances: [],
}

/** Columns of examples. */
export const exampleColumns = ['fridge', 'dishwasher', 'smallAppliances', 'standby'] as const
