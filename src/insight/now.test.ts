import { describe, expect, test } from 'vitest'
import { seriesOf } from '../../test/support/readings.ts'
import type { Reading } from '../energy/readings.ts'
import { latestAnswer } from './latest.ts'
import { realtimeAnswer } from './realtime.ts'

const now = Date.parse('2026-11-23T18:04:30Z')
const timeZone = 'Europe/Rome'
const reading = (kind: Reading['kind'], ago: number, value: number | null, spanS = 300): Reading => ({
  kind,
  channel: 'import',
  at: now - ago * 1000,
  value,
  spanS,
  quality: 'measured',
  source: 'api',
})

function answerTo(readings: Reading[], newestMeasuredAt: number | null = null) {
  const newestFirst = readings.toSorted((one, other) => other.at - one.at)
  return realtimeAnswer({ accountNumber: '1', timeZone, now, readings: newestFirst, newestMeasuredAt })
}

function realtime(readings: Reading[], newestMeasuredAt: number | null = null) {
  const { realtime_consumption, age_s, meta } = answerTo(readings, newestMeasuredAt)
  return [realtime_consumption, age_s, meta.reason]
}

describe('the power now', () => {
  test('is that of the newest reading, with its age', () => {
    expect(realtime([reading('power', 90, 400), reading('power', 30, 532.4)])).toEqual([532, 30, null])
    expect(realtime([reading('power', 30.9, 532.6)])).toEqual([533, 30, null])
  })

  test('spans the time from its reading until now, and none where it is null', () => {
    expect(answerTo([reading('power', 30, 532)]).meta).toMatchObject({
      from: '2026-11-23T18:04:00Z',
      to: '2026-11-23T18:04:30Z',
    })
    expect(answerTo([reading('power', 1000, 532)]).meta).toMatchObject({ from: null, to: null })
  })

  test('of readings that measured at one instant, is the power itself and not the mean of a register or an interval', () => {
    const registers = [reading('register', 660, 1000, 3600), reading('register', 60, 1100, 3600)]
    const means = [...registers, reading('energy', 960, 50, 900)]
    expect(realtime([...means, reading('power', 60, 2000)])).toEqual([2000, 60, null])
  })

  test('is null after 900 s: a dead meter does not read as power now', () => {
    expect(realtime([reading('power', 900, 532)])).toEqual([532, 900, null])
    expect(realtime([reading('power', 901, 532)])).toEqual([null, 901, 'stale'])
    expect(realtime([], now - 86_400_000)).toEqual([null, 86_400, 'stale'])
  })

  test('is null where nothing was ever measured', () => {
    expect(realtime([])).toEqual([null, null, 'no_readings'])
  })

  test('ignores what lies in the future', () => {
    expect(realtime([reading('power', 60, 100), reading('power', -60, 900)])).toEqual([100, 60, null])
  })

  test('is null where the newest reading says that nothing was measured', () => {
    expect(realtime([reading('power', 60, 100), reading('power', 30, null)])).toEqual([null, 60, 'low_coverage'])
  })

  test('of a meter that says it measures nothing, is as old as what it last measured, however long it says so', () => {
    const measuredAt = now - 7200_000
    const unmeasured = (ago: number) => realtime([reading('power', ago, null)], measuredAt)
    expect(unmeasured(30)).toEqual([null, 7200, 'low_coverage'])
    expect(unmeasured(901)).toEqual([null, 7200, 'stale'])
    expect(realtime([], measuredAt)).toEqual([null, 7200, 'stale'])
    expect(realtime([reading('power', 30, null)])).toEqual([null, null, 'no_readings'])
  })

  test('is null where a fresh register shows no power yet, and is not called stale', () => {
    const first = [reading('register', 60, 1000, 3600)]
    expect(realtime(first, now - 60_000)).toEqual([null, 60, 'low_coverage'])
    const reset = [reading('register', 660, 1000, 3600), reading('register', 60, 5, 3600)]
    expect(realtime(reset, now - 60_000)).toEqual([null, 60, 'low_coverage'])
    const energyBefore = [reading('energy', 3900, 100, 900), ...first]
    expect(realtime(energyBefore, now - 60_000)).toEqual([null, 60, 'low_coverage'])
  })

  test('is the mean power of interval energy, measured at its end', () => {
    expect(realtime([reading('energy', 1000, 100, 900)])).toEqual([400, 100, null])
    expect(realtime([reading('energy', 800, 100, 900)])).toEqual([null, null, 'no_readings'])
  })

  test('is that of the interval which ended last, not of the one which started last', () => {
    expect(realtime([reading('energy', 3600, 800, 3600), reading('energy', 2700, 50, 900)])).toEqual([800, 0, null])
  })

  test('of intervals that ended together, is that of the shortest which measured', () => {
    const hour = reading('energy', 3600, 800, 3600)
    expect(realtime([hour, reading('energy', 900, 50, 900)])).toEqual([200, 0, null])
    expect(realtime([hour, reading('energy', 900, null, 900)])).toEqual([800, 0, null])
  })

  test('is the mean power between the two newest register readings; none over a reset or an exchange', () => {
    expect(realtime([reading('register', 660, 1000, 3600), reading('register', 60, 1100, 3600)])).toEqual([
      600,
      60,
      null,
    ])
    expect(
      realtime([reading('register', 660, 1000, 3600), reading('register', 60, 5, 3600)], now - 60_000)[0],
    ).toBeNull()
    expect(
      realtime([reading('register', 660, 1000, 3600), reading('register', 60, 200_000, 3600)], now - 60_000)[0],
    ).toBeNull()
  })

  test('is the mean of a register over an hour at most', () => {
    const newest = reading('register', 60, 1100, 3600)
    expect(realtime([newest, reading('register', 3660, 1000, 3600)])).toEqual([100, 60, null])
    expect(realtime([newest, reading('register', 3661, 1000, 3600)], now - 60_000)).toEqual([null, 60, 'low_coverage'])
  })

  test('is none where a register comes back from a faulty 0, or several', () => {
    const counts = [40_003, 0, 0, 40_002]
    const readings = counts.map((registerWh, index) => reading('register', 10 + index * 10, registerWh, 3600))
    expect(realtime(readings, now - 10_000)).toEqual([null, 10, 'low_coverage'])
    expect(realtime([reading('register', 0, 40_004, 3600), ...readings])).toEqual([360, 0, null])
  })

  test('is none where a register rises faster than any home draws', () => {
    const readings = [reading('register', 960, 5, 3600), reading('register', 60, 25_405, 3600)]
    expect(realtime(readings, now - 60_000)[0]).toBeNull()
  })

  test('passes over a register that could not be read, as the slots do', () => {
    const read = [reading('register', 720, 1000, 3600), reading('register', 120, 1100, 3600)]
    expect(realtime([...read, reading('register', 60, null, 3600)])).toEqual([600, 120, null])
  })
})

