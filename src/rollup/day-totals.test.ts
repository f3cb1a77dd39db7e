import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, dayInterval } from '../energy/civil-time.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { bandCalendar } from '../energy/tariff-bands.ts'
import { totalsOf } from './day-totals.ts'

const timeZone = 'Europe/Rome'
const calendar = bandCalendar({ fourOctober: false })
/** A plain day, both changes of the clock, a holiday, a Saturday. */
const days = ['2026-11-23', '2026-03-29', '2026-10-25', '2026-12-25', '2026-11-21'] as CivilDay[]

interface Sample {
  readonly curve: DayCurve
  readonly columns: Map<ApplianceKey, Float32Array>
}

/** Days with holes, and two columns that together never exceed the meter. */
const samples: fc.Arbitrary<Sample> = fc
  .record({
    day: fc.constantFrom(...days),
    slotS: fc.constantFrom<SlotS>(60, 900),
    seed: fc.array(fc.record({ powerW: fc.float({ min: 0, max: 9000, noNaN: true }), measured: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
    }),
    shares: fc.tuple(fc.double({ min: 0, max: 0.5, noNaN: true }), fc.double({ min: 0, max: 0.5, noNaN: true })),
  })
  .map(({ day, slotS, seed, shares }) => {
    const { fromAt, toAt } = dayInterval(day, timeZone)
    const count = (toAt - fromAt) / 1000 / slotS
    const at = (slot: number) => seed[slot % seed.length] ?? { powerW: 0, measured: false }
    const measured = Uint8Array.from({ length: count }, (_, slot) => (at(slot).measured ? 1 : 0))
    const powerW = Float64Array.from({ length: count }, (_, slot) => (at(slot).measured ? at(slot).powerW : 0))
    const columns = new Map<ApplianceKey, Float32Array>([
      ['fridge', Float32Array.from(powerW, (watts) => watts * shares[0] * 0.999)],
      ['standby', Float32Array.from(powerW, (watts) => watts * shares[1] * 0.999)],
    ])
    return { curve: { day, startAt: fromAt, slotS, powerW, measured }, columns }
  })

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)

describe('the sums of a day', () => {
  test('are those of its slots: by hour, by band, by appliance', () => {
    fc.assert(
      fc.property(samples, ({ curve, columns }) => {
        const { totals, hours } = totalsOf(curve, { columns, toldSlotS: curve.slotS }, timeZone, calendar)
        const slotsWh = (sum(curve.powerW) * curve.slotS) / 3600
        expect(totals.totalWh).toBeCloseTo(slotsWh, 6)
        expect(sum(hours.map(({ totalWh }) => totalWh))).toBeCloseTo(slotsWh, 6)
        expect(sum(Object.values(totals.bandWh))).toBeCloseTo(slotsWh, 6)
        expect(sum(Object.values(totals.applianceWh))).toBeCloseTo(slotsWh, 6)
        expect(totals.measuredS).toBe(sum(curve.measured) * curve.slotS)
        expect(sum(hours.map(({ measuredS }) => measuredS))).toBe(totals.measuredS)
      }),
      { seed: 20_261 },
    )
  })

  test('know how long the day is: 23, 24 and 25 hours', () => {
    const lengthS = (day: CivilDay) => {
      const { fromAt, toAt } = dayInterval(day, timeZone)
      const count = (toAt - fromAt) / 900_000
      const curve = {
        day,
        startAt: fromAt,
        slotS: 900 as const,
        powerW: new Float64Array(count),
        measured: new Uint8Array(count),
      }
      const { totals, hours } = totalsOf(curve, { columns: new Map(), toldSlotS: 900 }, timeZone, calendar)
      return [totals.elapsedS, hours.length]
    }
    expect(lengthS('2026-03-29' as CivilDay)).toEqual([82_800, 23])
    expect(lengthS('2026-11-23' as CivilDay)).toEqual([86_400, 24])
    expect(lengthS('2026-10-25' as CivilDay)).toEqual([90_000, 25])
  })

  test('put each hour of a working day into the band that it begins in, whatever its slots', () => {
    const day = '2026-11-23' as CivilDay
    const { fromAt } = dayInterval(day, timeZone)
    for (const slotS of [60, 900] as const) {
      const count = 86_400 / slotS
      // 1 kW from 6:30 to 8:30, and from 22:30 to 23:30.
      const isOn = (hour: number) => (hour >= 6.5 && hour < 8.5) || (hour >= 22.5 && hour < 23.5)
      const powerW = Float64Array.from({ length: count }, (_, slot) => (isOn((slot * slotS) / 3600) ? 1000 : 0))
      const curve = { day, startAt: fromAt, slotS, powerW, measured: new Uint8Array(count).fill(1) }
      const { bandWh } = totalsOf(curve, { columns: new Map(), toldSlotS: slotS }, timeZone, calendar).totals
      expect(bandWh).toEqual({ f1: expect.closeTo(500), f2: expect.closeTo(1500), f3: expect.closeTo(1000) })
    }
  })

  test('put a whole holiday into F3', () => {
    const day = '2026-12-25' as CivilDay
    const { fromAt } = dayInterval(day, timeZone)
    const powerW = new Float64Array(96).fill(400)
    const curve = { day, startAt: fromAt, slotS: 900 as const, powerW, measured: new Uint8Array(96).fill(1) }
    expect(totalsOf(curve, { columns: new Map(), toldSlotS: 900 }, timeZone, calendar).totals.bandWh).toEqual({
      f1: 0,
      f2: 0,
      f3: 9600,
    })
  })
})
