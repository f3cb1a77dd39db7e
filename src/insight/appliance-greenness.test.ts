import { describe, expect, test } from 'vitest'
import type { Run } from '../energy/analysis.ts'
import { type CivilDay, dayInterval, hourMs } from '../energy/civil-time.ts'
import type { GridHour } from '../energy/grid-hours.ts'
import { bandCalendar } from '../energy/tariff-bands.ts'
import { applianceGreennessAnswer } from './appliance-greenness.ts'
import { type ShapedRun, shapesOf, typicalRunOf } from './typical-run.ts'

const timeZone = 'Europe/Rome'
const at = (text: string) => Date.parse(text)
const day = (text: string) => text as CivilDay

describe('the typical run of a home', () => {
  /** A day of minutes with 1,200 W from 23:00 for 90 minutes: half of it belongs to the next day. */
  const daysWith = (...days: string[]) =>
    days.map((text) => {
      const { fromAt, toAt } = dayInterval(day(text), timeZone)
      const powerW = new Float64Array((toAt - fromAt) / 60_000)
      const columns = new Map([
        ['dishwasher' as const, Float32Array.from(powerW, (_, minute) => (minute < 30 || minute >= 1380 ? 1200 : 0))],
      ])
      return {
        curve: {
          day: day(text),
          startAt: fromAt,
          slotS: 60 as const,
          powerW,
          measured: new Uint8Array(powerW.length).fill(1),
        },
        columns,
      }
    })
  const run: Run = {
    appliance: 'dishwasher',
    startAt: at('2026-03-02T22:00Z'),
    stopAt: at('2026-03-02T23:30Z'),
    energyWh: 1800,
  }

  test('takes the power of each run from its start on, across midnight', () => {
    const [shaped] = shapesOf([run], daysWith('2026-03-02', '2026-03-03'), 'dishwasher')
    expect(shaped?.powersW).toEqual([1200, 1200, 1200, 1200, 1200, 1200])
  })

  test('leaves out a run whose days are not there', () => {
    expect(shapesOf([run], daysWith('2026-03-05'), 'dishwasher')).toEqual([])
  })

  test('has the median length and energy, and a shape of just that energy', () => {
    const shaped = (minutes: number, energyWh: number): ShapedRun => ({
      startAt: 0,
      stopAt: minutes * 60_000,
      energyWh,
      powersW: Array.from({ length: Math.ceil(minutes / 15) }, (_, step) => (step === 0 ? 2000 : 100)),
    })
    const typical = typicalRunOf([shaped(60, 900), shaped(75, 1000), shaped(120, 1500)])
    expect(typical).toMatchObject({ runs: 3, durationS: 75 * 60, energyWh: 1000 })
    expect(typical.powersW).toHaveLength(5)
    expect(typical.powersW.reduce((sum, powerW) => sum + powerW, 0) / 4).toBeCloseTo(1000, 6)
    expect(typical.powersW[0]).toBeGreaterThan(10 * (typical.powersW[1] ?? 0))
  })
})

