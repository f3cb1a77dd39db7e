/** What the disaggregation promises on real homes: it adds up at both resolutions, and finds real runs. */
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { randomOf } from '../../src/app/demo/neighbours.ts'
import { disaggregateDays } from '../../src/app/disaggregate-days.ts'
import { scoreHome } from '../../src/app/evaluation/score-home.ts'
import { readSubMeteredHome, type SubMeteredHome } from '../../src/app/evaluation/sub-metered-home.ts'
import { openDisaggregator } from '../../src/app/networks.ts'
import { householdOf } from '../../src/energy/household.ts'
import type { DayCurve } from '../../src/energy/load-curve.ts'
import { inQuarters } from '../../src/energy/quarter-hours.ts'
import { wholeRuns } from '../../src/energy/whole-runs.ts'
import { without } from '../support/odd-curves.ts'

const timeZone = 'Europe/London'
const disaggregator = await openDisaggregator()
let home: SubMeteredHome

beforeAll(async () => {
  const file = fileURLToPath(new URL('../../data/homes/home-1.csv.gz', import.meta.url))
  const read = await readSubMeteredHome(file, timeZone, 60)
  if (!('days' in read)) throw new Error(read.reason)
  home = read
}, 120_000)

const household = householdOf({
  appliances: ['fridge', 'washingMachine', 'dishwasher', 'microwave', 'kettle'].map((appliance) => ({
    appliance: appliance as 'fridge',
    quantity: 1,
  })),
})

/** How well a home is told apart, by appliance. */
async function scoresOf(some: SubMeteredHome) {
  const { appliances } = scoreHome(some, disaggregator, await disaggregateDays(disaggregator, some))
  return new Map(appliances.map((score) => [score.appliance, score] as const))
}

describe.each([
  ['minutes', (days: readonly DayCurve[]) => days],
  ['quarter-hours', (days: readonly DayCurve[]) => days.map(inQuarters)],
] as const)('%s of a real home', (_name, form) => {
  const weeks = () => form(home.days.slice(140, 200))

  test('columns are no less than 0, together no more than the meter, and 0 where nothing was measured', async () => {
    const days = weeks()
    const results = await disaggregateDays(disaggregator, { household, days })
    expect(results).toHaveLength(days.length)
    for (const [index, { columns }] of results.entries()) {
      const day = days[index] as DayCurve
      expect([...columns.keys()].sort()).toEqual(
        [...household.appliances.keys()].filter((key) => key !== 'smallAppliances').sort(),
      )
      for (let slot = 0; slot < day.powerW.length; slot++) {
        let sum = 0
        for (const column of columns.values()) {
          const powerW = column[slot] ?? Number.NaN
          if (!(powerW >= 0)) throw new Error(`${day.day} ${slot}: ${powerW}`)
          sum += powerW
        }
        const limit = day.measured[slot] === 1 ? (day.powerW[slot] ?? 0) + 1e-3 : 0
        if (sum > limit) throw new Error(`${day.day} ${slot}: ${sum} W of ${limit} W`)
      }
    }
  })

  test('the same days are told apart the same way, whether they come together or one by one', async () => {
    const days = weeks()
    const together = await disaggregator.disaggregate({ household, days, from: 7, to: 21 })
    // Windows go to a network in eights: of three days, one is left for the last.
    expect(await disaggregator.disaggregate({ household, days: days.slice(0, 11), from: 7, to: 10 })).toEqual(
      together.slice(0, 3),
    )
    for (let index = 7; index < 21; index++) {
      const [alone] = await disaggregator.disaggregate({
        household,
        days: days.slice(index - 7, index + 2),
        from: 7,
        to: 8,
      })
      expect(alone?.runs).toEqual(together[index - 7]?.runs)
      for (const [key, column] of alone?.columns ?? []) expect(together[index - 7]?.columns.get(key)).toEqual(column)
    }
  })

  test('an appliance that is not declared is never reported', async () => {
    const [result] = await disaggregator.disaggregate({
      household: householdOf({ appliances: [{ appliance: 'kettle', quantity: 1 }] }),
      days: weeks().slice(0, 9),
      from: 7,
      to: 8,
    })
    expect([...(result?.columns.keys() ?? [])].sort()).toEqual(['kettle', 'standby'])
    expect(result?.runs.every(({ appliance }) => appliance === 'kettle')).toBe(true)
  })
})

