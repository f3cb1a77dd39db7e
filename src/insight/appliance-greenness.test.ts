import { describe, expect, test } from 'vitest'
import { sampleDay } from '../../test/support/sample-days.ts'
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

  test('takes no power from after the end of the run', () => {
    const short = { ...run, stopAt: run.startAt + 20 * 60_000 }
    // 1,200 W in a third of the second quarter.
    expect(shapesOf([short], daysWith('2026-03-02'), 'dishwasher')[0]?.powersW).toEqual([1200, 400])
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
    // 100 minutes reach into a seventh quarter.
    expect(typicalRunOf([shaped(100, 1000)]).powersW).toHaveLength(7)
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

  test('says the typical run in whole Wh and W', () => {
    const runs = evenings.map((run) => ({ ...run, energyWh: 1001.6 }))
    const { typical_run } = applianceGreennessAnswer({ ...question, runs })
    expect(typical_run).toMatchObject({ energy_wh: 1002, power_w: Array.from({ length: 8 }, () => 501) })
  })

  test('tries starts for 24 hours, the last of them a quarter before these are over', () => {
    const dusk = gridWith(hoursOf((startAt) => (startAt >= at('2026-11-24T18:00:00Z') ? 0.9 : 0.3)))
    expect(applianceGreennessAnswer({ ...question, grid: dusk }).best_starts[0]).toMatchObject({
      start: '2026-11-24T17:00:00Z',
      // One hour of 0.3, one of 0.9.
      expected_share: 0.6,
    })
  })

  const later = at('2026-11-23T19:05:00Z')
  test.each([
    ['today, where they lie ahead', ['19:00'], now, '24T12:00', 0.3],
    ['tomorrow, where they are over', ['19:00'], later, '24T12:00', 0.6],
    ['their mean, where they differ', ['10:00', '19:00'], now, '24T00:00', 0.45],
    ['in the quarter hour that they began in, before the hour', ['18:58'], now, '23T19:00', 0.3],
    ['in the quarter hour that they began in, after the hour', ['19:02'], now, '23T19:00', 0.6],
  ])('the usual time is that of past starts: %s', (_, usualTimes, asked, greenFrom, expected) => {
    const runs = evenings.map((run, index) => {
      const startAt = at(`2026-11-${16 + index}T${usualTimes[index % usualTimes.length]}:00Z`)
      return { ...run, startAt, stopAt: startAt + 2 * hourMs, powersW: [4000, 0, 0, 0, 0, 0, 0, 0] }
    })
    const grid = gridWith(hoursOf((startAt) => (startAt >= at(`2026-11-${greenFrom}:00Z`) ? 0.6 : 0.3)))
    expect(applianceGreennessAnswer({ ...question, now: asked, runs, grid }).usual?.expected_share).toBe(expected)
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

  test.each([
    ['an evening in F2 wins against a noon greener by 0.04', { noon: 0.34, evening: 0.3, night: 0.1 }, '23T18:00'],
    ['an evening in F2 loses against a noon greener by 0.06', { noon: 0.36, evening: 0.3, night: 0.1 }, '24T10:00'],
    ['a night in F3 wins against a noon greener by 0.09', { noon: 0.39, evening: 0.1, night: 0.3 }, '23T22:00'],
    ['a night in F3 loses against a noon greener by 0.11', { noon: 0.41, evening: 0.1, night: 0.3 }, '24T10:00'],
  ])('where the price weighs fully, F3 counts as 0.1 more and F2 as half of that: %s', (_, shares, start) => {
    const late = (startAt: number) => (startAt < at('2026-11-23T21:00:00Z') ? shares.evening : shares.night)
    const grid = gridWith(hoursOf((startAt) => (sunny(startAt) ? shares.noon : late(startAt))))
    const [best] = applianceGreennessAnswer({ ...question, grid, priceWeight: 1 }).best_starts
    expect(best?.start).toBe(`2026-11-${start}:00Z`)
  })

  test('a start that is cheaper than the usual one and less green has a gain below 0', () => {
    const usualHours = [at('2026-11-23T19:00:00Z'), at('2026-11-23T20:00:00Z')]
    const grid = gridWith(hoursOf((startAt) => (usualHours.includes(startAt) ? 0.34 : 0.3)))
    expect(applianceGreennessAnswer({ ...question, grid, priceWeight: 1 }).best_starts[0]).toMatchObject({
      start: '2026-11-23T22:00:00Z',
      gain: -0.04,
    })
  })

  test.each([
    ['no start is greener by 0.02', 0.315, 0, 'flat_day'],
    ['one is', 0.325, 0, null],
    ['all are alike and prices do not count', 0.3, 0, 'flat_day'],
    ['all are alike and prices count', 0.3, 0.5, null],
  ])('says whether there is something to choose, where %s', (_, sun, priceWeight, reason) => {
    const grid = gridWith(hoursOf((startAt) => (sunny(startAt) ? sun : 0.3)))
    const { best_starts, meta } = applianceGreennessAnswer({ ...question, grid, priceWeight })
    expect([meta.reason, best_starts.length]).toEqual([reason, reason === null ? 3 : 0])
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
    const enough = applianceGreennessAnswer({ ...question, runs: evenings.slice(0, 5) })
    expect([enough.typical_run?.runs, enough.best_starts.length, enough.meta.reason]).toEqual([5, 3, null])
    const measured = [sampleDay(day('2026-11-16'), { standby: 1 })]
    expect(applianceGreennessAnswer({ ...question, runs: [] }).meta.reason).toBe('no_readings')
    expect(applianceGreennessAnswer({ ...question, runs: [], days: measured }).meta.reason).toBe('not_enough_history')
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
