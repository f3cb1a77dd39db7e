/** The parts that the schemas of the routes are made of. JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { applianceKeys } from '../energy/appliances.ts'
import type { PointReport } from '../ingest/index.ts'
import { realtimeAgeMaxS } from '../insight/realtime.ts'
import type { ProblemBody } from './problems.ts'

interface SchemaOptions {
  readonly description?: string
  readonly examples?: readonly unknown[]
}

/** An object that refuses fields it does not know. */
export function closed<P extends TProperties>(properties: P, options: SchemaOptions = {}): TObject<P> {
  return Type.Object(properties, { ...options, additionalProperties: false })
}

/** One of some texts. */
export function oneOf<const T extends readonly string[]>(values: T, options: SchemaOptions = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })
}

/** A value that may be `null`: missing, never 0. */
export function nullable<S extends TSchema>(schema: S) {
  const { type, enum: values, ...rest } = schema as { type?: string; enum?: readonly unknown[] }
  if (type === undefined) return Type.Unsafe<Static<S> | null>({ anyOf: [schema, { type: 'null' }] })
  const grown = values === undefined ? {} : { enum: [...values, null] }
  return Type.Unsafe<Static<S> | null>({ type: [type, 'null'], ...grown, ...rest })
}

/** An instant on the wire: RFC 3339, UTC, whole seconds. */
export const instant = (description: string) =>
  Type.String({ format: 'date-time', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$', description })

/** The dates that `parseDay` takes. */
export const dateYears = 'from the year 1900 to 2199'

/** A local date. */
export const localDate = (description: string) =>
  Type.String({ format: 'date', description: `${description} A date ${dateYears}.` })

/** A share from 0 to 1, four decimals. */
export const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })

/** Whole Wh or W, never negative. */
export const whole = (description: string) => Type.Integer({ minimum: 0, description })

/** The retailer's number of a customer. */
export const accountNumber = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,64}$',
  description: "The retailer's number of the customer; leading zeros are kept.",
})

export const applianceKey = oneOf(applianceKeys, {
  description: 'The appliance. New keys may be added: do not refuse one you do not know.',
})

/** Why a figure cannot be given yet; such an answer is 200 with `null`s. */
export const reasons = {
  no_readings: 'Nothing was measured in the time asked for.',
  low_coverage: 'Too little was measured for a figure that means something.',
  stale: `The newest reading is older than ${realtimeAgeMaxS} s.`,
  profile_missing: 'The home has not said enough of itself (`POST /accounts/{account_number}/onboarding`).',
  not_enough_peers: 'Fewer than 10 similar homes contribute.',
  not_enough_history: 'The home has not been measured for long enough.',
  forecast_unavailable: "There is no grid data to say the day's renewable share from.",
  flat_day: 'The renewable share hardly changes over the day: no hour is better than another.',
} as const

export const reason = nullable(
  oneOf(Object.keys(reasons) as (keyof typeof reasons)[], {
    description: `Why something cannot be answered (yet), \`null\` where all is answered. ${Object.entries(reasons)
      .map(([code, meaning]) => `\`${code}\`: ${meaning}`)
      .join(' ')}`,
  }),
)

/** `data.meta` of every insight; `extras` are what one answer says besides. */
export function metaSchema<P extends TProperties>(extras: P = {} as P) {
  return closed(
    {
      unit: Type.String({ description: 'The unit of the figures: `W`, `Wh` or `1` (a share).' }),
      time_zone: Type.String({ description: 'The time zone whose days, hours and months are meant.' }),
      from: nullable(instant('Start of the time looked at, inclusive.')),
      to: nullable(instant('End of the time looked at, exclusive.')),
      resolution_s: nullable(
        Type.Integer({ minimum: 1, description: 'The coarsest slot length of the readings in that time [s].' }),
      ),
      coverage: nullable(
        share(
          'Measured share of the elapsed time, 0–1; what a distributor estimated counts as measured. Sums are of what was measured.',
        ),
      ),
      estimated: Type.Boolean({
        description:
          "True where a figure rests on reference statistics or a substitute instead of this home's measurements. Readings that a distributor estimated do not make it true.",
      }),
      confidence: Type.Optional(
        Type.Unsafe<Record<string, number>>({
          type: 'object',
          description:
            'How sure the telling-apart is, 0–1 per appliance. 0: this appliance cannot be told apart from these readings, or next to nothing was found of a fridge or freezer; what its column has is a guess, the rest of its energy is in `smallAppliances`.',
          propertyNames: { enum: [...applianceKeys] },
          additionalProperties: { type: 'number', minimum: 0, maximum: 1 },
        }),
      ),
      estimated_appliances: Type.Optional(
        Type.Array(Type.String({ enum: [...applianceKeys] }), {
          description:
            'Appliances used in runs that are shorter than the slots of the readings (kettle and microwave in quarter-hours): on days of such slots, and of minutes that repeat a coarser meter, their columns hold a likely amount, and no runs are told. Other days of minutes in the same time do tell runs.',
        }),
      ),
      model: nullable(Type.String({ description: 'Name and version of the method behind the figures.' })),
      reason,
      ...extras,
    },
    { description: 'What the figures rest on.' },
  )
}

interface ElectricityData<I extends TSchema, V extends TSchema> {
  /** Schema of one index entry. */
  readonly index: I
  /** The exact columns, or `'appliances'`: the home's, in the documented order. */
  readonly columns: readonly string[] | 'appliances'
  /** Schema of one value. */
  readonly value: V
  /** Number of rows, where it is always the same. */
  readonly rows?: number
  readonly description: string
}

/**
 * `electricity_data`, the pandas "split" orient: exactly `index`, `columns`, `data`. Arrays with item counts instead of
 * tuples, which OpenAPI 3.1 tools cannot read as TypeBox writes them.
 */
export function electricityData<I extends TSchema, V extends TSchema>(one: ElectricityData<I, V>) {
  const rows = one.rows === undefined ? {} : { minItems: one.rows, maxItems: one.rows }
  const columns = one.columns === 'appliances' ? undefined : one.columns
  const width = columns === undefined ? { minItems: 2 } : { minItems: columns.length, maxItems: columns.length }
  return closed(
    {
      index: Type.Array(one.index, { ...rows, description: 'One entry per row of `data`.' }),
      columns: Type.Array(columns === undefined ? applianceKey : oneOf(columns), {
        ...width,
        uniqueItems: true,
        description:
          columns === undefined ? applianceColumnsText : `Always ${columns.map((c) => `\`${c}\``).join(', ')}.`,
      }),
      data: Type.Array(Type.Array(one.value, width), {
        ...rows,
        description: 'One row per index entry, one value per column.',
      }),
    },
    { description: `${one.description} Reads with \`pandas.read_json(…, orient="split")\`.` },
  )
}

