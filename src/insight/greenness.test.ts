import { describe, expect, test } from 'vitest'
import { gridHour } from '../../test/support/grid-hours.ts'
import { type CivilDay, hourMs, hoursOfDay } from '../energy/civil-time.ts'
import type { GridEvent, GridHour } from '../energy/grid-hours.ts'
import { placeOf } from '../energy/grid-zones.ts'
import { greennessAnswer } from './greenness.ts'
import { climatologyHours, climatologyModel } from './greenness-climatology.ts'
import { bestWindowsOf } from './greenness-windows.ts'
import { gridDaysOf } from './grid-days.ts'

const timeZone = 'Europe/Rome'

/** The hours of a day with a value each. */
function hoursWith(day: string, value: (hour: number) => number | null) {
  return hoursOfDay(day as CivilDay, timeZone).map(({ startAt, stopAt, hour }) => ({
    startAt,
    stopAt,
    value: value(hour),
  }))
}

const windowsOf = (day: string, value: (hour: number) => number | null) =>
  bestWindowsOf(day as CivilDay, hoursWith(day, value))

const at = (text: string) => Date.parse(text)

describe('the best windows of a day', () => {
  test('lie where the line through mid-hours is above the threshold, to the minute', () => {
    // 16 hours of 0.2, 8 of 0.6 (09–17): mean 0.3333, 67th percentile 0.2 + 0.41 × 0.4 = 0.364.
    const { windows, threshold, basis } = windowsOf('2026-11-23', (hour) => (hour >= 9 && hour < 17 ? 0.6 : 0.2))
    expect(threshold).toBeCloseTo(0.364, 6)
    expect(basis).toBe('percentile_67')
    // From 0.2 at 08:30 to 0.6 at 09:30 the line crosses 0.364 after 24.6 minutes.
    expect(windows).toEqual([{ fromAt: at('2026-11-23T07:55:00Z'), toAt: at('2026-11-23T16:05:00Z') }])
  })

  test('stand above the mean where that is greater, and the day says which it is', () => {
    // 18 hours of 0.2, 6 of 0.6: mean 0.3, 67th percentile 0.2.
    expect(windowsOf('2026-11-23', (hour) => (hour >= 10 && hour < 16 ? 0.6 : 0.2))).toMatchObject({
      threshold: expect.closeTo(0.3, 9),
      basis: 'mean',
    })
  })

  test('are the longest three of at least an hour, in order of time', () => {
    const peaks = new Map([
      [2, 1],
      [6, 2],
      [11, 3],
      [16, 2],
    ])
    const high = (hour: number) => [...peaks].some(([from, length]) => hour >= from && hour < from + length)
    const { windows } = windowsOf('2026-11-23', (hour) => (high(hour) ? 0.7 : 0.1))
    const startHours = windows.map(({ fromAt }) => new Date(fromAt + hourMs).getUTCHours())
    expect(startHours).toEqual([5, 10, 15].map((hour) => expect.closeTo(hour, 0)))
  })

  test('of one length are the earlier three', () => {
    const { windows } = windowsOf('2026-11-23', (hour) => ([2, 7, 12, 17].includes(hour) ? 0.7 : 0.1))
    // In UTC each begins 50 minutes before its half past: the line crosses 0.2 there.
    expect(windows.map(({ fromAt }) => new Date(fromAt).toISOString().slice(11, 16))).toEqual([
      '00:40',
      '05:40',
      '10:40',
    ])
  })

  test('stand above the threshold, not at it, for an hour at least', () => {
    // Eight hours of 0.6 make that the 67th percentile: only the peak at 15:30 rises above it.
    const besidePeakOf = (peak: number) =>
      windowsOf('2026-11-23', (hour) => (hour < 8 ? 0.6 : hour === 15 ? peak : 0.2))
    // From 0.2 to 1 and back in two hours: half of the time above 0.6; with 0.84 only 45 minutes.
    expect(besidePeakOf(1).windows).toEqual([{ fromAt: at('2026-11-23T14:00:00Z'), toAt: at('2026-11-23T15:00:00Z') }])
    expect(besidePeakOf(0.84)).toMatchObject({ reason: null, windows: [] })
  })

  test('do not exist on a flat day, on a day with a missing value, and the reason is named', () => {
    expect(windowsOf('2026-11-23', (hour) => 0.3 + (hour % 2) * 0.019)).toMatchObject({
      windows: [],
      reason: 'flat_day',
    })
    expect(windowsOf('2026-11-23', (hour) => 0.3 + (hour % 2) * 0.02).reason).toBeNull()
    expect(windowsOf('2026-11-23', () => 0.25)).toMatchObject({ threshold: 0.25, basis: 'mean', reason: 'flat_day' })
    expect(windowsOf('2026-11-23', (hour) => (hour === 5 ? null : hour / 24))).toMatchObject({
      windows: [],
      reason: 'forecast_unavailable',
    })
  })

  test('reach to the edges of days of 23 and 25 hours', () => {
    for (const [day, hours] of [
      ['2026-03-29', 23],
      ['2026-10-25', 25],
    ] as const) {
      const all = hoursWith(day, (hour) => (hour < 6 ? 0.8 : 0.2))
      expect(all).toHaveLength(hours)
      expect(windowsOf(day, (hour) => (hour < 6 ? 0.8 : 0.2)).windows[0]?.fromAt).toBe(all[0]?.startAt)
      expect(windowsOf(day, (hour) => (hour >= 18 ? 0.8 : 0.2)).windows.at(-1)?.toAt).toBe(all.at(-1)?.stopAt)
    }
  })
})

