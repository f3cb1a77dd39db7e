import { describe, expect, test } from 'vitest'
import { addDays, type CivilDay, dayInterval, minuteMs } from '../../energy/civil-time.ts'
import { neighbourCount, neighbourDayW, neighboursOf } from './neighbours.ts'
import { readRecording, recordedPowerW, recordingDays, recordingFromAt, shiftWeeksFor } from './recording.ts'

const dayMs = 86_400_000
const recording = await readRecording(new URL('../../../data/homes/home-1.csv.gz', import.meta.url))

describe("the demo's recording", () => {
  test('shows 342 of 350 days with measurements, and the holes stay holes', () => {
    const days = Array.from({ length: recordingDays }, (_, day) => recording.powerW.slice(day * 1440, (day + 1) * 1440))
    expect(days.filter((minutes) => minutes.some((powerW) => powerW !== null)).length).toBe(342)
  })

  test('moves by whole weeks, so that a weekday stays a weekday', () => {
    const shift = shiftWeeksFor(Date.UTC(2026, 10, 23))
    const shifted = recordingFromAt + shift * 7 * dayMs
    expect(new Date(shifted).getUTCDay()).toBe(new Date(recordingFromAt).getUTCDay())
    expect(recordedPowerW(recording, shifted, shift)).toBe(recording.powerW[0])
  })

  test('shows the season of now, within two weeks', () => {
    for (let year = 2024; year < 2040; year++) {
      const now = Date.UTC(year, 5, 15)
      const shownAt = now - shiftWeeksFor(now) * 7 * dayMs
      const offsetDays = Math.abs(shownAt - Date.UTC(2014, 5, 15)) / dayMs
      expect(Math.min(offsetDays, Math.abs(offsetDays - recordingDays))).toBeLessThan(16)
    }
  })

  test('repeats every 350 days, back and forth', () => {
    const at = Date.UTC(2026, 3, 1, 12)
    for (const repeats of [-3, -1, 1, 4]) {
      expect(recordedPowerW(recording, at + repeats * recordingDays * dayMs, 626)).toBe(
        recordedPowerW(recording, at, 626),
      )
    }
  })
})

describe("the demo's neighbours", () => {
  const day = '2026-10-25' as CivilDay

  test('are the same for the same seed and differ from each other', () => {
    const [first, second] = neighboursOf(7)
    if (first === undefined || second === undefined) throw new Error('no neighbours')
    expect(neighboursOf(7)).toHaveLength(neighbourCount)
    expect(neighbourDayW(first, day, 'Europe/Rome')).toEqual(neighbourDayW(first, day, 'Europe/Rome'))
    expect(neighbourDayW(first, day, 'Europe/Rome')).not.toEqual(neighbourDayW(second, day, 'Europe/Rome'))
  })

  test('fill 23-, 24- and 25-hour days and use a plausible energy', () => {
    for (const neighbour of neighboursOf(7)) {
      for (const one of [addDays(day, -210), day, addDays(day, 1)]) {
        const powerW = neighbourDayW(neighbour, one, 'Europe/Rome')
        const { fromAt, toAt } = dayInterval(one, 'Europe/Rome')
        const energyWh = powerW.reduce((sum, watts) => sum + watts / 60, 0)
        expect(powerW.length).toBe((toAt - fromAt) / minuteMs)
        expect(energyWh).toBeGreaterThan(1500)
        expect(energyWh).toBeLessThan(15_000)
      }
    }
  })

  test('say that they are synthetic in their account numbers', () => {
    for (const { accountNumber } of neighboursOf(7)) expect(accountNumber).toMatch(/^SYNTHETIC-\d\d$/)
  })
})
