import { expect, test } from 'vitest'
import { addDays, type CivilDay, dayInterval } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { wholeRuns } from '../energy/whole-runs.ts'
import { type Head, heads, indexOfHead } from './heads.ts'
import { createDisaggregator, type Network } from './index.ts'

function curveOfW(day: CivilDay, slotS: SlotS, powerOf: (slot: number) => number): DayCurve {
  const { fromAt, toAt } = dayInterval(day, 'Europe/Rome')
  const slots = (toAt - fromAt) / 1000 / slotS
  const powerW = Float64Array.from({ length: slots }, (_, slot) => powerOf(slot))
  return { day, startAt: fromAt, slotS, powerW, measured: new Uint8Array(slots).fill(1) }
}

const dayOfW = (day: CivilDay, powerOf: (slot: number) => number) => curveOfW(day, 60, powerOf)
const quartersOfW = (day: CivilDay, powerOf: (slot: number) => number) => curveOfW(day, 900, powerOf)

/** Says of each head what it believes in a slot, 0–1, and what the appliance would draw [W], by the slot's power and whether it was measured. */
type Says = (powerW: number, isMeasured: boolean, window: Float32Array) => readonly [belief: number, powerW: number]

/** A network that says what a test has it say. */
function networkSaying(takes: 'minutes' | 'quarters', says: Partial<Record<Head, Says>>): Network {
  return {
    takes,
    channels: 2,
    outputs: 2 * heads.length,
    stride: 32,
    predict: async (values, batch, channels, length) => {
      const curves = new Float32Array(batch * 2 * heads.length * length)
      for (let row = 0; row < batch; row++) {
        const window = values.subarray(row * channels * length, (row + 1) * channels * length)
        for (const [head, say] of Object.entries(says) as [Head, Says][])
          for (let slot = 0; slot < length; slot++) {
            const [belief, powerW] = say(window[slot] ?? 0, window[length + slot] === 1, window)
            const at = (output: number) => (row * 2 * heads.length + output) * length + slot
            curves[at(indexOfHead[head])] = belief
            curves[at(heads.length + indexOfHead[head])] = powerW
          }
      }
      return curves
    },
  }
}

test('a constant load is standby and nothing else', async () => {
  const first = '2025-03-28' as CivilDay
  const days = Array.from({ length: 5 }, (_, index) => dayOfW(addDays(first, index), () => 80))
  const results = await createDisaggregator().disaggregate({
    household: householdOf(null),
    days,
    from: 0,
    to: days.length,
  })
  expect(results).toHaveLength(5)
  for (const [index, result] of results.entries()) {
    expect(result.columns.get('standby')).toHaveLength(days[index]?.powerW.length ?? 0)
    for (const [appliance, column] of result.columns) {
      expect(column.every((powerW) => powerW === (appliance === 'standby' ? 80 : 0))).toBe(true)
    }
    expect(result.runs).toEqual([])
  }
})

test('a day of quarter-hours depends on the week before it alone: what reaches further back has no say in how water is heated', async () => {
  // The shower's head sees a shower where a window begins in the first day, which alone draws 777 W; a boiler's sees boilers everywhere.
  const quarter = networkSaying('quarters', {
    boiler: () => [1, 1000],
    shower: (_powerW, _isMeasured, window) => (window[0] === 777 ? [1, 20_000] : [0, 0]),
  })
  const disaggregator = createDisaggregator({ quarter })
  const household = householdOf({ appliances: [{ appliance: 'waterHeater', quantity: 1 }] })
  const days = Array.from({ length: 10 }, (_, index) =>
    quartersOfW(addDays('2025-05-05' as CivilDay, index), (slot) => (index === 0 ? 777 : slot % 8 === 0 ? 100 : 1500)),
  )
  const alone = await disaggregator.disaggregate({ household, days: days.slice(1), from: 7, to: 8 })
  expect(alone[0]?.columns.get('waterHeater')?.some((powerW) => powerW > 0)).toBe(true)
  expect(await disaggregator.disaggregate({ household, days, from: 8, to: 9 })).toEqual(alone)
})

