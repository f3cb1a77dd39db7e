import { expect, test } from 'vitest'
import { dayOfW, firstDay, householdWith, lose, networkSaying } from '../../test/support/made-up-homes.ts'
import { createDisaggregator } from './index.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

test('networks see five lost minutes as the power before them, longer gaps and what is to come as lost; none of them draws anything', async () => {
  // It takes whatever it is shown as measured for an oven's.
  let shown: readonly number[] = []
  const minute = networkSaying('minutes', {
    oven: (_powerW, isMeasured, window) => {
      shown = [...window]
      return isMeasured ? [0.95, 1500] : [0, 0]
    },
  })
  const day = dayOfW(firstDay, (slot) => 2000 + slot)
  const [short, long, ahead] = [
    [300, 305],
    [400, 406],
    [600, 1440],
  ] as const
  for (const [from, to] of [short, long, ahead]) lose(day, from, to)
  const ask = { household: householdWith('oven'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const [length, midnight] = [shown.length / 2, shown.length / 2 - 1440 - 180]
  const seen = (slot: number) => [shown[midnight + slot], shown[length + midnight + slot]]
  expect([short[0] - 1, ...range(...short), short[1]].map(seen)).toEqual([...Array(6).fill([2299, 1]), [2305, 1]])
  expect([...range(...long), ...range(...ahead)].map(seen).every(([powerW, flag]) => powerW === 0 && flag === 0)).toBe(
    true,
  )
  for (const column of result?.columns.values() ?? [])
    expect(range(...short).every((slot) => column[slot] === 0)).toBe(true)
  expect(result?.columns.get('oven')?.[299]).toBeGreaterThan(0)
})