describe("a home's own greenness", () => {
  // A Monday; the sun lifts the share from 0.3 to 0.6 between 11 and 14 local, tomorrow as well.
  const now = at('2026-11-23T17:05:00Z')
  const sunny = (startAt: number) => new Date(startAt).getUTCHours() >= 10 && new Date(startAt).getUTCHours() < 13
  const hoursOf = (shareAt: (startAt: number) => number): GridHour[] =>
    Array.from({ length: 72 }, (_, index) => at('2026-11-22T20:00:00Z') + index * hourMs).map((startAt) => ({
      startAt,
      renewableShare: shareAt(startAt),
      kind: 'forecast',
      madeAt: now,
      source: 'entsoe',
      restsOn: ['entsoe'],
      model: 'm',
    }))
  const gridWith = (hours: GridHour[]) => ({ zone: 'IT', hours })
  /** Two hours of 500 W, started at 20:00 local on six evenings. */
  const evenings: ShapedRun[] = Array.from({ length: 6 }, (_, index) => {
    const startAt = at('2026-11-16T19:00:00Z') + index * 24 * hourMs
    return { startAt, stopAt: startAt + 2 * hourMs, energyWh: 1000, powersW: Array.from({ length: 8 }, () => 500) }
  })
  const question = {
    accountNumber: '1',
    appliance: 'dishwasher' as const,
    timeZone,
    now,
    grid: gridWith(hoursOf((startAt) => (sunny(startAt) ? 0.6 : 0.3))),
    zoneBasis: 'no_zone_data' as const,
    homeZone: 'NORD',
    runs: evenings,
    days: [],
    interval: { fromAt: at('2026-08-25T22:00:00Z'), toAt: now },
    calendar: bandCalendar({ fourOctober: false }),
    priceWeight: 0,
  }

  test('puts the run where the share is highest, and tells the gain against the usual time', () => {
    const { best_starts, usual, typical_run, meta } = applianceGreennessAnswer(question)
    expect(typical_run).toMatchObject({ runs: 6, duration_s: 7200, energy_wh: 1000 })
    expect(usual).toEqual({ expected_share: 0.3, band_shares: { f1: 0, f2: 1, f3: 0 } })
    expect(best_starts[0]).toEqual({
      start: '2026-11-24T10:00:00Z',
      stop: '2026-11-24T12:00:00Z',
      expected_share: 0.6,
      band_shares: { f1: 1, f2: 0, f3: 0 },
      gain: 0.3,
      estimated: false,
    })
    expect(best_starts[1]?.start).toBe('2026-11-24T11:00:00Z')
    expect(meta).toMatchObject({ unit: '1', reason: null, zone: 'IT', price_weight: 0 })
    expect(meta).toMatchObject({ zone_basis: 'no_zone_data', home_zone: 'NORD', estimated: false })
    expect(meta.attribution).toMatchObject([{ source: 'ENTSO-E Transparency Platform' }])
  })

  test('the usual time is known on the day before the clock is set back, when it lies 24 and a half hours ahead', () => {
    const before = at('2026-10-24T08:00:00Z')
    const hours = hoursOf(() => 0.3).map((hour, index) => ({
      ...hour,
      startAt: at('2026-10-24T00:00:00Z') + index * hourMs,
      renewableShare: index === 32 ? 0.6 : 0.3,
    }))
    const mornings = evenings.map((run, index) => {
      const startAt = at('2026-10-17T07:30:00Z') + index * 24 * hourMs
      return { ...run, startAt, stopAt: startAt + 2 * hourMs, powersW: [4000, 0, 0, 0, 0, 0, 0, 0] }
    })
    const asked = { ...question, now: before, runs: mornings, grid: gridWith(hours) }
    expect(applianceGreennessAnswer(asked).usual?.expected_share).toBe(0.6)
  })

  test('shares of bands are together 1, however they are rounded', () => {
    // A third before and two thirds after seven in the evening of a working day.
    const runs = evenings.map((run) => ({ ...run, powersW: [1333, 2667, 0, 0, 0, 0, 0, 0] }))
    for (const { band_shares } of applianceGreennessAnswer({ ...question, runs }).best_starts)
      expect(band_shares.f1 + band_shares.f2 + band_shares.f3).toBeCloseTo(1, 10)
    const evening = at('2026-11-23T17:40:00Z')
    const hours = hoursOf((startAt) => (startAt === at('2026-11-23T17:00:00Z') ? 0.9 : 0.3))
    const [first] = applianceGreennessAnswer({ ...question, now: evening, grid: gridWith(hours), runs }).best_starts
    expect(first?.band_shares).toEqual({ f1: 0.3333, f2: 0.6667, f3: 0 })
  })

  test('a cheap band wins where the share is nearly the same, as much as the price weighs', () => {
    const nearly = gridWith(hoursOf((startAt) => (sunny(startAt) ? 0.34 : 0.3)))
    const startWith = (priceWeight: number) =>
      applianceGreennessAnswer({ ...question, grid: nearly, priceWeight }).best_starts[0]?.start
    expect(startWith(0)).toBe('2026-11-24T10:00:00Z')
    // 23:00 local: F3 counts as 0.1 more.
    expect(startWith(1)).toBe('2026-11-23T22:00:00Z')
  })

  test('weighs the hours by the energy that the run draws in them', () => {
    const front = evenings.map((run) => ({ ...run, powersW: [3800, 200, 0, 0, 0, 0, 0, 0] }))
    const late = gridWith(hoursOf((startAt) => (startAt === at('2026-11-24T12:00:00Z') ? 0.6 : 0.3)))
    expect(applianceGreennessAnswer({ ...question, runs: front, grid: late }).best_starts[0]).toMatchObject({
      start: '2026-11-24T12:00:00Z',
      expected_share: 0.6,
    })
  })

  test('says why it cannot: too few runs, no share, nothing to choose', () => {
    const few = applianceGreennessAnswer({ ...question, runs: evenings.slice(0, 4) })
    expect([few.typical_run, few.best_starts, few.meta.reason]).toEqual([null, [], 'not_enough_history'])
    expect(applianceGreennessAnswer({ ...question, runs: [] }).meta.reason).toBe('no_readings')
    expect(applianceGreennessAnswer({ ...question, grid: gridWith([]) }).meta.reason).toBe('forecast_unavailable')
    // A holiday: F3 all day.
    const holiday = at('2026-12-25T00:05:00Z')
    const level = gridWith(
      hoursOf(() => 0.3).map((hour, index) => ({ ...hour, startAt: at('2026-12-24T23:00:00Z') + index * hourMs })),
    )
    expect(applianceGreennessAnswer({ ...question, now: holiday, grid: level }).meta.reason).toBe('flat_day')
  })

  test('late in the evening starts reach 24 hours ahead, though their runs end after the midnight of tomorrow', () => {
    const late = at('2026-11-23T22:30:00Z')
    const hours = hoursOf((startAt) => (startAt >= at('2026-11-24T22:00:00Z') ? 0.9 : 0.3))
    const { best_starts, meta } = applianceGreennessAnswer({ ...question, now: late, grid: gridWith(hours) })
    expect(best_starts[0]).toMatchObject({ start: '2026-11-24T22:00:00Z', stop: '2026-11-25T00:00:00Z' })
    expect(meta).toMatchObject({ from: '2026-11-23T22:30:00Z', to: '2026-11-24T22:30:00Z' })
  })

  test('a run that would reach beyond what is known is not proposed, and the answer says how far starts go', () => {
    const late = at('2026-11-23T22:30:00Z')
    const known = hoursOf((startAt) => (startAt >= at('2026-11-24T22:00:00Z') ? 0.9 : 0.3)).filter(
      ({ startAt }) => startAt < at('2026-11-24T23:00:00Z'),
    )
    const { best_starts, meta } = applianceGreennessAnswer({ ...question, now: late, grid: gridWith(known) })
    expect(best_starts[0]?.stop).toBe('2026-11-24T23:00:00Z')
    expect(meta.to).toBe('2026-11-24T21:15:00Z')
  })

  test('a start in hours that are substitutes says so, and owes their sources', () => {
    const hours = hoursOf((startAt) => (sunny(startAt) ? 0.6 : 0.3)).map((hour) =>
      hour.startAt < at('2026-11-24T12:00:00Z')
        ? hour
        : { ...hour, kind: 'substitute' as const, restsOn: ['file'] as const },
    )
    const { best_starts, meta } = applianceGreennessAnswer({ ...question, grid: gridWith(hours) })
    expect(best_starts.map(({ start, estimated }) => [start, estimated])).toEqual([
      ['2026-11-24T10:00:00Z', false],
      ['2026-11-24T11:00:00Z', true],
      ['2026-11-24T09:00:00Z', false],
    ])
    expect(meta.estimated).toBe(true)
    expect(meta.attribution).toHaveLength(2)
  })

  test('a run that draws nothing, or nothing before its median length is over, has an even shape and no NaN', () => {
    const still = evenings.map((run) => ({ ...run, energyWh: 0, powersW: Array.from({ length: 8 }, () => 0) }))
    const { best_starts } = applianceGreennessAnswer({ ...question, runs: still })
    expect(best_starts[0]).toMatchObject({ start: '2026-11-24T10:00:00Z', expected_share: 0.6, gain: 0.3 })
    const tail = evenings.map((run) => ({ ...run, powersW: [0, 0, 0, 0, 0, 0, 0, 0, 500] }))
    expect(typicalRunOf(tail).powersW).toEqual(Array.from({ length: 8 }, () => 500))
  })
})
