/** What the method is worth on homes that its networks never saw: networks of the fold that leaves both homes out (`half/README.md`). */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { disaggregateDays } from '../../src/app/disaggregate-days.ts'
import { scoreHome } from '../../src/app/evaluation/score-home.ts'
import { readSubMeteredHome } from '../../src/app/evaluation/sub-metered-home.ts'
import { learnedFrom, openModels } from '../../src/app/networks.ts'

const half = fileURLToPath(new URL('half', import.meta.url))
const disaggregator = await openModels(half, 60)

/** How well a home of `data/homes` is told apart: shares of what predicting nothing misses and of the energy, F1 of runs. */
async function scoresOf(name: string) {
  const file = fileURLToPath(new URL(`../../data/homes/${name}.csv.gz`, import.meta.url))
  const home = await readSubMeteredHome(file, 'Europe/London', 60)
  if (!('days' in home)) throw new Error(home.reason)
  const { appliances } = scoreHome(home, disaggregator, await disaggregateDays(disaggregator, home))
  return Object.fromEntries(appliances.map((score) => [score.appliance, score] as const))
}

test('these networks have learned from neither home', async () => {
  expect(await learnedFrom(60, half)).toEqual(['even devices'])
})

test('runs of home-1 are found as often as docs/accuracy.md says, and their energy is right within a fifth', async () => {
  const { kettle, dishwasher, washingMachine, microwave } = await scoresOf('home-1')
  expect(kettle?.runF1).toBeGreaterThanOrEqual(0.87)
  expect(kettle?.maeOverNothing).toBeLessThanOrEqual(0.39)
  expect(dishwasher?.runF1).toBeGreaterThanOrEqual(0.86)
  expect(dishwasher?.maeOverNothing).toBeLessThanOrEqual(0.33)
  expect(washingMachine?.runF1).toBeGreaterThanOrEqual(0.88)
  expect(washingMachine?.maeOverNothing).toBeLessThanOrEqual(0.49)
  expect(microwave?.runF1).toBeGreaterThanOrEqual(0.41)
  for (const score of [kettle, dishwasher, washingMachine, microwave]) expect(score?.sae).toBeLessThanOrEqual(0.2)
}, 120_000)

test('nearly every run of the electric shower of home-2 is found', async () => {
  const { waterHeater } = await scoresOf('home-2')
  expect(waterHeater?.runF1).toBeGreaterThanOrEqual(0.95)
  expect(waterHeater?.maeOverNothing).toBeLessThanOrEqual(0.1)
  expect(waterHeater?.sae).toBeLessThanOrEqual(0.1)
}, 60_000)
