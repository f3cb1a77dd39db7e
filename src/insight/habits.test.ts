import { describe, expect, test } from 'vitest'
import { sampleDay } from '../../test/support/sample-days.ts'
import type { HourTotals } from '../energy/analysis.ts'
import { type CivilDay, hoursOfDay } from '../energy/civil-time.ts'
import { habitsAnswer } from './habits.ts'

const timeZone = 'Europe/Rome'
const selected = { fromAt: Date.parse('2026-10-18T22:00:00Z'), toAt: Date.parse('2026-10-25T23:00:00Z') }

/** A day that draws `powerW` all the time, measured for `measuredS` of every hour. */
function dayHours(day: string, powerW: number, measuredS = 3600) {
  const hours = hoursOfDay(day as CivilDay, timeZone).map(
    ({ startAt, hour }): HourTotals => ({
      startAt,
      hour,
      band: 'f3',
      measuredS,
      totalWh: (powerW * measuredS) / 3600,
      applianceWh: {},
    }),
  )
  return { day: day as CivilDay, hours }
}

function habits(...hours: ReturnType<typeof dayHours>[]) {
  const days = hours.map(({ day }) => sampleDay(day, { standby: 1 }))
  return habitsAnswer({ accountNumber: '1', period: 'custom', timeZone, selected, days, hours }).electricity_data
}

describe('habits', () => {
  test('have all 168 hours of the week, Monday first', () => {
    const { index, data } = habits()
    expect(index).toHaveLength(168)
    expect([index[0], index[25], index[167]]).toEqual([
      [0, 0],
      [1, 1],
      [6, 23],
    ])
    expect(data.flat().every((value) => value === null)).toBe(true)
  })

  test('are one hour at the mean power of what was measured: gaps do not lower them', () => {
    const { data } = habits(dayHours('2026-10-19', 300), dayHours('2026-10-26', 500, 1800))
    expect(data[0]).toEqual([Math.round((300 + 250) / 1.5)])
  })

  test('count the doubled hour of autumn as one hour', () => {
    const { data } = habits(dayHours('2026-10-25', 240))
    expect(data.slice(6 * 24, 6 * 24 + 4)).toEqual([[240], [240], [240], [240]])
  })

  test('are null below 30 measured minutes', () => {
    expect(habits(dayHours('2026-10-19', 300, 1799)).data[0]).toEqual([null])
    expect(habits(dayHours('2026-10-19', 300, 1800)).data[0]).toEqual([300])
  })
})