describe('greenness', () => {
  const now = at('2026-11-23T12:30:00Z')
  const sunny = (startAt: number) =>
    new Date(startAt).getUTCHours() >= 9 && new Date(startAt).getUTCHours() < 14 ? 0.6 : 0.3
  const hours = Array.from({ length: 60 }, (_, index) => at('2026-11-22T20:00:00Z') + index * hourMs)
  const own = { source: null, restsOn: [], model: 'm', madeAt: now }
  const substitutes = hours.map(
    (startAt): GridHour => ({ startAt, renewableShare: sunny(startAt), kind: 'substitute', ...own }),
  )
  const question = { now, timeZone, zone: 'IT', hours: substitutes }
  /** The answer to forecasts of so much. */
  const answerTo = (shareAt: (startAt: number) => number) =>
    greennessAnswer({
      ...question,
      hours: hours.map((startAt) => ({ startAt, renewableShare: shareAt(startAt), kind: 'forecast', ...own })),
    })

  test('covers today and tomorrow, hour by hour, and keeps the start of a running window', () => {
    const { time_series, best_windows, meta } = greennessAnswer(question)
    expect(time_series.index).toHaveLength(48)
    expect(time_series.index[0]).toBe('2026-11-22T23:00:00Z')
    expect(best_windows[0]?.start.slice(0, 13)).toBe('2026-11-23T08')
    expect(best_windows).toHaveLength(2)
    expect(meta).toMatchObject({ estimated: true, model: 'm', coverage: 0, reason: null })
    expect(meta.hours).toHaveLength(48)
  })

  test('is flat where today is and no window lies ahead tomorrow either', () => {
    const sunnyTomorrow = answerTo((startAt) => (startAt < at('2026-11-23T23:00:00Z') ? 0.3 : sunny(startAt)))
    expect(sunnyTomorrow.meta).toMatchObject({ reason: null, threshold: [{ reason: 'flat_day' }, { reason: null }] })
    expect(sunnyTomorrow.best_windows).toHaveLength(1)
    expect(answerTo(() => 0.3).meta.reason).toBe('flat_day')
  })

  test('has thresholds of four decimals, as its shares', () => {
    // One hour of 0.4, 23 of 0.3: 0.3 and a 24th of 0.1.
    const { meta } = answerTo((startAt) => (new Date(startAt).getUTCHours() === 10 ? 0.4 : 0.3))
    expect(meta.threshold.map(({ threshold }) => threshold)).toEqual([0.3042, 0.3042])
  })

  test('is estimated where a single hour is a substitute, and names the method of the newest hour', () => {
    expect(answerTo(sunny).meta).toMatchObject({ estimated: false, model: 'm' })
    const forecasts = substitutes.map((hour) => ({ ...hour, kind: 'forecast' as const }))
    const last = at('2026-11-24T22:00:00Z')
    const mixed = forecasts.map((hour) =>
      hour.startAt === last ? { ...hour, kind: 'substitute' as const, model: 'usual' } : hour,
    )
    expect(greennessAnswer({ ...question, hours: mixed }).meta).toMatchObject({ estimated: true, model: 'usual' })
  })

  test('tells the measured share of the hours of today that are over, and none at midnight', () => {
    const measured = substitutes.map((hour) => ({ ...hour, kind: 'actual' as const, source: 'entsoe' as const }))
    const until = (now: number) => greennessAnswer({ ...question, hours: [...substitutes, ...measured], now }).meta
    // Twelve of twelve and a half hours: the running one is not measured yet.
    expect(until(at('2026-11-23T11:30:00Z')).coverage).toBe(0.96)
    expect(until(at('2026-11-22T23:00:00Z')).coverage).toBeNull()
  })

  test('leaves out windows that are over', () => {
    expect(greennessAnswer({ ...question, now: at('2026-11-23T20:00:00Z') }).best_windows).toHaveLength(1)
  })

  test('prefers what was measured to a forecast', () => {
    const startAt = at('2026-11-23T00:00:00Z')
    const actual: GridHour = {
      startAt,
      renewableShare: 0.51234,
      kind: 'actual',
      madeAt: now,
      source: 'entsoe',
      restsOn: ['entsoe'],
      model: null,
    }
    const stale: GridHour = { startAt, renewableShare: 0.1, kind: 'forecast', ...own }
    const { time_series, meta } = greennessAnswer({ ...question, hours: [...substitutes, stale, actual] })
    expect(time_series.data[1]).toEqual([0.5123])
    expect(meta.hours[1]).toMatchObject({ kind: 'actual', source: 'entsoe', model: null })
    expect(meta.attribution.map(({ url }) => url)).toEqual(['https://transparency.entsoe.eu'])
  })

  test('is null, with a reason, where nothing is known of an hour', () => {
    const { time_series, best_windows, meta } = greennessAnswer({ ...question, hours: [] })
    expect(time_series.data.flat().every((value) => value === null)).toBe(true)
    expect(best_windows).toEqual([])
    expect(meta.reason).toBe('forecast_unavailable')
  })
})

