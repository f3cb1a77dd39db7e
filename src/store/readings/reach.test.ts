import { expect, test } from 'vitest'
import { seriesOf } from '../../../test/support/readings.ts'
import { type CivilDay, dayInterval, hourMs, minuteMs } from '../../energy/civil-time.ts'
import type { ReadingKind } from '../../energy/readings.ts'
import { daysTouchedBy } from './reach.ts'

const timeZone = 'Europe/Rome'
const day = '2026-11-10' as CivilDay
const { fromAt } = dayInterval(day, timeZone)

/** The days that a reading so long after midnight touches. */
function touchedBy(kind: ReadingKind, afterMs: number, spanS: number): CivilDay[] {
  const reading = {
    kind,
    channel: 'import',
    at: fromAt + afterMs,
    value: 1,
    spanS,
    quality: 'measured',
    source: 'api',
  } as const
  return [...daysTouchedBy(seriesOf([reading])[kind], { day, kind, channel: 'import' }, timeZone)].sort()
}

test('a change touches the day before while an interval around it may begin in the hours that this sees', () => {
  // Its energy stands from 02:30 to 03:30, its shape follows a power at 03:15.
  expect(touchedBy('power', 3 * hourMs + 15 * minuteMs, 300)).toEqual(['2026-11-09', day])
  // A register's step may stand from 02:56 to 04:01.
  expect(touchedBy('power', 4 * hourMs + minuteMs, 300)).toEqual(['2026-11-09', day])
  expect(touchedBy('power', 4 * hourMs + 5 * minuteMs, 300)).toEqual([day])
})

test('a register step at four that gets shorter touches the day before: what it no longer spans began at three', () => {
  expect(touchedBy('register', 4 * hourMs - minuteMs, 900)).toEqual(['2026-11-09', day])
})