test('what a network says of time that was not measured has no say in how water is heated', async () => {
  // It sees a boiler wherever 1.5 kW are drawn, and a shower of 8 kW in all that is to come.
  const quarter = networkSaying('quarters', {
    boiler: (powerW) => (powerW > 1000 ? [0.9, 1400] : [0, 0]),
    shower: (_powerW, isMeasured) => (isMeasured ? [0, 0] : [0.9, 8000]),
  })
  const household = householdOf({ appliances: [{ appliance: 'waterHeater', quantity: 1 }] })
  const morning = quartersOfW('2025-05-05' as CivilDay, (slot) => (slot >= 24 && slot < 28 ? 1500 : 100))
  morning.measured.fill(0, 32)
  const ask = { household, days: [morning], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect(result?.columns.get('waterHeater')?.[25]).toBe(1400)
})

test('a run that goes on through the night is one run: the day of its start tells of it up to the cut, the next day of all of it', async () => {
  const minute = networkSaying('minutes', { electricVehicle: (powerW) => (powerW > 3000 ? [0.95, 3500] : [0, 0]) })
  const household = householdOf({ appliances: [{ appliance: 'electricVehicle', quantity: 1 }] })
  const charges = (slot: number) => slot < 5 * 60 || slot >= 23 * 60
  const days = Array.from({ length: 3 }, (_, index) =>
    dayOfW(addDays('2025-05-05' as CivilDay, index), (slot) => (charges(slot) ? 3600 : 100)),
  )
  const ask = { household, days, from: 0, to: 3 }
  const results = await createDisaggregator({ minute }).disaggregate(ask)
  const [first, second] = results.map(({ runs }) => runs)
  expect(first?.map(({ energyWh }) => energyWh === 17_500)).toEqual([true, false])
  const startAt = (days[0]?.startAt ?? 0) + 23 * 3_600_000
  expect(second?.[0]).toEqual({
    appliance: 'electricVehicle',
    startAt,
    stopAt: startAt + 6 * 3_600_000,
    energyWh: 21_000,
  })
  expect(wholeRuns(results.map(({ runs }) => runs)).map(({ energyWh }) => energyWh)).toEqual([
    17_500, 21_000, 21_000, 3500,
  ])
})

test('a car that charges all night charges once, though the meter was silent for 25 minutes around the cut', async () => {
  const minute = networkSaying('minutes', { electricVehicle: (powerW) => (powerW > 3000 ? [0.95, 3500] : [0, 0]) })
  const household = householdOf({ appliances: [{ appliance: 'electricVehicle', quantity: 1 }] })
  const days = Array.from({ length: 2 }, (_, index) => {
    const day = addDays('2025-05-05' as CivilDay, index)
    return dayOfW(day, (slot) => ((index === 0 ? slot >= 23 * 60 : slot < 5 * 60) ? 3600 : 100))
  })
  days[1]?.measured.fill(0, 160, 185)
  days[1]?.powerW.fill(0, 160, 185)
  const results = await createDisaggregator({ minute }).disaggregate({ household, days, from: 0, to: 2 })
  const runs = wholeRuns(results.map((result) => result.runs))
  expect(runs.map(({ startAt, stopAt }) => (stopAt - startAt) / 3_600_000)).toEqual([6])
})

test('an air conditioner that still cooled in the last night of September has a confidence on the day after', async () => {
  const minute = networkSaying('minutes', { airConditioner: (powerW) => (powerW > 700 ? [0.95, 800] : [0, 0]) })
  const appliances = (['airConditioner', 'kettle'] as const).map((appliance) => ({ appliance, quantity: 1 }))
  const household = householdOf({ appliances })
  const days = Array.from({ length: 2 }, (_, index) =>
    dayOfW(addDays('2025-09-30' as CivilDay, index), (slot) => (slot < 2 * 60 || slot >= 23 * 60 ? 900 : 100)),
  )
  const [, after] = await createDisaggregator({ minute }).disaggregate({ household, days, from: 0, to: 2 })
  expect(after?.columns.get('airConditioner')?.[30]).toBeGreaterThan(0)
  expect(after?.confidence.airConditioner).toBeGreaterThan(0)
})

test.each([
  [0.72, 1600],
  [0.95, 2000],
])('a wash that is believed to %f is given %i W, in its column and in its run', async (belief, givenW) => {
  const minute = networkSaying('minutes', { washingMachine: (powerW) => (powerW > 1000 ? [belief, 2000] : [0, 0]) })
  const household = householdOf({ appliances: [{ appliance: 'washingMachine', quantity: 1 }] })
  const day = dayOfW('2025-05-05' as CivilDay, (slot) => (slot >= 600 && slot < 660 ? 2100 : 100))
  const [result] = await createDisaggregator({ minute }).disaggregate({ household, days: [day], from: 0, to: 1 })
  expect(result?.columns.get('washingMachine')?.[630]).toBeCloseTo(givenW, 0)
  expect(result?.runs).toHaveLength(1)
  expect(result?.runs[0]?.energyWh).toBeCloseTo(givenW, 0)
})
