import { describe, expect, test } from 'vitest'
import { addDays, type CivilDay, dayInterval } from '../../energy/civil-time.ts'
import { householdOf } from '../../energy/household.ts'
import type { DayCurve } from '../../energy/load-curve.ts'
import { learnStates, referenceStates, workingTimeOf } from './appliance-states.ts'
import { combinatorialOptimisation } from './combinatorial.ts'
import { factorialHmm } from './factorial-hmm.ts'
import { productStatesOf } from './product-states.ts'

const timeZone = 'Europe/Rome'
const minutes = 1440
/** Two fridge cycles an hour, a kettle for four minutes every third hour, a dishwasher's pump and two heats at noon. */
const fridgeW = Float32Array.from({ length: minutes }, (_, minute) => (minute % 30 < 12 ? 90 : 0))
const kettleW = Float32Array.from({ length: minutes }, (_, minute) =>
  minute % 180 >= 60 && minute % 180 < 64 ? 2400 : 0,
)
const dishwasherW = Float32Array.from({ length: minutes }, (_, minute) => {
  if (minute < 720 || minute >= 800) return 0
  return (minute >= 730 && minute < 750) || minute >= 785 ? 1900 : 60
})
const everything = new Uint8Array(minutes).fill(1)
const standbyW = 50

function dayOf(day: CivilDay, noiseW = 0): DayCurve {
  const { fromAt } = dayInterval(day, timeZone)
  const noise = (minute: number) => noiseW * (((minute * 7919) % 101) / 100)
  const powerW = Float64Array.from(
    { length: minutes },
    (_, minute) =>
      standbyW + noise(minute) + (fridgeW[minute] ?? 0) + (kettleW[minute] ?? 0) + (dishwasherW[minute] ?? 0),
  )
  return { day, startAt: fromAt, slotS: 60, powerW, measured: everything }
}

const household = householdOf({
  appliances: (['fridge', 'kettle', 'dishwasher'] as const).map((appliance) => ({ appliance, quantity: 1 })),
})
const known = new Map(
  (
    [
      ['fridge', fridgeW],
      ['kettle', kettleW],
      ['dishwasher', dishwasherW],
    ] as const
  ).flatMap(([appliance, powerW]) => {
    const states = learnStates([workingTimeOf(powerW, everything)])
    return states === undefined ? [] : [[appliance, states] as const]
  }),
)

describe('the states of an appliance', () => {
  test('are one working power where its powers lie close together, two where they do not', () => {
    expect(known.get('kettle')?.powersW).toEqual([0, 2400])
    expect(known.get('dishwasher')?.powersW).toEqual([0, 60, 1900])
  })

  test('change as often as the sub-meter shows', () => {
    const [off = [], on = []] = known.get('fridge')?.changes ?? []
    expect(off.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(off[1]).toBeCloseTo(48 / (minutes - 48 * 12), 2)
    expect(on[0]).toBeCloseTo(1 / 12, 2)
  })

  test('are not learnt from an appliance that never worked, nor from what was not measured', () => {
    expect(learnStates([workingTimeOf(new Float32Array(minutes), everything)])).toBeUndefined()
    expect(learnStates([workingTimeOf(kettleW, new Uint8Array(minutes))])).toBeUndefined()
    expect(learnStates([])).toBeUndefined()
  })

  test('come from reference figures where nobody measured: on for the share of time that its energy takes', () => {
    const { powersW, changes } = referenceStates('fridge', 60)
    const [start = 0, stop = 1] = [changes[0]?.[1], changes[1]?.[0]]
    expect(powersW).toEqual([0, 100])
    expect(start / (start + stop)).toBeCloseTo(750 / 24 / 100, 6)
  })

  test('of many devices are cut down to what a method can bear', () => {
    const many = householdOf({
      appliances: (['fridge', 'kettle', 'dishwasher'] as const).map((appliance) => ({ appliance, quantity: 4 })),
    })
    for (const most of [1, 2, 64, 512, 1_000_000]) {
      const { count, devices } = productStatesOf(many, known, 60, most)
      expect(count).toBeLessThanOrEqual(most)
      expect(devices.length).toBeLessThanOrEqual(12)
    }
  })
})

describe.each([
  ['combinatorial optimisation', combinatorialOptimisation, 0],
  ['the factorial hidden Markov model', factorialHmm, 0],
  ['the factorial hidden Markov model, through noise,', factorialHmm, 60],
] as const)('%s', (_name, create, noiseW) => {
  const days = [0, 1].map((index) => dayOf(addDays('2026-02-03' as CivilDay, index), noiseW))

  test('finds the appliances of a home that consists of them', async () => {
    const [result] = await create(known).disaggregate({ household, days, from: 1, to: 2 })
    for (const [appliance, truthW] of [
      ['kettle', kettleW],
      ['dishwasher', dishwasherW],
    ] as const) {
      const column = result?.columns.get(appliance)
      const wrongW = truthW.reduce((sum, watts, slot) => sum + Math.abs(watts - (column?.[slot] ?? 0)), 0)
      expect(wrongW / truthW.reduce((sum, watts) => sum + watts, 0)).toBeLessThan(0.1)
    }
  })

  test('gives nothing where nothing was measured, and never more than the meter', async () => {
    const measured = Uint8Array.from(everything, (_, minute) => (minute % 7 < 5 ? 1 : 0))
    const holes = days.map((day) => ({ ...day, powerW: day.powerW.map((w, at) => w * (measured[at] ?? 0)), measured }))
    const results = await create(new Map()).disaggregate({ household, days: holes, from: 0, to: 2 })
    for (const [index, { columns }] of results.entries()) {
      for (let slot = 0; slot < minutes; slot++) {
        const sumW = [...columns.values()].reduce((sum, column) => sum + (column[slot] ?? Number.NaN), 0)
        expect(sumW).toBeGreaterThanOrEqual(0)
        expect(sumW).toBeLessThanOrEqual(holes[index]?.powerW[slot] ?? 0)
      }
    }
  })
})
