import { describe, expect, test } from 'vitest'
import { type CivilDay, hourMs, hoursOfDay } from '../energy/civil-time.ts'
import type { GridHour } from '../energy/grid-hours.ts'
import { greennessAnswer } from './greenness.ts'
import { climatologyModel, climatologyOf } from './greenness-climatology.ts'
import { bestWindowsOf } from './greenness-windows.ts'

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
    const { windows, threshold } = windowsOf('2026-11-23', (hour) => (hour >= 9 && hour < 17 ? 0.6 : 0.2))
    expect(threshold).toBeCloseTo(0.364, 6)
    // From 0.2 at 08:30 to 0.6 at 09:30 the line crosses 0.364 after 24.6 minutes.
    expect(windows).toEqual([{ fromAt: at('2026-11-23T07:55:00Z'), toAt: at('2026-11-23T16:05:00Z') }])
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

  test('do not exist on a flat day, on a day with a missing value, and the reason is named', () => {
    expect(windowsOf('2026-11-23', (hour) => 0.3 + (hour % 2) * 0.019)).toMatchObject({
      windows: [],
      reason: 'flat_day',
    })
    expect(windowsOf('2026-11-23', (hour) => 0.3 + (hour % 2) * 0.02).reason).toBeNull()
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
    }
  })
})

describe('greenness', () => {
  const now = at('2026-11-23T12:30:00Z')
  const sunny = (startAt: number) =>
    new Date(startAt).getUTCHours() >= 9 && new Date(startAt).getUTCHours() < 14 ? 0.6 : 0.3
  const hours = Array.from({ length: 60 }, (_, index) => at('2026-11-22T20:00:00Z') + index * hourMs)
  const own = { source: null, model: 'm', madeAt: now }
  const substitutes = hours.map(
    (startAt): GridHour => ({ startAt, renewableShare: sunny(startAt), kind: 'substitute', ...own }),
  )
  const question = { now, timeZone, zone: 'IT', hours: substitutes }

  test('covers today and tomorrow, hour by hour, and keeps the start of a running window', () => {
    const { time_series, best_windows, meta } = greennessAnswer(question)
    expect(time_series.index).toHaveLength(48)
    expect(time_series.index[0]).toBe('2026-11-22T23:00:00Z')
    expect(best_windows[0]?.start.slice(0, 13)).toBe('2026-11-23T08')
    expect(best_windows).toHaveLength(2)
    expect(meta).toMatchObject({ estimated: true, model: 'm', coverage: 0, reason: null })
    expect(meta.hours).toHaveLength(48)
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
  const from = at('2022-06-01T00:00:00Z')
  const history = Array.from({ length: 60 * 24 }, (_, index) => {
    const startAt = from + index * hourMs
    return { startAt, renewableShare: new Date(startAt).getUTCHours() / 100 }
  })

  test('are the mean of past years at that local hour, in those weeks, on that kind of day', () => {
    const climatology = climatologyOf(history, timeZone, 0)
    const hours = climatology.hours(at('2026-06-24T10:00:00Z'), at('2026-06-24T12:00:00Z'))
    expect(hours.map(({ renewableShare }) => renewableShare)).toEqual([expect.closeTo(0.1, 9), expect.closeTo(0.11, 9)])
    expect(hours[0]).toMatchObject({ kind: 'substitute', madeAt: 0, model: climatologyModel })
  })

  test('are not invented for weeks that the history does not have', () => {
    expect(climatologyOf(history, timeZone, 0).hours(at('2026-12-24T10:00:00Z'), at('2026-12-24T12:00:00Z'))).toEqual(
      [],
    )
  })
})
