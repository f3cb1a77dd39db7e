import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SampleDay, sampleColumns, sampleDay, sampleDays } from '../../test/support/sample-days.ts'
import type { CivilDay } from '../energy/civil-time.ts'
import { inColumns, type MeasuredEnergy } from './answers.ts'
import { distributionAnswer, energyBefore } from './distribution.ts'
import { compoundAnswer, trendAnswer, type YearData, yearlyDistributionAnswer } from './months.ts'

const timeZone = 'Europe/Rome'
const now = Date.parse('2026-11-23T18:00:00Z')
const home = { accountNumber: '1', timeZone, columns: sampleColumns }
const sum = (row: readonly (number | null)[]) => row.reduce<number>((total, value) => total + (value ?? 0), 0)
const week = { fromAt: Date.parse('2026-11-15T23:00:00Z'), toAt: Date.parse('2026-11-22T23:00:00Z') }

const weekBefore = { fromAt: Date.parse('2026-11-08T23:00:00Z'), toAt: Date.parse('2026-11-15T23:00:00Z') }

function distributionOf(days: readonly SampleDay[], before?: MeasuredEnergy) {
  const previous = before === undefined ? null : { interval: weekBefore, energy: before }
  return distributionAnswer({ ...home, period: 'last-week', selected: week, days, previous })
}

describe('the distribution', () => {
  test('has columns that add up to its rounded total, whatever the day', () => {
    fc.assert(
      fc.property(sampleDays('2026-11-16', '2026-11-23'), (days) => {
        const { total_consumption, electricity_data } = distributionOf(days)
        const row = electricity_data.data[0] ?? []
        if (days.length === 0) return expect(total_consumption.selected_period).toBeNull()
        expect(sum(row)).toBe(total_consumption.selected_period)
        expect(Math.min(...row.map(Number))).toBeGreaterThanOrEqual(0)
      }),
      { seed: 1 },
    )
  })

  test('without a reading is null, not 0, and says why', () => {
    const { total_consumption, electricity_data, meta } = distributionOf([])
    expect(total_consumption.selected_period).toBeNull()
    expect(electricity_data.data).toEqual([[null, null, null, null]])
    expect(meta).toMatchObject({ reason: 'no_readings', coverage: 0 })
  })

  test('says which share of the time was measured', () => {
    const half = sampleDay('2026-11-16' as CivilDay, { fridge: 10, standby: 5 }, 43_200)
    expect(distributionOf([half]).meta.coverage).toBe(0.0714)
  })

  test.each([
    ['all of it was', { totalWh: 700.4, measuredS: 7 * 86_400 }, 700, 1],
    ['half of it was', { totalWh: 350.4, measuredS: 3.5 * 86_400 }, 350, 0.5],
    ['none of it was: null, not 0', { totalWh: 0, measuredS: 0 }, null, 0],
  ])('is compared with what was measured of the period before, where %s', (_, before, previousWh, coverage) => {
    const { total_consumption, meta } = distributionOf([sampleDay('2026-11-16' as CivilDay, { fridge: 10 })], before)
    expect(total_consumption).toEqual({ selected_period: 10, previous_period: previousWh })
    expect(meta.previous).toEqual({ from: '2026-11-08T23:00:00Z', to: '2026-11-15T23:00:00Z', coverage })
  })

  test('counts an appliance that is no longer declared as small appliances', () => {
    expect(inColumns({ fridge: 1, oven: 5, standby: 2 }, sampleColumns)).toEqual([1, 0, 5, 2])
  })

  test('cuts a day at an instant, inside a slot as well', () => {
    const powerW = new Float64Array(96).fill(400)
    const startAt = Date.parse('2026-11-22T23:00:00Z')
    const curve = {
      day: '2026-11-23' as CivilDay,
      startAt,
      slotS: 900 as const,
      powerW,
      measured: new Uint8Array(96).fill(1),
    }
    expect(energyBefore(curve, startAt + 6 * 3_600_000)).toEqual({ totalWh: 2400, measuredS: 21_600 })
    expect(energyBefore(curve, startAt)).toEqual({ totalWh: 0, measuredS: 0 })
    const inside = energyBefore(curve, startAt + 18.75 * 60_000)
    expect(inside).toEqual({ totalWh: 125, measuredS: 1125 })
    const firstHours = { ...curve, powerW: powerW.with(0, 0), measured: curve.measured.with(0, 0) }
    expect(energyBefore(firstHours, startAt + 3_600_000)).toEqual({ totalWh: 300, measuredS: 2700 })
  })
})

describe('the twelve months', () => {
  const answers = (days: readonly SampleDay[]) => ({
    trend: trendAnswer({ ...home, now, days }),
    compound: compoundAnswer({ ...home, now, days }),
    year: yearlyDistributionAnswer({ ...home, now, days }),
  })

  test('agree: each compound row is F1 + F2 + F3, the year is its column sums within 6 Wh', () => {
    fc.assert(
      fc.property(sampleDays('2025-10-20', '2026-11-24'), (days) => {
        const { trend, compound, year } = answers(days)
        const rows = (data: YearData) => data.electricity_data.data
        expect(rows(compound).map(sum)).toEqual(rows(trend).map(sum))
        expect(sum(compound.month_to_date.data)).toBe(sum(trend.month_to_date.data))
        for (const [column, energyWh] of (rows(year)[0] ?? []).entries()) {
          const months = sum(rows(compound).map((row) => row[column] ?? 0))
          expect(Math.abs(Number(energyWh) - months)).toBeLessThanOrEqual(6)
        }
      }),
      { seed: 2, numRuns: 20 },
    )
  })

  test('are the complete ones before the current one, oldest first, named with their year', () => {
    const { trend, compound, year } = answers([])
    for (const { meta } of [trend, compound, year])
      expect(meta).toMatchObject({ from: '2025-10-31T23:00:00Z', to: '2026-10-31T23:00:00Z' })
    expect(trend.months[0]).toBe('2025-11')
    expect(trend.months.at(-1)).toBe('2026-10')
    expect(trend.electricity_data.index).toEqual([11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(trend.month_to_date.month).toBe('2026-11')
  })

  test('without a reading are rows of null', () => {
    const { trend, year } = answers([sampleDay('2026-10-31' as CivilDay, { standby: 12 })])
    expect(trend.electricity_data.data.slice(0, 11)).toEqual(Array.from({ length: 11 }, () => [null, null, null]))
    expect(sum(trend.electricity_data.data[11] ?? [])).toBe(12)
    expect(trend.months_coverage.slice(-2)).toEqual([0, 0.0322])
    expect(year.meta.reason).toBeNull()
    expect(answers([]).year.meta.reason).toBe('no_readings')
  })
})
