import { describe, expect, test } from 'vitest'
import { gridHour } from '../../test/support/grid-hours.ts'
import { hourMs } from '../energy/civil-time.ts'
import { type GridEvent, noFigures } from '../energy/grid-hours.ts'
import { placeOf } from '../energy/grid-zones.ts'
import { greennessAnswer } from './greenness.ts'
import { issueGreenness } from './issue-greenness.ts'

const timeZone = 'Europe/Rome'
const place = placeOf('IT')
const now = Date.parse('2023-06-15T10:20:00Z')
const at = (text: string) => Date.parse(text)

/** Three years of a share that follows the hour and the season, up to `toAt`. */
function history(toAt: number): GridEvent[] {
  const fromAt = at('2020-06-01T00:00:00Z')
  return Array.from({ length: (toAt - fromAt) / hourMs }, (_, index) => {
    const startAt = fromAt + index * hourMs
    const noon = Math.max(0, Math.sin(((new Date(startAt).getUTCHours() - 4) / 12) * Math.PI))
    return gridHour(startAt, 0.3 + 0.2 * noon + 0.02 * Math.sin(index / 700))
  })
}

const kindsOf = (stored: readonly GridEvent[], embedded: readonly GridEvent[]) => {
  const hours = issueGreenness({ timeZone, now, place, stored, embedded })
  const { meta, time_series } = greennessAnswer({ now, timeZone, zone: 'IT', hours })
  return { meta, values: time_series.data.flat(), kinds: meta.hours.map(({ kind }) => kind) }
}

const newest = at('2023-06-15T10:00:00Z')
const embedded = history(at('2023-06-01T00:00:00Z'))

