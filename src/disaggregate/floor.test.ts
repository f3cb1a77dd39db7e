import { mean } from 'simple-statistics'
import { expect, test } from 'vitest'
import { giveStandby } from './floor.ts'
import { openLedger } from './ledger.ts'

const slots = 240

/** What standby of so much is given of minutes [W]; `unmeasured` lack. */
function givenOf(powerOf: (slot: number) => number, standbyW: number, unmeasured: readonly number[] = []) {
  const measured = new Uint8Array(slots).fill(1)
  for (const slot of unmeasured) measured[slot] = 0
  const powerW = Float64Array.from(measured, (flag, slot) => (flag === 1 ? powerOf(slot) : 0))
  const ledger = openLedger({ startAt: 0, slotS: 60, powerW, measured, midnight: slots }, ['standby'])
  giveStandby(ledger, standbyW)
  return [...(ledger.columns.get('standby') ?? [])]
}

test('standby lies level under a load that is never less, whatever runs on top of it', () => {
  expect(givenOf((slot) => (slot % 50 < 3 ? 2080 : 83), 80)).toEqual(Array(slots).fill(80))
})

test('of pulses standby is as much as of the power they count: what one minute lacks, others of its quarter-hour make up for', () => {
  const pulsesW = (slot: number) => (slot % 2 === 0 ? 120 : 0)
  const column = givenOf(pulsesW, 50)
  expect(mean(column)).toBeCloseTo(50, 0)
  for (const [slot, standbyW] of column.entries()) expect(standbyW).toBeLessThanOrEqual(pulsesW(slot))
})

test('where a load falls below for some minutes, standby is what is left within an hour and a half', () => {
  const column = givenOf((slot) => (slot >= 105 && slot < 110 ? 50 : 100), 80)
  expect(column.slice(15, 195)).toEqual(Array(180).fill(50))
  expect([...column.slice(0, 15), ...column.slice(210)]).toEqual(Array(45).fill(80))
})

test('nothing is given in a gap, and a gap takes nothing from the minutes beside it', () => {
  const lost = [...Array(20).keys()].map((place) => 97 + place)
  const column = givenOf(() => 100, 80, lost)
  for (const [slot, standbyW] of column.entries()) expect(standbyW).toBe(lost.includes(slot) ? 0 : 80)
})
