import { expect, test } from 'vitest'
import { daysToShow } from './days-to-show.ts'
import type { SubMeter, SubMeteredHome } from './sub-metered-home.ts'

const slots = 96

/** Days on which an oven of so much was told to draw so many times as much, and of each of which the first slots lack. */
function daysOf(told: readonly number[], { ovenW = 1000, lost = 0 } = {}) {
  const days = told.map((_, index) => ({
    day: `2025-03-0${index + 1}`,
    startAt: index,
    slotS: 900,
    powerW: new Float64Array(slots).fill(1000),
  }))
  const powerW = new Float32Array(told.length * slots).fill(ovenW)
  const meter = {
    appliance: 'oven',
    powerW,
    mask: powerW.map((_, slot) => (slot % slots < lost ? 0 : 1)),
  } as unknown as SubMeter
  const estimateW = powerW.map((watts, slot) => watts * (told[Math.floor(slot / slots)] ?? 0))
  const home = { days } as unknown as SubMeteredHome
  return daysToShow(home, meter, estimateW)
}

function shown(...told: readonly number[]) {
  return daysOf(told).map(({ rank, day }) => [rank, told[day.startAt]])
}

test('of three days and more a good, a median and a bad one are shown, of two both, of one that', () => {
  expect(shown()).toEqual([])
  expect(shown(2)).toEqual([['median', 2]])
  expect(shown(3, 1)).toEqual([
    ['good', 1],
    ['bad', 3],
  ])
  expect(shown(3, 1, 2)).toEqual([
    ['good', 1],
    ['median', 2],
    ['bad', 3],
  ])
})

test('a day is shown of which four fifths were measured and in which the oven was used, or told to be; what lacks is left open', () => {
  const [day] = daysOf([2], { lost: 19 })
  for (const columnW of [day?.truthW, day?.estimateW])
    expect([columnW?.indexOf(null), columnW?.lastIndexOf(null)]).toEqual([0, 18])
  expect([day?.truthWh, day?.estimateWh, day?.errorShare]).toEqual([19_250, 38_500, 1 / 3])
  expect(daysOf([2], { lost: 20 })).toEqual([])
  const daysUsed = (ovenW: number, told: number) => daysOf([told], { ovenW }).length
  expect([daysUsed(5, 1), daysUsed(4, 1), daysUsed(4, 2), daysUsed(0, 1)]).toEqual([1, 0, 1, 0])
})
