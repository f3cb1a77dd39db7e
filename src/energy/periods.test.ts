import { describe, expect, test } from 'vitest'
import { type CivilDay, formatInstant, type Interval } from './civil-time.ts'
import { last28Days, lastTwelveMonths, type PeriodRequest, resolvePeriod } from './periods.ts'

const timeZone = 'Europe/Rome'

function resolve(request: PeriodRequest, now: string, newestMeasured: string | null = now, slotS: 60 | 900 = 60) {
  const newestMeasuredAt = newestMeasured === null ? null : Date.parse(newestMeasured)
  const { selected, previous, running } = resolvePeriod(request, {
    now: Date.parse(now),
    timeZone,
    slotS,
    newestMeasuredAt,
  })
  return { selected: shown(selected), previous: previous && shown(previous), running }
}

function shown({ fromAt, toAt }: Interval): string {
  return `${formatInstant(fromAt)} ${formatInstant(toAt)}`
}

describe('a complete period', () => {
  test.each([
    ['yesterday', '2026-11-21T23:00:00Z 2026-11-22T23:00:00Z', '2026-11-20T23:00:00Z 2026-11-21T23:00:00Z'],
    ['last-seven-days', '2026-11-15T23:00:00Z 2026-11-22T23:00:00Z', '2026-11-08T23:00:00Z 2026-11-15T23:00:00Z'],
    ['last-week', '2026-11-15T23:00:00Z 2026-11-22T23:00:00Z', '2026-11-08T23:00:00Z 2026-11-15T23:00:00Z'],
    ['last-month', '2026-09-30T22:00:00Z 2026-10-31T23:00:00Z', '2026-08-31T22:00:00Z 2026-09-30T22:00:00Z'],
  ] as const)('%s is made of whole local days and compared with the one before', (period, selected, previous) => {
    expect(resolve({ period }, '2026-11-23T15:30:00Z')).toEqual({ selected, previous, running: false })
  })

  test('between two dates is compared with as many days before', () => {
    const request = { fromOn: '2026-03-28' as CivilDay, toOn: '2026-03-31' as CivilDay }
    expect(resolve(request, '2026-11-23T15:30:00Z')).toEqual({
      selected: '2026-03-27T23:00:00Z 2026-03-30T22:00:00Z',
      previous: '2026-03-24T23:00:00Z 2026-03-27T23:00:00Z',
      running: false,
    })
  })
})

test('yesterday is complete from midnight on, while the first slot of today is open', () => {
  expect(resolve({ period: 'yesterday' }, '2026-11-23T23:07:00Z', '2026-11-23T12:00:00Z', 900)).toEqual({
    selected: '2026-11-22T23:00:00Z 2026-11-23T23:00:00Z',
    previous: '2026-11-21T23:00:00Z 2026-11-22T23:00:00Z',
    running: false,
  })
})

describe('a running period', () => {
  test('ends with the newest closed slot and is compared with the same wall-clock span', () => {
    expect(resolve({ period: 'this-week' }, '2026-11-25T15:30:30Z')).toEqual({
      selected: '2026-11-22T23:00:00Z 2026-11-25T15:30:00Z',
      previous: '2026-11-15T23:00:00Z 2026-11-18T15:30:00Z',
      running: true,
    })
    expect(resolve({ period: 'this-week' }, '2026-11-25T15:37:30Z', null, 900).selected).toMatch(/15:30:00Z$/)
  })

  test('is compared up to the newest measured slot, because late meters do not save', () => {
    const { previous } = resolve({ period: 'this-week' }, '2026-11-25T15:30:00Z', '2026-11-24T23:00:00Z')
    expect(previous).toBe('2026-11-15T23:00:00Z 2026-11-17T23:00:00Z')
  })

  test('is compared with no less as time goes on, where the period before lacks an hour', () => {
    const previousTo = (now: string) => resolve({ period: 'this-week' }, now).previous?.slice(-20)
    expect(['00:00', '00:30', '00:59', '01:00', '01:01'].map((time) => previousTo(`2026-04-05T${time}:00Z`))).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:01:00Z',
    ])
  })

  test('is compared with no less as time goes on, while its own hour is repeated', () => {
    const previousTo = (now: string) => resolve({ period: 'this-week' }, now).previous?.slice(-20)
    expect(['00:00', '00:59', '01:00', '01:59', '02:00'].map((time) => previousTo(`2026-10-25T${time}:00Z`))).toEqual([
      '2026-10-18T00:00:00Z',
      '2026-10-18T00:59:00Z',
      '2026-10-18T01:00:00Z',
      '2026-10-18T01:00:00Z',
      '2026-10-18T01:00:00Z',
    ])
  })

  test('is compared with nothing while nothing of it is measured', () => {
    expect(resolve({ period: 'this-month' }, '2026-11-25T15:30:00Z', '2026-10-24T23:00:00Z').previous).toBeNull()
    expect(resolve({ period: 'this-month' }, '2026-11-25T15:30:00Z', null).previous).toBeNull()
    // Measured to the midnight that the week starts at.
    expect(resolve({ period: 'this-week' }, '2026-11-25T15:30:00Z', '2026-11-22T23:00:00Z').previous).toBeNull()
  })

  test('is compared with all of February on 31 March', () => {
    expect(resolve({ period: 'this-month' }, '2026-03-31T10:00:00Z')).toEqual({
      selected: '2026-02-28T23:00:00Z 2026-03-31T10:00:00Z',
      previous: '2026-01-31T23:00:00Z 2026-02-28T23:00:00Z',
      running: true,
    })
  })

  test('keeps the wall clock across the autumn change', () => {
    const { previous } = resolve({ period: 'this-week' }, '2026-10-28T10:00:00Z')
    expect(previous).toBe('2026-10-18T22:00:00Z 2026-10-21T09:00:00Z')
  })
})

test('the last twelve months are the complete ones before this one, oldest first', () => {
  const months = lastTwelveMonths(Date.parse('2026-10-31T23:00:00Z'), timeZone)
  expect(months).toHaveLength(12)
  expect([months[0], months[11]]).toEqual(['2025-11', '2026-10'])
})

test('the last 28 days end with yesterday', () => {
  const { days } = last28Days(Date.parse('2025-07-19T10:00:00Z'), timeZone)
  expect([days.length, days[0], days[27]]).toEqual([28, '2025-06-21', '2025-07-18'])
})
