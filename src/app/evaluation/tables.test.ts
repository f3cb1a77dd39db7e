import { expect, test } from 'vitest'
import type { ScoreOfHome } from './evaluate-homes.ts'
import { tableOfHomes } from './tables.ts'

test('what rounds to 0 has no sign, other differences of runs have theirs', () => {
  const row = (runsPerWeekError: number, energyPerRunError: number) => {
    const score = {
      home: 'a',
      appliance: 'kettle',
      maeW: 1,
      maeOfMeanW: 1,
      maeOverNothing: 1,
      sae: 0,
      teca: -0.001,
      onOffF1: 1,
      runF1: 1,
      trueRuns: 1,
      foundRuns: 1,
      runsPerWeekError,
      energyPerRunError,
      monthlyEnergyError: 0,
    } as ScoreOfHome
    return tableOfHomes([{ model: 'm', homes: [], scores: [score] }]).split('\n')[1]
  }
  expect(row(-0.04, -0.001)).toMatch(/ 0\.00 .* 0\.0 +0 % +0 %$/)
  expect(row(-0.04, -0.001)).not.toContain('-0')
  expect(row(0.04, 0.5)).toMatch(/ 0\.0 +50 % +0 %$/)
  expect(row(0.06, -0.5)).toMatch(/ \+0\.1 +-50 % +0 %$/)
})
