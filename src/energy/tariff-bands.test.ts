import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  type CivilDay,
  type CivilMonth,
  dayInterval,
  firstDayOf,
  localDayOf,
  parseDay,
  wallClockAt,
} from './civil-time.ts'
import { easterOf } from './holidays.ts'
import { intervalOf } from './periods.ts'
import { type Band, bandAt, bandCalendar, bands } from './tariff-bands.ts'

const rome = 'Europe/Rome'
const quarterMs = 900_000
const without = bandCalendar({ fourOctober: false })
const withIt = bandCalendar({ fourOctober: true })

function quartersBetween(fromAt: number, toAt: number, calendar = without): Record<Band, number> {
  const quarters = { f1: 0, f2: 0, f3: 0 }
  for (let at = fromAt; at < toAt; at += quarterMs) quarters[bandAt(at, rome, calendar)]++
  return quarters
}

function day(text: string): CivilDay {
  const parsed = parseDay(text)
  if (parsed === undefined) throw new Error(`no day: ${text}`)
  return parsed
}

/** Counts made independently of this code; their origin stands in the domain facts they come with. */
const golden = readFileSync(new URL('../../test/golden/tariff-band-quarters.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(','))

describe('the quarters of F1, F2 and F3', () => {
  test('are those of the golden table, in every month of it', () => {
    expect(golden.length).toBe(96)
    for (const [year = '', month = '', variant = '', f1, f2, f3, total] of golden) {
      const first = `${year}-${month.padStart(2, '0')}` as CivilMonth
      const { fromAt, toAt } = intervalOf(firstDayOf(first), firstDayOf(addMonths(first, 1)), rome)
      const counted = quartersBetween(fromAt, toAt, variant === 'with_4oct' ? withIt : without)
      expect({ month: first, variant, ...counted }).toEqual({
        month: first,
        variant,
        f1: Number(f1),
        f2: Number(f2),
        f3: Number(f3),
      })
      expect((toAt - fromAt) / quarterMs).toBe(Number(total))
    }
  })

  test.each([
    ['2026-03-29', 92],
    ['2026-10-25', 100],
    ['2026-10-26', 96],
  ])('on %s are %i', (text, quarters) => {
    const { fromAt, toAt } = dayInterval(day(text), rome)
    const counted = quartersBetween(fromAt, toAt)
    expect(counted.f1 + counted.f2 + counted.f3).toBe(quarters)
  })

  test('partition every day, whatever the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (offset) => {
        const { fromAt, toAt } = dayInterval(addDays(day('2007-01-01'), offset), rome)
        const counted = quartersBetween(fromAt, toAt)
        expect(bands.reduce((sum, band) => sum + counted[band], 0)).toBe((toAt - fromAt) / quarterMs)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the band at', () => {
  /** Points computed by hand from resolution 181/06. */
  test.each([
    ['2026-08-14', '06:59', 'f3'],
    ['2026-08-14', '07:00', 'f2'],
    ['2026-08-14', '07:59', 'f2'],
    ['2026-08-14', '08:00', 'f1'],
    ['2026-08-14', '18:59', 'f1'],
    ['2026-08-14', '19:00', 'f2'],
    ['2026-08-14', '22:59', 'f2'],
    ['2026-08-14', '23:00', 'f3'],
    ['2026-05-02', '06:59', 'f3'],
    ['2026-05-02', '07:00', 'f2'],
    ['2026-05-02', '22:59', 'f2'],
    ['2026-05-02', '23:00', 'f3'],
    ['2026-08-15', '10:00', 'f3'],
    ['2026-05-01', '08:00', 'f3'],
    ['2026-04-06', '10:00', 'f3'],
    ['2026-04-04', '10:00', 'f2'],
    ['2026-04-07', '10:00', 'f1'],
    ['2026-06-24', '10:00', 'f1'],
    ['2026-12-07', '10:00', 'f1'],
    ['2027-10-04', '10:00', 'f1'],
  ])('%s %s is %s', (text, time, band) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number)
    expect(bandAt(wallClockAt(day(text), hour, minute, rome), rome, without)).toBe(band)
  })

  test('10:00 on 4 October 2027 is F3 once the regulator lists it', () => {
    expect(bandAt(wallClockAt(day('2027-10-04'), 10, 0, rome), rome, withIt)).toBe('f3')
  })
})

test('Easter Monday is the day of the published tables', () => {
  const mondays = ['2024-04-01', '2025-04-21', '2026-04-06', '2027-03-29', '2028-04-17', '2029-04-02', '2030-04-22']
  for (const monday of mondays) expect(addDays(easterOf(Number(monday.slice(0, 4))), 1)).toBe(monday)
})

test('a local day of Rome starts at local midnight, summer and winter', () => {
  expect(dayInterval(day('2026-07-01'), rome).fromAt).toBe(Date.UTC(2026, 5, 30, 22))
  expect(dayInterval(day('2026-12-01'), rome).fromAt).toBe(Date.UTC(2026, 10, 30, 23))
  expect(localDayOf(Date.UTC(2026, 5, 30, 21, 59, 59), rome)).toBe('2026-06-30')
  expect(localDayOf(Date.UTC(2026, 5, 30, 22), rome)).toBe('2026-07-01')
})
