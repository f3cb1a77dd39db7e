import { expect, test } from 'vitest'
import type { ScoreOfHome } from './evaluate-homes.ts'
import { meansOf } from './means.ts'

const kettle = {
  home: 'a',
  appliance: 'kettle',
  maeW: 10,
  maeOfNothingW: 20,
  maeOfMeanW: 20,
  maeOverNothing: 0.5,
  sae: 0.1,
  teca: 0.8,
  onOffF1: 0.7,
  hasRun: true,
  trueRuns: 10,
  foundRuns: 8,
  runF1: 0.8,
  runsPerWeekError: -2,
  energyPerRunError: -0.3,
  monthlyEnergyError: 0.2,
  months: 3,
} satisfies ScoreOfHome

test('errors of runs that are too many in one home and too few in another do not cancel out', () => {
  const [mean] = meansOf([kettle, { ...kettle, runsPerWeekError: 2, energyPerRunError: 0.1 }])
  expect(mean).toMatchObject({ homes: 2, runsPerWeekError: 2, energyPerRunError: 0.2 })
})

test('a home counts where the appliance ran, for the measures that it has', () => {
  const untold = { ...kettle, runF1: null, runsPerWeekError: null, monthlyEnergyError: null }
  const [mean] = meansOf([kettle, untold, { ...kettle, hasRun: false, runF1: 0, maeW: 1000 }])
  expect(mean).toMatchObject({ homes: 2, maeW: 10, runF1: 0.8, runsPerWeekError: 2, monthlyEnergyError: 0.2 })
  const [none] = meansOf([untold])
  expect(none).toMatchObject({ homes: 1, runF1: null, energyPerRunError: 0.3 })
  expect(meansOf([{ ...kettle, hasRun: false }])).toEqual([])
})

test('what has no runs counts where it drew anything; appliances come in their one order', () => {
  const lighting = { ...kettle, appliance: 'lighting', hasRun: false } satisfies ScoreOfHome
  const means = meansOf([lighting, { ...lighting, maeOverNothing: null }, kettle])
  expect(means.map(({ appliance, homes }) => [appliance, homes])).toEqual([
    ['kettle', 1],
    ['lighting', 1],
  ])
})
