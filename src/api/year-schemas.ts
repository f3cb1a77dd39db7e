/** What the three answers over twelve months share: schema, example, and the days they are made of. */
import { type TSchema, Type } from 'typebox'
import { householdOf } from '../energy/household.ts'
import { bands } from '../energy/tariff-bands.ts'
import { columnsOf } from '../insight/answers.ts'
import { lastTwelveMonthsPeriod, type YearData, type YearQuestion, yearDays } from '../insight/months.ts'
import { type Account, readDayRows } from '../store/index.ts'
import type { ApiDeps } from './deps.ts'
import { answerOf, exampleColumns, exampleMeta, exampleTelling, insightSchema, wholeOrNull } from './insight-schemas.ts'
import { closed, electricityData, share } from './schemas.ts'

const month = (description: string) => Type.String({ pattern: '^\\d{4}-\\d{2}$', description })

const twelve = { minItems: 12, maxItems: 12 }

interface YearTable {
  readonly index: TSchema
  readonly rows: number
  readonly columns: readonly string[] | 'appliances'
  readonly description: string
}

/** The `data` of an answer over twelve months. */
export function yearSchema({ index, rows, columns, description }: YearTable) {
  const value = wholeOrNull('Energy [Wh]; `null` in a month without readings.')
  return answerOf<YearData>(
    insightSchema({
      period: Type.Literal(lastTwelveMonthsPeriod, {
        description: 'The twelve complete calendar months before the current one.',
      }),
      electricity_data: electricityData({ index, columns, value, rows, description }),
      months: Type.Array(month('A calendar month with its year.'), {
        ...twelve,
        description: 'Those months, oldest first.',
      }),
      months_coverage: Type.Array(share('Measured share of the month.'), {
        ...twelve,
        description: 'How much of each of `months` was measured.',
      }),
      month_to_date: closed(
        {
          month: month('The current month.'),
          data: Type.Array(value, { description: 'One row of the same columns, so far.' }),
        },
        { description: 'The month that runs.' },
      ),
    }),
  )
}

/** A month of the table: its calendar number. */
export const monthIndex = Type.Integer({ minimum: 1, maximum: 12, description: "The calendar month's number." })

const months = ['2025-11', '2025-12', ...Array.from({ length: 10 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`)]

/** An example: of one row for the year, or of one row per month. */
export function yearExample(columns: 'bands' | 'appliances', rows: 1 | 12) {
  const names = columns === 'bands' ? bands : exampleColumns
  const row = columns === 'bands' ? [74_210, 61_480, 98_310] : [22_460, 27_900, 151_990, 31_650]
  const scaled = rows === 1 ? row.map((energyWh) => energyWh * 12) : row
  return {
    account_number: '1234567890',
    period: lastTwelveMonthsPeriod,
    electricity_data: {
      index: rows === 1 ? [0] : months.map((name) => Number(name.slice(5))),
      columns: names,
      data: Array.from({ length: rows }, () => scaled),
    },
    months: months as unknown as YearData['months'],
    months_coverage: months.map(() => 0.98),
    month_to_date: {
      month: '2026-11' as YearData['months'][number],
      data: row.map((energyWh) => Math.round(energyWh / 2)),
    },
    meta: exampleMeta('Wh', columns === 'bands' ? {} : exampleTelling),
  } satisfies YearData
}

/** What a year's answer is made of. */
export async function yearQuestion(deps: ApiDeps, account: Account): Promise<YearQuestion> {
  const now = deps.clock()
  const { fromOn, toOn } = yearDays(now, account.timeZone)
  return {
    accountNumber: account.accountNumber,
    timeZone: account.timeZone,
    now,
    columns: columnsOf(householdOf(account.onboarding)),
    days: await readDayRows(deps.db, account, fromOn, toOn),
  }
}