describe('the latest six hours', () => {
  test('end with the newest closed minute and show minute readings in whole watts', () => {
    const minutes = Array.from({ length: 30 }, (_, minute) => reading('power', 30 + minute * 60, 99.6 + minute))
    const { electricity_data, meta } = latestAnswer({ accountNumber: '1', timeZone, now, series: seriesOf(minutes) })
    expect(electricity_data.index).toHaveLength(360)
    expect(electricity_data.index[0]).toBe('2026-11-23T12:04:00Z')
    expect(electricity_data.index.at(-1)).toBe('2026-11-23T18:03:00Z')
    expect(electricity_data.data.at(-1)).toEqual([101])
    expect(electricity_data.data[0]).toEqual([null])
    // 29 of 360 minutes: the newest has not closed.
    expect(meta).toMatchObject({ resolution_s: 60, coverage: 0.0806, reason: null })
  })

  test('end with the newest closed minute where the meter sends quarter-hours too', () => {
    const startAt = Date.parse('2026-11-23T17:00:00Z')
    const quarters = [0, 1, 2].map((quarter) => reading('energy', (now - startAt) / 1000 - quarter * 900, 50, 900))
    const { electricity_data, meta } = latestAnswer({ accountNumber: '1', timeZone, now, series: seriesOf(quarters) })
    expect(electricity_data.index).toHaveLength(360)
    expect(meta.to).toBe(new Date(Math.floor(now / 60_000) * 60_000).toISOString().replace('.000', ''))
    const measured = electricity_data.data.flat().filter((value) => value !== null)
    expect(measured).toEqual(new Array(45).fill(200))
    expect(meta).toMatchObject({ resolution_s: 900, coverage: 45 / 360 })
  })

  test('are null without a reading', () => {
    const { electricity_data, meta } = latestAnswer({ accountNumber: '1', timeZone, now, series: seriesOf([]) })
    expect(electricity_data.data.flat().every((value) => value === null)).toBe(true)
    expect(meta).toMatchObject({ resolution_s: null, coverage: 0, reason: 'no_readings' })
  })
})
