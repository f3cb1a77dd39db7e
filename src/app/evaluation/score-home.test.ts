import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DayDisaggregation } from '../../disaggregate/index.ts'
import { type ApplianceScore, scoreHome } from './score-home.ts'
import { readSubMeteredHome } from './sub-metered-home.ts'

const startAt = Date.UTC(2025, 5, 1)
const minuteMs = 60_000
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-score-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Minutes of the day [from, to) in which the machine truly ran, or was said to, at 600 W. */
type Washes = readonly (readonly [number, number])[]

/** Scores a day on which the sub-meter, or the meter, lacked some minutes; nothing is said of what the meter lacked. */
async function scored(
  slotS: 60 | 900,
  truth: Washes,
  said: Washes,
  isLacking: (minute: number) => boolean,
  lacksMeter: (minute: number) => boolean = () => false,
): Promise<ApplianceScore | undefined> {
  const runs = (washes: Washes, minute: number) => washes.some(([from, to]) => minute >= from && minute < to)
  const rows = Array.from({ length: 1440 }, (_, minute) => {
    const truthW = isLacking(minute) ? '' : runs(truth, minute) ? 600 : 0
    return `${new Date(startAt + minute * minuteMs).toISOString()},${lacksMeter(minute) ? '' : 1000},${truthW}`
  })
  const path = join(folder, `${slotS}.csv`)
  await writeFile(path, ['utc,aggregate_w,washingMachine', ...rows].join('\n'))
  const home = await readSubMeteredHome(path, 'UTC', slotS)
  if (!('days' in home)) throw new Error(home.reason)
  const columnW = Float32Array.from({ length: 86_400 / slotS }, (_, slot) =>
    runs(said, (slot * slotS) / 60) && !lacksMeter((slot * slotS) / 60) ? 600 : 0,
  )
  const result = {
    toldSlotS: slotS,
    columns: new Map([['washingMachine', columnW]]),
    runs: said.map(([from, to]) => ({
      appliance: 'washingMachine',
      startAt: startAt + from * minuteMs,
      stopAt: startAt + to * minuteMs,
      energyWh: (to - from) * 10,
    })),
  } as unknown as DayDisaggregation
  const method = { model: 'said-1', tellsRuns: () => true, disaggregate: async () => [result] }
  return scoreHome(home, method, [result]).appliances[0]
}

test('runs count in the days whose runs a method tells: of minutes that repeat a coarser meter it may tell none', async () => {
  const days = 2
  const isBoiling = (minute: number) => minute % 1440 === 600 || minute % 1440 === 601
  const rows = Array.from({ length: days * 1440 }, (_, minute) => {
    const kettleW = isBoiling(minute) ? 2000 : 0
    return `${new Date(startAt + minute * minuteMs).toISOString()},${100 + kettleW},${kettleW}`
  })
  const path = join(folder, 'coarse.csv')
  await writeFile(path, ['utc,aggregate_w,kettle', ...rows].join('\n'))
  const home = await readSubMeteredHome(path, 'UTC', 60)
  if (!('days' in home)) throw new Error(home.reason)
  const resultOf = (toldSlotS: 60 | 900) =>
    ({ columns: new Map(), runs: [], toldSlotS }) as unknown as DayDisaggregation
  const boiled = {
    appliance: 'kettle',
    startAt: startAt + 600 * minuteMs,
    stopAt: startAt + 602 * minuteMs,
    energyWh: 60,
  }
  const found = { ...resultOf(60), runs: [boiled] } as DayDisaggregation
  const method = {
    model: 'said-1',
    tellsRuns: (_: string, slotS: number) => slotS === 60,
    disaggregate: async () => [],
  }
  const [half] = scoreHome(home, method, [found, resultOf(900)]).appliances
  expect(half).toMatchObject({ trueRuns: 1, foundRuns: 1, runF1: 1, runsPerWeekError: 0 })
  const [missed] = scoreHome(home, method, [resultOf(60), resultOf(900)]).appliances
  expect(missed).toMatchObject({ trueRuns: 1, foundRuns: 0, runF1: 0, runsPerWeekError: -7 })
  const [elsewhere] = scoreHome(home, method, [resultOf(900), { ...resultOf(60), runs: [] }]).appliances
  expect(elsewhere).toMatchObject({ hasRun: true, trueRuns: 1, foundRuns: 0 })
  home.days[1]?.measured.fill(0)
  const [unmeasured] = scoreHome(home, method, [resultOf(900), resultOf(60)]).appliances
  expect(unmeasured).toMatchObject({ foundRuns: null, runF1: null })
  const [none] = scoreHome(home, method, [resultOf(900), resultOf(900)]).appliances
  expect(none).toMatchObject({ trueRuns: 2, foundRuns: null, runF1: null, runsPerWeekError: null })
})

describe.each([60, 900] as const)('runs in slots of %i s, where a sub-meter lacks minutes', (slotS) => {
  test('are found though it lacks the minute of their start, and have the energy of the minutes it has', async () => {
    const score = await scored(slotS, [[600, 690]], [[600, 690]], (minute) => minute === 600 || minute % 10 === 5)
    expect(score).toMatchObject({ trueRuns: 1, foundRuns: 1, runF1: 1 })
    expect(score?.energyPerRunError).toBeCloseTo(0, 9)
  })

  test('are wrong where it saw half of them and nothing, and nobody knows of others', async () => {
    const truth = [[600, 690]] as const
    const half = await scored(slotS, truth, [...truth, [900, 990]], (minute) => minute >= 890 && minute < 945)
    expect(half).toMatchObject({ foundRuns: 2, runF1: 2 / 3 })
    const less = await scored(slotS, truth, [...truth, [900, 990]], (minute) => minute >= 905 && minute < 985)
    expect(less).toMatchObject({ foundRuns: 1, runF1: 1 })
  })
})

describe('runs where the total lacks minutes', () => {
  const nothing = () => false

  test('are whole runs: a gap parts none, and takes no more of their energy than was drawn in it', async () => {
    const isGap = (minute: number) => minute >= 630 && minute < 655
    const run = [[600, 690]] as const
    const result = await scored(60, run, run, nothing, isGap)
    expect(result).toMatchObject({ trueRuns: 1, foundRuns: 1, runF1: 1, maeW: 0 })
  })

  test('are missed where it saw half of them, and nobody could tell others', async () => {
    const gapFrom = (from: number) => (minute: number) => minute >= from && minute < 690
    expect(await scored(60, [[600, 690]], [], nothing, gapFrom(645))).toMatchObject({ trueRuns: 1, foundRuns: 0 })
    expect(await scored(60, [[600, 690]], [], nothing, gapFrom(610))).toMatchObject({ trueRuns: 0, foundRuns: 0 })
    const unseen = await scored(60, [[600, 690]], [], nothing, gapFrom(595))
    expect(unseen).toMatchObject({ hasRun: false, trueRuns: 0, foundRuns: 0 })
  })
})
