import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gridHour, gridHours } from '../../../test/support/grid-hours.ts'
import { checkHours } from './check-hours.ts'
import { hourRejections } from './hour-rejections.ts'

const start = '2026-07-22T00:00:00Z'
const smooth = Array.from({ length: 24 }, (_, hour) => 0.4 + 0.15 * Math.sin((hour - 6) / 4))
const codesOf = (...args: Parameters<typeof checkHours>) =>
  checkHours(...args).rejected.map(({ at, code }) => `${at.slice(11, 13)} ${code}`)

/** A smooth day with one hour changed. */
function dayWith(hour: number, change: Parameters<typeof gridHour>[2]) {
  return gridHours(start, smooth).map((one, index) => (index === hour ? { ...one, ...change } : one))
}

describe('a source', () => {
  test('that tells the truth keeps every hour', () => {
    expect(codesOf(gridHours(start, smooth))).toEqual([])
  })

  test.each([
    ['more renewables than generation', { windMw: 60_000, renewableShare: null }, 'renewable_above_total'],
    ['a share above 1', { renewableShare: 1.01, windMw: null }, 'share_out_of_range'],
    ['a share that its parts contradict', { renewableShare: 0.9 }, 'share_contradicts'],
    ['no generation', { generationMw: 0 }, 'generation_zero'],
    ['a negative figure', { loadMw: -1 }, 'value_not_a_number'],
    ['no number', { solarMw: Number.NaN }, 'value_not_a_number'],
    ['a zero where wind is always', { windMw: 0, renewableShare: null }, 'zero_for_missing'],
    ['a zero for the sun at noon', { solarMw: 0, renewableShare: null }, 'zero_for_missing'],
  ])('that says %s loses that hour alone', (_name, change, code) => {
    expect(codesOf(dayWith(11, change))).toEqual([`11 ${code}`])
  })

  test('may say that the sun gives nothing at night', () => {
    expect(codesOf(dayWith(1, { solarMw: 0, renewableShare: null }))).toEqual([])
  })

  test('that leaps out and back is not believed; a rise that lasts is', () => {
    const leap = smooth.map((share, hour) => (hour === 12 ? share + 0.2 : share))
    expect(codesOf(gridHours(start, leap))).toEqual(['12 spike'])
    const rise = smooth.map((share, hour) => (hour >= 12 ? share + 0.2 : share))
    expect(codesOf(gridHours(start, rise))).toEqual([])
  })

  test('whose newest hour is far off waits for the next one', () => {
    const far = [...smooth, 0.95]
    expect(codesOf(gridHours(start, far))).toEqual(['00 jump_unconfirmed'])
    expect(codesOf(gridHours(start, [...far, 0.94]))).toEqual([])
  })

  test('is compared with what is stored before its first hour', () => {
    const [before, ...rest] = gridHours(start, [0.4, 0.62, 0.41])
    expect(codesOf(rest)).toEqual([])
    expect(codesOf(rest, before === undefined ? [] : [before])).toEqual(['01 spike'])
  })

  test('that repeats itself for six hours is believed once', () => {
    const frozen = gridHours(start, smooth).map((one, hour) =>
      hour >= 3 && hour < 10 ? { ...gridHour(start, 0.4), startAt: one.startAt } : one,
    )
    expect(codesOf(frozen)).toEqual(['04', '05', '06', '07', '08', '09'].map((hour) => `${hour} frozen`))
  })

  test('that goes on saying 0 where wind is always is not believed more for it', () => {
    const dead = (from: number) =>
      gridHours(start, smooth).map((one, hour) => (hour >= from ? { ...one, windMw: 0, renewableShare: null } : one))
    expect(codesOf(dead(14))).toHaveLength(10)
    // A fetch that holds nothing but zeros is held to what is stored.
    expect(codesOf(dead(14).slice(14), dead(14).slice(0, 14))).toHaveLength(10)
    expect(codesOf(dead(0))).toEqual([])
  })

  test('is doubted for an hour that the next one shows to be wrong, stored or not, but not for one that waits', () => {
    const hours = gridHours(start, [0.4, 0.62, 0.41, 0.42, 0.9])
    const doubted = (before: number) =>
      checkHours(hours.slice(before), hours.slice(0, before)).doubted.map(({ startAt }) => startAt)
    expect([doubted(0), doubted(2)]).toEqual([[hours[1]?.startAt], [hours[1]?.startAt]])
    expect(codesOf(hours.slice(2), hours.slice(0, 2))).toEqual(['04 jump_unconfirmed'])
  })

  test('that tells a share of load in percent is not believed; a zone that exports is', () => {
    expect(codesOf(dayWith(11, { renewableShareOfLoad: 35 }))).toEqual(['11 share_out_of_range'])
    expect(codesOf(dayWith(11, { renewableShareOfLoad: 2.5 }))).toEqual([])
  })

  test('loses what is refused and nothing else, whatever it says', () => {
    const figure = fc.option(fc.double({ min: -1, max: 40_000, noNaN: false }), { nil: null })
    const hour = fc.record({
      renewableShare: fc.option(fc.double(), { nil: null }),
      windMw: figure,
      generationMw: figure,
    })
    fc.assert(
      fc.property(fc.array(hour, { maxLength: 30 }), (changes) => {
        const given = changes.map((change, index) => gridHour(Date.parse(start) + index * 3_600_000, 0.4, change))
        const { hours, rejected } = checkHours(given)
        expect(hours.length + rejected.length).toBe(given.length)
        expect(rejected.every(({ code }) => code in hourRejections)).toBe(true)
        expect(hours.every(({ renewableShare: share }) => share === null || (share >= 0 && share <= 1))).toBe(true)
      }),
    )
  })
})
