import { mean } from 'simple-statistics'
import { expect, test } from 'vitest'
import { dayOfW, firstDay, lose } from '../../test/support/made-up-homes.ts'
import { floorOfDayW, giveStandby, standbyOfDaysW } from './floor.ts'
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

test('the floor of a day is that of its night, though the home draws less by day: a roof has its own sun then', () => {
  expect(floorOfDayW(dayOfW(firstDay, (slot) => (slot < 420 ? 120 : 20)))).toBe(120)
})

test('a day whose night was not measured has the floor of the rest of it, one of which an hour was measured has none', () => {
  const floorFromW = (minute: number) => {
    const day = dayOfW(firstDay, () => 90)
    lose(day, 0, minute)
    return floorOfDayW(day)
  }
  expect([720, 1350, 1380].map(floorFromW)).toEqual([90, 90, undefined])
})

test('a register that counts a pulse every twelve minutes has a floor: nothing is drawn between two pulses, yet the home draws', () => {
  const floorW = floorOfDayW(dayOfW(firstDay, (slot) => (slot % 12 === 0 ? 600 : 0)))
  expect(floorW).toBeGreaterThanOrEqual(40)
  expect(floorW).toBeLessThanOrEqual(50)
})

test('standby is what a week shows on its quieter days: one night of absence says nothing, nor do those in which more is on', () => {
  expect(standbyOfDaysW([80, 200, 200, undefined, 200, 80, 200, 200])).toBe(80)
  expect(standbyOfDaysW([80, 80, 0, 80, 80, 80, 80])).toBe(80)
  expect([standbyOfDaysW([undefined, 90]), standbyOfDaysW([undefined]), standbyOfDaysW([])]).toEqual([
    90,
    undefined,
    undefined,
  ])
})
