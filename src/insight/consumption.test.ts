import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleDay } from '../../test/support/sample-days.ts'
import type { AnalysedDay } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, dayInterval } from '../energy/civil-time.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { consumptionJson } from './consumption.ts'

const timeZone = 'Europe/Rome'
const columns = ['fridge', 'smallAppliances', 'standby'] as const
const day = '2026-11-16' as CivilDay
const interval = dayInterval(day, timeZone)

function analysed(slotS: SlotS, powers: readonly (number | null)[]): AnalysedDay {
  const count = 86_400 / slotS
  const at = (slot: number) => powers[slot % powers.length] ?? null
  const powerW = Float64Array.from({ length: count }, (_, slot) => at(slot) ?? 0)
  const measured = Uint8Array.from({ length: count }, (_, slot) => (at(slot) === null ? 0 : 1))
  const appliances = new Map<ApplianceKey, Float32Array>([
    ['fridge', Float32Array.from(powerW, (watts) => watts * 0.31)],
    ['standby', Float32Array.from(powerW, (watts) => watts * 0.123)],
  ])
  const sums = sampleDay(day, { standby: 1 })
  return {
    ...sums,
    totals: { ...sums.totals, slotS },
    curve: { day, startAt: interval.fromAt, slotS, powerW, measured },
    columns: appliances,
    runs: [],
    hours: [],
  }
}

function consumption(days: readonly AnalysedDay[], slotS: number, covered = interval) {
  const question = { accountNumber: '1', period: 'yesterday', timeZone, columns, interval: covered, slotS }
  return JSON.parse(consumptionJson(days, question)).data
}

describe('the consumption', () => {
  test('has columns that add up to the rounded meter in every slot, and null where nothing was measured', () => {
    const powers = fc.array(fc.option(fc.double({ min: 0, max: 9000, noNaN: true }), { nil: null }), {
      minLength: 1,
      maxLength: 50,
    })
    fc.assert(
      fc.property(powers, (some) => {
        const { electricity_data } = consumption([analysed(60, some)], 60)
        expect(electricity_data.data).toHaveLength(1440)
        for (const [slot, row] of electricity_data.data.entries()) {
          const powerW = some[slot % some.length] ?? null
          if (powerW === null) expect(row).toEqual([null, null, null])
          else expect(row.reduce((sum: number, watts: number) => sum + watts, 0)).toBe(Math.round(powerW))
        }
      }),
      { seed: 5, numRuns: 20 },
    )
  })

  test('is exactly index, columns and data, with slot starts in UTC', () => {
    const { electricity_data, meta } = consumption([analysed(900, [100])], 900)
    expect(Object.keys(electricity_data)).toEqual(['index', 'columns', 'data'])
    expect(electricity_data.index.slice(0, 2)).toEqual(['2026-11-15T23:00:00Z', '2026-11-15T23:15:00Z'])
    expect(meta.resolution_s).toBe(900)
  })

  test('is the mean over what was measured where coarser slots are asked for; half of a slot must be', () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => (minute < 30 ? 200 : null))
    const fewer = Array.from({ length: 60 }, (_, minute) => (minute < 29 ? 200 : null))
    const total = (row: (number | null)[]) => row.reduce<number>((sum, watts) => sum + (watts ?? 0), 0)
    expect(total(consumption([analysed(60, minutes)], 3600).electricity_data.data[0])).toBe(200)
    expect(consumption([analysed(60, fewer)], 3600).electricity_data.data[0]).toEqual([null, null, null])
  })

  test('leaves to small appliances what the others do not explain, however coarse the slots and with gaps in them', () => {
    const halfHours = Array.from({ length: 60 }, (_, minute) => (minute < 30 ? 1000 : null))
    const expected = [310, 1000 - 310 - 123, 123]
    expect(consumption([analysed(60, [1000])], 60).electricity_data.data[0]).toEqual(expected)
    expect(consumption([analysed(60, [1000])], 3600).electricity_data.data[0]).toEqual(expected)
    expect(consumption([analysed(60, halfHours)], 3600).electricity_data.data[0]).toEqual(expected)
  })

  test('of a part of a day says which share of that part was measured', () => {
    const untilNoon = { fromAt: interval.fromAt, toAt: interval.fromAt + 12 * 3_600_000 }
    const hours = Array.from({ length: 24 }, (_, hour) => (hour < 6 || hour >= 12 ? 100 : null))
    const quarters = hours.flatMap((powerW) => [powerW, powerW, powerW, powerW])
    expect(consumption([analysed(900, quarters)], 3600).meta.coverage).toBe(0.75)
    expect(consumption([analysed(900, quarters)], 3600, untilNoon).meta.coverage).toBe(0.5)
  })

  test('says how fine the readings are, however coarse the answer is', () => {
    expect(consumption([analysed(60, [100])], 3600).meta.resolution_s).toBe(60)
    expect(consumption([analysed(900, [100])], 3600).meta.resolution_s).toBe(900)
  })

  test('has a row for every slot of a day that was not analysed', () => {
    const { electricity_data, meta } = consumption([], 60)
    expect(electricity_data.data).toHaveLength(1440)
    expect(meta).toMatchObject({ reason: 'no_readings', resolution_s: null })
  })
})
