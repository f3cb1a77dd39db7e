/** Standby on a real home: it stays what it is from week to week, and quarter-hours say the same as minutes. */
import { beforeAll, describe, expect, test } from 'vitest'
import { disaggregateDays } from '../../src/app/disaggregate-days.ts'
import { openDisaggregator } from '../../src/app/networks.ts'
import type { SlotS } from '../../src/energy/load-curve.ts'
import { at, fullHouse, recordedDays, slotLengths } from '../support/odd-curves.ts'

/** 44 weeks of home-1 that begin a month after a long hole in its recording. */
const [first, weeks] = [180, 44]
/** Mean standby of each week [W]; a week that was measured for less than half is left out. */
const weekly = new Map<SlotS, number[]>()

beforeAll(async () => {
  const disaggregator = await openDisaggregator()
  for (const slotS of slotLengths) {
    const days = at(slotS, recordedDays.slice(first, first + 7 * weeks))
    const results = await disaggregateDays(disaggregator, { household: fullHouse, days })
    const meansW: number[] = []
    for (let week = 0; week < weeks; week++) {
      let [sumW, slots] = [0, 0]
      for (let index = week * 7; index < (week + 1) * 7; index++) {
        const standby = results[index]?.columns.get('standby') ?? []
        for (const [slot, flag] of days[index]?.measured.entries() ?? []) {
          if (flag !== 1) continue
          sumW += standby[slot] ?? 0
          slots += 1
        }
      }
      if (slots * slotS > 3.5 * 86_400) meansW.push(sumW / slots)
    }
    weekly.set(slotS, meansW)
  }
}, 120_000)

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

describe('standby', () => {
  test.each(slotLengths)('in slots of %i s changes by less than a tenth in most weeks', (slotS) => {
    const meansW = weekly.get(slotS) ?? []
    expect(meansW.length).toBeGreaterThan(35)
    const changes = meansW.slice(1).map((meanW, before) => Math.abs(meanW / (meansW[before] ?? 0) - 1))
    expect(middle(changes)).toBeLessThan(0.1)
  })

  test('is the same from minutes and from quarter-hours, within a twentieth in most weeks', () => {
    const [minutes = [], quarters = []] = slotLengths.map((slotS) => weekly.get(slotS) ?? [])
    expect(quarters).toHaveLength(minutes.length)
    expect(middle(minutes.map((meanW, week) => Math.abs((quarters[week] ?? 0) / meanW - 1)))).toBeLessThan(0.05)
  })
})
