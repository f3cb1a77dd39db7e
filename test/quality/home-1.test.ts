/** What the disaggregation promises on a real home: it adds up at both resolutions, and finds real runs. */
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { disaggregateDays } from '../../src/app/disaggregate-days.ts'
import { type ApplianceScore, evaluateHome } from '../../src/app/evaluation.ts'
import { type MinutesFile, readMinutesFile } from '../../src/app/minutes-file.ts'
import { openDisaggregator } from '../../src/app/networks.ts'
import { householdOf } from '../../src/energy/household.ts'
import type { DayCurve } from '../../src/energy/load-curve.ts'

const timeZone = 'Europe/London'
const disaggregator = await openDisaggregator()
let home: MinutesFile

beforeAll(async () => {
  home = await readMinutesFile(fileURLToPath(new URL('../../data/homes/home-1.csv.gz', import.meta.url)), timeZone, {
    further: true,
  })
}, 120_000)

/** The same days in quarter-hours; one that is measured for less than half is not measured. */
function inQuarters(days: readonly DayCurve[]): DayCurve[] {
  return days.map((day) => {
    const slots = day.powerW.length / 15
    const powerW = new Float64Array(slots)
    const measured = new Uint8Array(slots)
    for (let slot = 0; slot < slots; slot++) {
      const known = Array.from({ length: 15 }, (_, minute) => slot * 15 + minute).filter((at) => day.measured[at] === 1)
      if (known.length < 8) continue
      measured[slot] = 1
      powerW[slot] = known.reduce((sum, at) => sum + (day.powerW[at] ?? 0), 0) / known.length
    }
    return { ...day, slotS: 900, powerW, measured }
  })
}

const household = householdOf({
  appliances: ['fridge', 'washingMachine', 'dishwasher', 'microwave', 'kettle'].map((appliance) => ({
    appliance: appliance as 'fridge',
    quantity: 1,
  })),
})

describe.each([
  ['minutes', (days: readonly DayCurve[]) => days],
  ['quarter-hours', inQuarters],
] as const)('%s of a real home', (_name, form) => {
  const weeks = () => form(home.days.slice(140, 200))

  test('columns are no less than 0, together no more than the meter, and 0 where nothing was measured', async () => {
    const days = weeks()
    const results = await disaggregateDays(disaggregator, { household, timeZone, days })
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
    const together = await disaggregator.disaggregate({ household, timeZone, days, from: 7, to: 21 })
    for (let index = 7; index < 21; index++) {
      const [alone] = await disaggregator.disaggregate({
        household,
        timeZone,
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
      timeZone,
      days: weeks().slice(0, 9),
      from: 7,
      to: 8,
    })
    expect([...(result?.columns.keys() ?? [])].sort()).toEqual(['kettle', 'standby'])
    expect(result?.runs.every(({ appliance }) => appliance === 'kettle')).toBe(true)
  })
})

test('whole runs of the kettle (F1 ≥ 0.7) and the dishwasher (F1 ≥ 0.5) are found on home-1', async () => {
  const scores = new Map(
    (await evaluateHome(disaggregator, home, timeZone)).appliances.map(
      (score) => [score.appliance, score] as [string, ApplianceScore],
    ),
  )
  expect(scores.get('kettle')?.trueRuns).toBeGreaterThan(500)
  expect(scores.get('kettle')?.runF1).toBeGreaterThanOrEqual(0.7)
  expect(scores.get('dishwasher')?.trueRuns).toBeGreaterThan(100)
  expect(scores.get('dishwasher')?.runF1).toBeGreaterThanOrEqual(0.5)
}, 120_000)
