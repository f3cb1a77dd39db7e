import { expect, test } from 'vitest'
import { curveOfW, firstDay } from '../../test/support/made-up-homes.ts'
import { cutSlotOf } from './session.ts'

test('a night is cut in the middle of its calm', () => {
  for (const slotS of [60, 900] as const) {
    const isCalm = (slot: number) => slot * slotS >= 4500 && slot * slotS < 9900
    const cutS = cutSlotOf(curveOfW(firstDay, slotS, (slot) => (isCalm(slot) ? 100 : 1000))) * slotS
    expect(Math.abs(cutS - 7200)).toBeLessThanOrEqual(900)
  }
})

test('nothing that begins just before three in the morning draws the cut to itself', () => {
  // A wash, a pause from 02:40, and from 02:55 on it dries.
  const day = curveOfW(firstDay, 60, (slot) => (slot < 100 ? 1900 : slot < 160 ? 600 : slot < 175 ? 100 : 1500))
  const cut = cutSlotOf(day)
  expect(cut).toBeGreaterThanOrEqual(60)
  expect(cut).toBeLessThanOrEqual(135)
})
