import { describe, expect, test } from 'vitest'
import {
  energyPerRunError,
  matchRuns,
  meanAbsoluteErrorW,
  onOffF1,
  runF1,
  runsOfColumn,
  runsPerWeekError,
  signalAggregateError,
  totalEnergyCorrectlyAssigned,
} from './score.ts'

const pair = { truthW: [0, 100, 100, 0, 50], estimateW: [0, 100, 40, 20, 999], mask: [1, 1, 1, 1, 0] }

describe('errors of a curve', () => {
  test('count only where both were measured', () => {
    expect(meanAbsoluteErrorW(pair)).toBe((60 + 20) / 4)
    expect(signalAggregateError(pair)).toBeCloseTo(40 / 200, 9)
    expect(totalEnergyCorrectlyAssigned([pair])).toBeCloseTo(1 - 80 / 400, 9)
  })

  test('know a perfect column, and one of zeros', () => {
    expect(totalEnergyCorrectlyAssigned([{ ...pair, estimateW: pair.truthW }])).toBe(1)
    expect(totalEnergyCorrectlyAssigned([{ ...pair, estimateW: [0, 0, 0, 0, 0] }])).toBe(0.5)
  })

  test('say nothing where there was nothing', () => {
    const nothing = { truthW: [0, 0], estimateW: [5, 0], mask: [1, 1] }
    expect([signalAggregateError(nothing), totalEnergyCorrectlyAssigned([nothing])]).toEqual([null, null])
    expect(onOffF1({ ...nothing, estimateW: [0, 0] }, 10).f1).toBeNull()
  })
})

describe('runs', () => {
  const rule = { onW: 20, pauseS: 120, minWh: 2, toleranceS: 600 }
  const run = (startMin: number, energyWh = 10) => ({
    startAt: startMin * 60_000,
    stopAt: (startMin + 5) * 60_000,
    energyWh,
  })

  test('bridge the pauses of a cycle, end at longer ones, and need their least energy', () => {
    const columnW = [0, 120, 120, 0, 0, 120, 0, 0, 0, 120, 120, 0, 0, 0, 60]
    expect(runsOfColumn(columnW, 0, 60, rule)).toEqual([
      { startAt: 60_000, stopAt: 360_000, energyWh: 6 },
      { startAt: 540_000, stopAt: 660_000, energyWh: 4 },
    ])
  })

  test('are found once each, by the nearest', () => {
    const truth = [run(0), run(30), run(300)]
    const { truePositives, falsePositives, falseNegatives, f1 } = runF1(truth, [run(8), run(9), run(39)], 600)
    expect([truePositives, falsePositives, falseNegatives, f1]).toEqual([2, 1, 1, 4 / 6])
    expect(matchRuns([run(0), run(10)], [run(9)], 600)).toEqual([[1, 0]])
    expect([10, 10.5].map((startMin) => matchRuns([run(0)], [run(startMin)], 600).length)).toEqual([1, 0])
  })

  test('are compared per week and by their energy', () => {
    const [truth, found] = [
      [run(0, 10), run(30, 20)],
      [run(0, 12), run(30, 24), run(60, 18)],
    ]
    expect(runsPerWeekError(truth, found, 14 * 86_400)).toBe(0.5)
    expect(energyPerRunError(truth, found)).toBeCloseTo(0.2, 9)
    expect(energyPerRunError(truth, [])).toBeNull()
  })
})