test('minutes that repeat quarter-hours are told apart like quarter-hours', async () => {
  const quarters = home.days.slice(148, 170).map(inQuarters)
  const days = quarters.map((day, index): DayCurve => {
    const inMinutes = home.days[148 + index] as DayCurve
    const powerW = inMinutes.powerW.map((_, minute) => day.powerW[Math.floor(minute / 15)] ?? 0)
    const measured = inMinutes.measured.map((_, minute) => day.measured[Math.floor(minute / 15)] ?? 0)
    return { ...inMinutes, powerW, measured }
  })
  const [asMinutes, asQuarters] = [
    await disaggregateDays(disaggregator, { household, days }),
    await disaggregateDays(disaggregator, { household, days: quarters }),
  ]
  for (const [index, { runs, confidence, columns, toldSlotS }] of asMinutes.entries()) {
    expect(toldSlotS).toBe(900)
    expect({ runs, confidence }).toEqual({ runs: asQuarters[index]?.runs, confidence: asQuarters[index]?.confidence })
    for (const [appliance, column] of columns)
      column.forEach((powerW, minute) => {
        const quarterW = asQuarters[index]?.columns.get(appliance)?.[Math.floor(minute / 15)]
        if (powerW !== quarterW) throw new Error(`${appliance}, minute ${minute}: ${powerW} W, not ${quarterW}`)
      })
  }
})

test('runs of one declaration that overlap share its energy: two fridges', async () => {
  const days = home.days.slice(140, 220)
  const twoFridges = householdOf({ appliances: [{ appliance: 'fridge', quantity: 2 }] })
  const results = await disaggregateDays(disaggregator, { household: twoFridges, days })
  const runs = wholeRuns(results.map(({ runs: own }) => own))
  const overlapping = runs.filter(({ startAt }, index) => startAt < (runs[index - 1]?.stopAt ?? 0))
  expect(overlapping.length).toBeGreaterThan(5)
  const columnWh = results.reduce(
    (sum, { columns }) => sum + (columns.get('fridge') ?? new Float32Array(0)).reduce((a, b) => a + b, 0) / 60,
    0,
  )
  const runsWh = runs.reduce((sum, { energyWh }) => sum + energyWh, 0)
  expect(runsWh / columnWh).toBeCloseTo(1, 2) // a cycle across the first or last midnight lies half outside
}, 60_000)

test('an electric shower is found though the meter is clipped', async () => {
  const file = fileURLToPath(new URL('../../data/homes/home-2.csv.gz', import.meta.url))
  const read = await readSubMeteredHome(file, timeZone, 60)
  if (!('days' in read)) throw new Error(read.reason)
  const days = read.days.map((day) => ({ ...day, powerW: day.powerW.map((powerW) => Math.min(powerW, 6000)) }))
  const scores = await scoresOf({ ...read, days })
  expect(scores.get('waterHeater')?.runF1).toBeGreaterThan(0.7)
}, 60_000)

test('one minute of ten lost at random hides no wash and tears no kettle apart', async () => {
  const random = randomOf('lost minutes')
  const scores = await scoresOf({ ...home, days: home.days.map((day) => without(day, () => random() < 0.1)) })
  expect(scores.get('washingMachine')?.trueRuns).toBeGreaterThan(100)
  expect(scores.get('washingMachine')?.runF1).toBeGreaterThanOrEqual(0.9)
  expect(scores.get('dishwasher')?.runF1).toBeGreaterThanOrEqual(0.9)
  expect(scores.get('kettle')?.maeOverNothing).toBeLessThanOrEqual(0.45)
}, 60_000)

test('whole runs of the kettle (F1 ≥ 0.85) and the dishwasher (F1 ≥ 0.9) are found on home-1', async () => {
  const scores = await scoresOf(home)
  expect(scores.get('kettle')?.trueRuns).toBeGreaterThan(500)
  expect(scores.get('kettle')?.runF1).toBeGreaterThanOrEqual(0.85)
  expect(scores.get('dishwasher')?.trueRuns).toBeGreaterThan(100)
  expect(scores.get('dishwasher')?.runF1).toBeGreaterThanOrEqual(0.9)
}, 120_000)
