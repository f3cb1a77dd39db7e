import { expect, test } from 'vitest'
import type { EpochMs } from './civil-time.ts'
import { wholeRuns } from './whole-runs.ts'

const run = (startAt: EpochMs, stopAt: EpochMs, energyWh: number) => ({
  appliance: 'fridge' as const,
  startAt,
  stopAt,
  energyWh,
})

test('a run of which two days tell counts once, as the second tells it', () => {
  expect(wholeRuns([[run(0, 5, 20), run(10, 20, 30)], [run(10, 30, 60)]]).map(({ energyWh }) => energyWh)).toEqual([
    20, 60,
  ])
})

test('of two devices that start together, one of which goes on, both count', () => {
  const evening = [run(10, 20, 30), run(10, 15, 20)]
  expect(wholeRuns([evening, [run(10, 25, 35)]]).map(({ energyWh }) => energyWh)).toEqual([20, 35])
  expect(wholeRuns([evening, [run(10, 25, 35), run(10, 30, 40)]]).map(({ energyWh }) => energyWh)).toEqual([35, 40])
})
