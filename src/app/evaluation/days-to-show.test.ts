import { expect, test } from 'vitest'
import { daysToShow } from './days-to-show.ts'
import type { SubMeter, SubMeteredHome } from './sub-metered-home.ts'

const slots = 96

/** What is shown of days on which an oven of 1 kW was told to draw so many times as much. */
function shown(...told: readonly number[]) {
  const days = told.map((_, index) => ({
    day: `2025-03-0${index + 1}`,
    startAt: index,
    slotS: 900,
    powerW: new Float64Array(slots).fill(1000),
  }))
  const powerW = new Float32Array(told.length * slots).fill(1000)
  const meter = { appliance: 'oven', powerW, mask: new Uint8Array(powerW.length).fill(1) } as unknown as SubMeter
  const estimateW = powerW.map((watts, slot) => watts * (told[Math.floor(slot / slots)] ?? 0))
  const home = { days } as unknown as SubMeteredHome
  return daysToShow(home, meter, estimateW).map(({ rank, day }) => [rank, told[day.startAt]])
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