const applianceColumnsText = `The appliances the home declared, \`smallAppliances\` (what no other column explains) and \`standby\`, always in this order: ${applianceKeys.map((key) => `\`${key}\``).join(', ')}. The columns add up to the meter.`

interface RejectedRow {
  readonly row: number
  readonly line?: number
  readonly code: string
  readonly detail: string
}

/** What became of the rows of readings. */
export const importReport = closed({
  format: Type.Optional(Type.String({ description: 'The format in which the body was read.' })),
  received: whole('Rows read.'),
  accepted: whole('Rows with something new.'),
  duplicates: whole('Rows that say nothing new.'),
  replaced: whole('Rows that changed a value that was there.'),
  rejected_count: whole('Rows that were not taken.'),
  dry_run: Type.Optional(
    Type.Literal(true, { description: 'Nothing was kept: this is what would become of the rows.' }),
  ),
  rejected: Type.Unsafe<readonly RejectedRow[]>(
    Type.Array(
      closed({
        row: Type.Integer({ minimum: 1, description: 'The row, counted from 1; a header does not count.' }),
        line: Type.Optional(
          Type.Integer({ minimum: 1, description: 'The line of the body in which it stands, where there are lines.' }),
        ),
        code: Type.String({ description: 'Stable code; `docs/errors.md` lists all.' }),
        detail: Type.String({ description: 'What is wrong with the row.' }),
      }),
      { maxItems: 1000, description: 'The first thousand of them.' },
    ),
  ),
  pods: Type.Optional(
    Type.Unsafe<readonly PointReport[]>(
      Type.Array(
        closed({
          pod: Type.String({ description: 'The POD, as the file names it, upper-case and without spaces.' }),
          account_number: Type.Optional(
            nullable(
              Type.String({
                description:
                  'The account that took the rows; where none took any the latest that had the POD, `null` where the client has none.',
              }),
            ),
          ),
          accepted: whole('Its rows with something new.'),
          duplicates: whole('Its rows that say nothing new.'),
          replaced: whole('Its rows that changed a value that was there.'),
          rejected_count: whole('Its rows that were not taken; where several accounts took others, with the last.'),
        }),
        {
          description:
            'The PODs that the body names, each once for every account that took rows of it, in its order; the first ten thousand PODs.',
        },
      ),
    ),
  ),
})

/** The problem body, shared by all error answers under the name `Problem`. */
export const problemSchema = {
  $id: 'Problem',
  ...closed(
    {
      type: Type.String({ description: 'URI that names the kind of problem.' }),
      title: Type.String({ description: 'Short name of the kind of problem.' }),
      status: Type.Integer({ minimum: 400, maximum: 599, description: "The same number as HTTP's." }),
      detail: Type.String({ description: 'What is wrong with this request, for a developer to read.' }),
      code: Type.String({ description: 'Stable code; `docs/errors.md` lists all.' }),
      request_id: Type.String({ description: 'Finds the request in the log; also in the header `x-request-id`.' }),
      errors: Type.Optional(
        Type.Array(
          closed({
            pointer: Type.String({ description: 'JSON pointer (RFC 6901) into the body; `/name` for a parameter.' }),
            in: oneOf(['body', 'query', 'path', 'header'], { description: 'Where the value stands.' }),
            code: Type.String({ description: 'Stable code of what is wrong with the value.' }),
            detail: Type.String({ description: 'What is wrong with the value.' }),
          }),
          { description: 'The single values to blame.' },
        ),
      ),
      report: Type.Optional({
        description: 'What became of the rows before the fault, of a body of readings.',
        ...importReport,
      } as typeof importReport),
    },
    { description: 'Why the request was refused (RFC 9457).' },
  ),
}

/** A reference to the shared problem schema. */
export const problemRef = Type.Unsafe<ProblemBody>({ $ref: 'Problem#' })
