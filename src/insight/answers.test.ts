import { expect, test } from 'vitest'
import { sampleDay } from '../../test/support/sample-days.ts'
import type { DayTotals } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { CivilDay } from '../energy/civil-time.ts'
import { intervalOf } from '../energy/periods.ts'
import { metaOf, type SummedDay } from './answers.ts'

const timeZone = 'Europe/Rome'
const columns: ApplianceKey[] = ['dishwasher', 'microwave', 'kettle', 'smallAppliances', 'standby']
const monday = '2026-11-16' as CivilDay
const tuesday = '2026-11-17' as CivilDay

function dayOf(day: CivilDay, totals: Partial<DayTotals>, told: Partial<Omit<SummedDay, 'totals'>> = {}): SummedDay {
  const sums = sampleDay(day, { standby: 1 })
  return { ...sums, ...told, totals: { ...sums.totals, ...totals } }
}

function metaOver(...days: SummedDay[]) {
  const interval = intervalOf(monday, '2026-11-18' as CivilDay, timeZone)
  return metaOf({ unit: 'Wh', timeZone, interval, days, columns })
}

test('in quarter-hours the appliances that run for minutes are named as estimated, from minutes none is', () => {
  expect(metaOver(dayOf(monday, { toldSlotS: 900 })).estimated_appliances).toEqual(['microwave', 'kettle'])
  expect(metaOver(dayOf(monday, { toldSlotS: 60 })).estimated_appliances).toEqual([])
})

test('days of different slots are told of by the coarsest that was measured', () => {
  const minutes = dayOf(monday, { slotS: 60 })
  const quarters = { slotS: 900, toldSlotS: 900 } as const
  expect(metaOver(minutes, dayOf(tuesday, quarters))).toMatchObject({
    resolution_s: 900,
    estimated_appliances: ['microwave', 'kettle'],
  })
  expect(metaOver(minutes, dayOf(tuesday, { ...quarters, measuredS: 0 })).resolution_s).toBe(60)
})

test('the confidence weighs days by their measured time and leaves out those that say nothing of an appliance', () => {
  const confidenceOver = (mondayIn: SummedDay['confidence'], tuesdayIn: SummedDay['confidence']) =>
    metaOver(
      dayOf(monday, { measuredS: 18 * 3600 }, { confidence: mondayIn }),
      dayOf(tuesday, { measuredS: 6 * 3600 }, { confidence: tuesdayIn }),
    ).confidence
  expect(confidenceOver({ dishwasher: 0.8 }, { dishwasher: 0.4 })).toEqual({ dishwasher: 0.7 })
  expect(confidenceOver({}, { dishwasher: 0.4 })).toEqual({ dishwasher: 0.4 })
})

test('the model is the one that told the newest day', () => {
  const told = dayOf(tuesday, {}, { model: 'unet-15' })
  expect(metaOver(dayOf(monday, {}, { model: 'unet-14' }), told).model).toBe('unet-15')
})