describe('usual hours of the grid', () => {
  const place = placeOf('IT')
  /** Days of hours from `fromOn` on, as many as `days`. */
  const historyOf = (fromOn: string, days: number, shareAt: (startAt: number) => number) => {
    const from = at(`${fromOn}T00:00:00Z`)
    return Array.from({ length: days * 24 }, (_, index) =>
      gridHour(from + index * hourMs, shareAt(from + index * hourMs)),
    )
  }
  const usualOf = (history: readonly GridEvent[], day: string) => {
    const last = history.at(-1)?.startAt ?? 0
    const daysAhead = (at(`${day}T00:00:00Z`) - last) / 86_400_000 + 1
    const days = gridDaysOf(history, { timeZone, place, daysAhead: Math.ceil(daysAhead) })
    return climatologyHours(days, [day as CivilDay], { timeZone, madeAt: 0, restsOn: ['file'] })
  }
  const byHour = (startAt: number) => new Date(startAt).getUTCHours() / 100

  test('are the mean of past years at that local hour, in those weeks, however long ago', () => {
    const hours = usualOf(historyOf('2022-06-01', 60, byHour), '2026-06-24')
    expect(hours).toHaveLength(24)
    expect(hours[12]?.renewableShare).toBeCloseTo(0.1, 9)
    expect(hours[0]).toMatchObject({ kind: 'substitute', madeAt: 0, model: climatologyModel, restsOn: ['file'] })
  })

  test('on a holiday are those of Sundays and holidays, not of the working day that it falls on', () => {
    const sundays = (startAt: number) => (new Date(startAt + 12 * hourMs).getUTCDay() === 0 ? 0.6 : 0.3)
    // 2 June 2026, the feast of the Republic, is a Tuesday; a Tuesday later is none.
    const history = historyOf('2022-05-01', 90, (startAt) => sundays(Math.floor(startAt / 86_400_000) * 86_400_000))
    expect(usualOf(history, '2026-06-02')[12]?.renewableShare).toBeGreaterThan(0.5)
    expect(usualOf(history, '2026-06-16')[12]?.renewableShare).toBeCloseTo(0.3, 9)
  })

  test('count the newest three years that know of those weeks, and not the one before', () => {
    const history = [2019, 2020, 2021, 2022].flatMap((year) =>
      historyOf(`${year}-06-01`, 30, () => (year === 2019 ? 0.9 : 0.3)),
    )
    expect(usualOf(history, '2026-06-16')[12]?.renewableShare).toBeCloseTo(0.3, 9)
  })

  test('are not invented for weeks that the history does not have', () => {
    expect(usualOf(historyOf('2022-06-01', 60, byHour), '2026-12-24')).toEqual([])
  })
})
