import { expect, test } from 'vitest'
import { sampleDay } from '../../test/support/sample-days.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type CivilDay, dayInterval } from '../energy/civil-time.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { metaOf } from './answers.ts'

const day = '2026-11-16' as CivilDay
const columns: ApplianceKey[] = ['dishwasher', 'microwave', 'kettle', 'smallAppliances', 'standby']

function estimatedAt(slotS: SlotS): readonly ApplianceKey[] | undefined {
  const sums = sampleDay(day, { standby: 1 })
  const days = [{ ...sums, totals: { ...sums.totals, toldSlotS: slotS } }]
  const interval = dayInterval(day, 'Europe/Rome')
  return metaOf({ unit: 'Wh', timeZone: 'Europe/Rome', interval, days, columns }).estimated_appliances
}

test('in quarter-hours the appliances that run for minutes are named as estimated, from minutes none is', () => {
  expect(estimatedAt(900)).toEqual(['microwave', 'kettle'])
  expect(estimatedAt(60)).toEqual([])
})