describe('what can be said of the hours of today and tomorrow', () => {
  test('measured hours, then a forecast from them, to the end of tomorrow', () => {
    const stored = history(newest).filter(({ startAt }) => startAt >= at('2023-06-01T00:00:00Z'))
    const { kinds, meta, values } = kindsOf(stored, embedded)
    expect(kinds).toEqual([...Array(12).fill('actual'), ...Array(36).fill('forecast')])
    expect(meta).toMatchObject({ model: 'ridge-3', estimated: false, reason: null })
    expect(values.every((value) => value !== null && value > 0.25 && value < 0.6)).toBe(true)
  })

  test('a source that has been away for a day is forecast over, one away for a week gives way to substitutes', () => {
    const recent = history(newest).filter(({ startAt }) => startAt >= at('2023-06-01T00:00:00Z'))
    const until = (hoursAgo: number) => recent.filter(({ startAt }) => startAt < newest - hoursAgo * hourMs)
    expect(new Set(kindsOf(until(24), embedded).kinds)).toEqual(new Set(['forecast']))
    const week = kindsOf(until(7 * 24), embedded)
    expect(new Set(week.kinds)).toEqual(new Set(['substitute']))
    expect(week.meta).toMatchObject({ estimated: true, model: 'climatology-2', coverage: 0, reason: null })
  })

  test('what is measured after now is not known yet', () => {
    const stored = history(at('2023-06-20T00:00:00Z')).filter(({ startAt }) => startAt >= at('2023-06-01T00:00:00Z'))
    const known = stored.filter(({ startAt }) => startAt < newest)
    expect(kindsOf(stored, embedded).values).toEqual(kindsOf(known, embedded).values)
  })

  test('a forecast and a substitute name every source that their history is made of, and no other', () => {
    const june = history(newest).filter(({ startAt }) => startAt >= at('2023-06-01T00:00:00Z'))
    const mixed = june.map((hour, index) => ({ ...hour, source: index % 2 === 0 ? 'energy-charts' : 'terna' }) as const)
    const sourcesOf = (stored: readonly GridEvent[], carried: readonly GridEvent[], kind: string) => {
      const hours = issueGreenness({ timeZone, now, place, stored, embedded: carried })
      return new Set(hours.filter((hour) => hour.kind === kind).map(({ restsOn }) => restsOn.join(' ')))
    }
    expect(sourcesOf(mixed, embedded, 'forecast')).toEqual(new Set(['entsoe energy-charts terna']))
    expect(sourcesOf(mixed, embedded, 'substitute')).toEqual(new Set(['entsoe energy-charts terna']))
    expect(sourcesOf(mixed, embedded, 'actual')).toEqual(new Set(['energy-charts', 'terna']))
    // A zone of which the project carries nothing owes ENTSO-E nothing.
    expect(sourcesOf(june, [], 'substitute')).toEqual(new Set(['file']))
  })

  test('nothing is invented where nothing is known', () => {
    const { meta, values } = kindsOf([], [])
    expect(values.every((value) => value === null)).toBe(true)
    expect(meta.reason).toBe('forecast_unavailable')
  })

  test('wind and sun that a source forecasts make the forecast, over its load and with the other renewables of the days before', () => {
    const stored = history(newest).filter(({ startAt }) => startAt >= at('2023-06-01T00:00:00Z'))
    const steady = stored.map((hour) => ({ ...hour, otherRenewableMw: 5000, generationMw: 30_000, loadMw: 40_000 }))
    const startAt = at('2023-06-16T10:00:00Z')
    const said = { solarMw: 9000, windMw: 1000, loadMw: 40_000, renewableShare: null }
    const forecast: GridEvent = {
      ...gridHour(startAt, 0),
      ...noFigures,
      ...said,
      kind: 'forecast',
      source: 'entsoe',
      madeAt: now - hourMs,
    }
    // (9000 + 1000 + 5000) / (40,000 × 30,000 / 40,000)
    const { meta, values } = kindsOf([...steady, forecast], embedded)
    const row = meta.hours.findIndex((hour) => hour.at === '2023-06-16T10:00:00Z')
    expect(values[row]).toBe(0.5)
    expect(meta.hours[row]).toMatchObject({ kind: 'forecast', source: 'entsoe', model: 'mix-1' })
    expect(meta.attribution.map(({ source }) => source)).toEqual([
      'ENTSO-E Transparency Platform',
      'Files that the operator imported',
    ])
    const late = kindsOf([...steady, { ...forecast, madeAt: now + hourMs }], embedded)
    expect(late.meta.hours[row]?.model).toBe('ridge-3')
  })

  test('a share of load becomes one of generation', () => {
    const steady = history(newest)
      .filter(({ startAt }) => startAt >= at('2023-06-01T00:00:00Z'))
      .map((hour) => ({ ...hour, generationMw: 30_000, loadMw: 40_000 }))
    const forecast: GridEvent = {
      ...gridHour(at('2023-06-16T10:00:00Z'), 0),
      ...noFigures,
      renewableShareOfLoad: 0.45,
      kind: 'forecast',
      source: 'energy-charts',
      madeAt: now - hourMs,
    }
    const { meta, values } = kindsOf([...steady, forecast], embedded)
    const row = meta.hours.findIndex((hour) => hour.at === '2023-06-16T10:00:00Z')
    expect(values[row]).toBe(0.6)
    expect(meta.attribution.map(({ source }) => source)).toContain('Energy-Charts, Fraunhofer ISE')
  })

  test('on the days on which the clock changes every hour is told', () => {
    for (const [text, hours] of [
      ['2023-03-25T10:20:00Z', 47],
      ['2022-10-29T10:20:00Z', 49],
    ] as const) {
      const moment = Date.parse(text)
      const stored = history(Math.floor(moment / hourMs) * hourMs)
      const told = issueGreenness({ timeZone, now: moment, place, stored, embedded: [] })
      const { time_series, meta } = greennessAnswer({ now: moment, timeZone, zone: 'IT', hours: told })
      expect(time_series.index).toHaveLength(hours)
      expect(meta.reason).toBeNull()
    }
  })

  test('of the hour that autumn repeats the second is forecast where the first is the newest measured', () => {
    const moment = at('2022-10-30T01:20:00Z')
    const stored = history(at('2022-10-30T01:00:00Z'))
    const hours = issueGreenness({ timeZone, now: moment, place, stored, embedded: [] })
    const { meta } = greennessAnswer({ now: moment, timeZone, zone: 'IT', hours })
    expect(meta.hours.slice(0, 5).map(({ kind }) => kind)).toEqual([
      'actual',
      'actual',
      'actual',
      'forecast',
      'forecast',
    ])
  })
})
