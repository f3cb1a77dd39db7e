import { expect, test } from 'vitest'
import type { ApplianceKey } from '../energy/appliances.ts'
import { addDays, type CivilDay, dayInterval } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { wholeRuns } from '../energy/whole-runs.ts'
import { type Head, heads, indexOfHead } from './heads.ts'
import { createDisaggregator, type Network } from './index.ts'
import { openLedger, type SlotRun } from './ledger.ts'
import { runsOfDay } from './runs-of-day.ts'
import type { Session } from './session.ts'

function curveOfW(day: CivilDay, slotS: SlotS, powerOf: (slot: number) => number): DayCurve {
  const { fromAt, toAt } = dayInterval(day, 'Europe/Rome')
  const slots = (toAt - fromAt) / 1000 / slotS
  const powerW = Float64Array.from({ length: slots }, (_, slot) => powerOf(slot))
  return { day, startAt: fromAt, slotS, powerW, measured: new Uint8Array(slots).fill(1) }
}

const householdWith = (...appliances: ApplianceKey[]) =>
  householdOf({ appliances: appliances.map((appliance) => ({ appliance, quantity: 1 })) })
const dayOfW = (day: CivilDay, powerOf: (slot: number) => number) => curveOfW(day, 60, powerOf)
const quartersOfW = (day: CivilDay, powerOf: (slot: number) => number) => curveOfW(day, 900, powerOf)

/** Says of each head what it believes in a slot, 0–1, and what the appliance would draw [W], by the slot's power and whether it was measured. */
type Says = (powerW: number, isMeasured: boolean, window: Float32Array) => readonly [belief: number, powerW: number]

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

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

/** A home whose car charges where it draws more than 3 kW, by either network. */
function homeWithCar() {
  const charges: Says = (powerW) => (powerW > 3000 ? [0.95, 3500] : [0, 0])
  const networkOf = (takes: 'minutes' | 'quarters') => networkSaying(takes, { electricVehicle: charges })
  const disaggregator = createDisaggregator({ minute: networkOf('minutes'), quarter: networkOf('quarters') })
  return { disaggregator, household: householdWith('electricVehicle') }
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
  const household = householdWith('waterHeater')
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
  const household = householdWith('waterHeater')
  const morning = quartersOfW('2025-05-05' as CivilDay, (slot) => (slot >= 24 && slot < 28 ? 1500 : 100))
  morning.measured.fill(0, 32)
  const ask = { household, days: [morning], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect(result?.columns.get('waterHeater')?.[25]).toBe(1400)
})

test('networks see five lost minutes as the power before them, longer gaps and what is to come as lost; none of them draws anything', async () => {
  // It takes whatever it is shown as measured for an oven's.
  let shown: readonly number[] = []
  const minute = networkSaying('minutes', {
    oven: (_powerW, isMeasured, window) => {
      shown = [...window]
      return isMeasured ? [0.95, 1500] : [0, 0]
    },
  })
  const day = dayOfW('2025-05-05' as CivilDay, (slot) => 2000 + slot)
  const [short, long, ahead] = [
    [300, 305],
    [400, 406],
    [600, 1440],
  ] as const
  for (const [from, to] of [short, long, ahead]) {
    day.measured.fill(0, from, to)
    day.powerW.fill(0, from, to)
  }
  const ask = { household: householdWith('oven'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const [length, midnight] = [shown.length / 2, shown.length / 2 - 1440 - 180]
  const seen = (slot: number) => [shown[midnight + slot], shown[length + midnight + slot]]
  expect([short[0] - 1, ...range(...short), short[1]].map(seen)).toEqual([...Array(6).fill([2299, 1]), [2305, 1]])
  expect([...range(...long), ...range(...ahead)].map(seen).every(([powerW, flag]) => powerW === 0 && flag === 0)).toBe(
    true,
  )
  for (const column of result?.columns.values() ?? [])
    expect(range(...short).every((slot) => column[slot] === 0)).toBe(true)
  expect(result?.columns.get('oven')?.[299]).toBeGreaterThan(0)
})

test('a day of minutes that repeat quarter-hours knows the week of minutes before it', async () => {
  const disaggregator = createDisaggregator({ quarter: networkSaying('quarters', {}) })
  const household = householdWith()
  const days = Array.from({ length: 8 }, (_, index) =>
    dayOfW(addDays('2025-05-05' as CivilDay, index), (slot) =>
      index < 7 ? 80 + ((slot * 7919) % 17) : 200 + ((Math.floor(slot / 15) * 7919) % 17),
    ),
  )
  const [before, coarse] = await disaggregator.disaggregate({ household, days, from: 6, to: 8 })
  expect([before?.toldSlotS, coarse?.toldSlotS]).toEqual([60, 900])
  expect(coarse?.columns.get('standby')?.[720]).toBe(before?.columns.get('standby')?.[720])
  expect(coarse?.confidence.standby).toBe(0.6)
})

test.each([
  ['minutes that repeat quarter-hours', 60, 15, 84],
  ['minutes', 60, 1, 84],
  ['quarter-hours', 900, 1, 90],
] as const)(
  'a run from minutes that repeat quarter-hours into a day of %s is one, with the energy of its columns, between measured minutes',
  async (_, slotS, slotsAlike, stopMinute) => {
    const { disaggregator, household } = homeWithCar()
    const loadW = (isOn: boolean, step: number) => (isOn ? 3600 : 100) + ((step * 7919) % 17)
    const [evening, morning] = [
      dayOfW('2025-05-05' as CivilDay, (slot) => loadW(slot >= 1350, Math.floor(slot / 15))),
      curveOfW('2025-05-06' as CivilDay, slotS, (slot) => loadW(slot * slotS < 5400, Math.floor(slot / slotsAlike))),
    ]
    const lose = ({ powerW, measured }: DayCurve, from: number, to: number) => {
      for (const curve of [powerW, measured]) curve.fill(0, from, to)
    }
    lose(evening, 1350, 1356)
    lose(evening, 1400, 1405)
    if (slotS === 60) lose(morning, 30, 34)
    if (slotS === 60) lose(morning, 84, 90)
    const days = [evening, morning]
    const results = await disaggregator.disaggregate({ household, days, from: 0, to: 2 })
    expect(results.map(({ toldSlotS }) => toldSlotS)).toEqual([900, slotS * slotsAlike])
    const runs = wholeRuns(results.map((result) => result.runs))
    const [startAt, stopAt] = [evening.startAt + 1356 * 60_000, morning.startAt + stopMinute * 60_000]
    expect(runs).toMatchObject([{ startAt, stopAt }])
    const columnWh = results.map(({ columns }, index) =>
      [...(columns.get('electricVehicle') ?? [])].reduce(
        (sum, powerW) => sum + (powerW * (days[index]?.slotS ?? 0)) / 3600,
        0,
      ),
    )
    expect(Math.abs((runs[0]?.energyWh ?? 0) - columnWh.reduce((a, b) => a + b))).toBeLessThan(1)
    for (const place of [0, 1]) {
      const [alone] = await disaggregator.disaggregate({ household, days, from: place, to: place + 1 })
      expect(alone).toEqual(results[place])
    }
  },
)

test('what a home draws all the time makes no run: one with too little beyond standby is none', async () => {
  const minute = networkSaying('minutes', { electricVehicle: (powerW) => (powerW > 2000 ? [0.95, 3500] : [0, 0]) })
  const household = householdWith('electricVehicle')
  const runsAt = async (chargeW: number) => {
    const days = [dayOfW('2025-05-05' as CivilDay, (slot) => (slot >= 600 && slot < 720 ? 2000 + chargeW : 2000))]
    const [result] = await createDisaggregator({ minute }).disaggregate({ household, days, from: 0, to: 1 })
    return result?.runs.map(({ energyWh }) => Math.round(energyWh))
  }
  expect(await runsAt(20)).toEqual([])
  expect(await runsAt(3000)).toEqual([6000])
})

test('a run that goes on through the night is one run: the day of its start tells of it up to the cut, the next day of all of it', async () => {
  const minute = networkSaying('minutes', { electricVehicle: (powerW) => (powerW > 3000 ? [0.95, 3500] : [0, 0]) })
  const household = householdWith('electricVehicle')
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
  const household = householdWith('electricVehicle')
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
  const household = householdWith('airConditioner', 'kettle')
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
  const household = householdWith('washingMachine')
  const day = dayOfW('2025-05-05' as CivilDay, (slot) => (slot >= 600 && slot < 660 ? 2100 : 100))
  const [result] = await createDisaggregator({ minute }).disaggregate({ household, days: [day], from: 0, to: 1 })
  expect(result?.columns.get('washingMachine')?.[630]).toBeCloseTo(givenW, 0)
  expect(result?.runs).toHaveLength(1)
  expect(result?.runs[0]?.energyWh).toBeCloseTo(givenW, 0)
})

const firstDay = '2025-05-05' as CivilDay
/** So many days whose power is a function of the day and the minute. */
const daysOfW = (count: number, powerOf: (index: number, slot: number) => number) =>
  Array.from({ length: count }, (_, index) => dayOfW(addDays(firstDay, index), (slot) => powerOf(index, slot)))

test('a doubtful pulse is a run where the days before had many of its height, and none without them', async () => {
  const minute = networkSaying('minutes', {
    kettle: (powerW) => (powerW < 1500 ? [0, 0] : powerW === 2101 ? [0.36, 2000] : [0.95, 2000]),
  })
  const days = daysOfW(8, (index, slot) => (slot % 180 < 4 ? (index === 7 ? 2101 : 2100) : 100))
  const ask = { household: householdWith('kettle'), to: days.length }
  const [known] = await createDisaggregator({ minute }).disaggregate({ ...ask, days, from: 7 })
  const [alone] = await createDisaggregator({ minute }).disaggregate({ ...ask, days: days.slice(7), from: 0, to: 1 })
  expect(known?.runs).toHaveLength(8)
  expect(alone?.runs).toEqual([])
})

test('a dishwasher begins where the heatings of its earlier runs fit, though the first of them is not believed in', async () => {
  const heats = (slot: number) => (slot >= 600 && slot < 615) || (slot >= 670 && slot < 685)
  const runs = (slot: number) => slot >= 600 && slot < 690
  const days = daysOfW(7, (index, slot) => {
    if (!heats(slot)) return runs(slot) ? 160 : 100
    return index === 6 && slot < 640 ? 2101 : 2100
  })
  const minute = networkSaying('minutes', {
    dishwasher: (powerW) => (powerW === 2101 || powerW === 100 ? [0, 2000] : [0.9, powerW - 100]),
  })
  // On the last day nothing is believed before the second heating either.
  for (let slot = 600; slot < 670; slot++) if (!heats(slot) && days[6]) days[6].powerW[slot] = 100
  const ask = { household: householdWith('dishwasher'), days, from: 6, to: 7 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const starts = result?.runs.map(({ startAt }) => (startAt - (days[6]?.startAt ?? 0)) / 60_000)
  expect(starts).toEqual([600])
})

test("a fridge's cycles go on by day, beside loads among which a network half believes in them", async () => {
  const minute = networkSaying('minutes', {
    fridge: (powerW) => (powerW % 100 === 0 ? [0.05, 80] : powerW > 1000 ? [0.5, 80] : [0.95, 80]),
  })
  const days = daysOfW(7, (_, slot) => (slot >= 600 && slot < 960 ? 1200 : 100) + (slot % 60 < 20 ? 80 : 0))
  const ask = { household: householdWith('fridge'), days, from: 6, to: 7 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const column = result?.columns.get('fridge') ?? []
  expect([610, 670, 730, 790, 850].map((slot) => Math.round(column[slot] ?? 0))).toEqual([80, 80, 80, 80, 80])
  expect([630, 690, 750].map((slot) => column[slot])).toEqual([0, 0, 0])
})

test('a pulse is given no more than the meter rises by', async () => {
  const minute = networkSaying('minutes', { kettle: (powerW) => (powerW > 3000 ? [0.95, 3400] : [0, 0]) })
  const [day] = daysOfW(1, (_, slot) => (slot >= 600 && slot < 604 ? 3500 : slot >= 540 && slot < 660 ? 1500 : 100))
  if (day === undefined) throw new Error('there is no day')
  const ask = { household: householdWith('kettle'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  expect(result?.columns.get('kettle')?.subarray(600, 604)).toEqual(new Float32Array(4).fill(2000))
})

test('two that ask for more than there is give way in proportion', async () => {
  const isOn = (powerW: number) => powerW > 1000
  const minute = networkSaying('minutes', {
    kettle: (powerW) => (isOn(powerW) ? [0.95, 2000] : [0, 0]),
    washingMachine: (powerW) => (isOn(powerW) ? [0.95, 1000] : [0, 0]),
  })
  const [day] = daysOfW(1, (_, slot) => (slot >= 600 && slot < 606 ? 2100 : 100))
  if (day === undefined) throw new Error('there is no day')
  const ask = { household: householdWith('kettle', 'washingMachine'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ minute }).disaggregate(ask)
  const [kettleW, washW] = (['kettle', 'washingMachine'] as const).map((one) => result?.columns.get(one)?.[602] ?? 0)
  expect(kettleW).toBeGreaterThan(1300)
  expect(washW).toBeCloseTo((kettleW ?? 0) / 2, 0)
  expect((kettleW ?? 0) + (washW ?? 0)).toBeLessThanOrEqual(2000)
})

test.each([
  ['a run of 30 hours', []],
  ['one in which the meter was silent for 26 minutes around the first cut', [172, 198]],
] as const)('%s is told of with all its energy, in two parts that do not overlap', async (_, [from = 0, to = 0]) => {
  const minute = networkSaying('minutes', { electricVehicle: (powerW) => (powerW > 3000 ? [0.95, 3500] : [0, 0]) })
  const days = daysOfW(4, (index, slot) => {
    const hour = index * 24 + slot / 60
    return hour >= 23 && hour < 53 ? 3600 : 100
  })
  days[1]?.measured.fill(0, from, to)
  days[1]?.powerW.fill(0, from, to)
  const ask = { household: householdWith('electricVehicle'), days, from: 0, to: 4 }
  const results = await createDisaggregator({ minute }).disaggregate(ask)
  const runs = wholeRuns(results.map((result) => result.runs))
  const columnWh =
    results.flatMap(({ columns }) => [...(columns.get('electricVehicle') ?? [])]).reduce((a, b) => a + b) / 60
  expect(runs).toHaveLength(2)
  expect(runs[1]?.startAt).toBeGreaterThanOrEqual(runs[0]?.stopAt ?? 0)
  expect(runs.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBeCloseTo(columnWh, 3)
})

test('two showers of quarter-hours with unmeasured time between them are two', async () => {
  const quarter = networkSaying('quarters', { shower: (powerW) => (powerW > 5000 ? [0.95, 7000] : [0, 0]) })
  const day = quartersOfW('2025-05-05' as CivilDay, (slot) => (slot >= 40 && slot < 44 ? 7300 : 100))
  day.measured.fill(0, 41, 43)
  const ask = { household: householdWith('waterHeater'), days: [day], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect(
    result?.runs.map(({ startAt, stopAt }) => [startAt, stopAt].map((at) => (at - day.startAt) / 900_000)),
  ).toEqual([
    [40, 41],
    [43, 44],
  ])
})

test('of two devices the one that runs at the cut goes on after it, not the one that started last', () => {
  const session = (startAt: number, length: number, midnight: number): Session => ({
    startAt,
    slotS: 60,
    powerW: new Float64Array(length),
    measured: new Uint8Array(length).fill(1),
    midnight,
  })
  const run = (start: number, stop: number, energyWh: number): SlotRun => ({
    appliance: 'fridge',
    start,
    stop,
    energyWh,
  })
  const day = dayOfW('2025-05-05' as CivilDay, () => 0)
  const [before, own] = [
    openLedger(session(day.startAt - 600 * 60_000, 700, 600), ['fridge']),
    openLedger(session(day.startAt + 100 * 60_000, 1400, 1340), ['fridge']),
  ]
  before.runs.push(run(500, 700, 300), run(620, 640, 30))
  own.runs.push(run(0, 50, 70))
  expect(runsOfDay(day, [before, own]).map(({ energyWh }) => energyWh)).toEqual([370, 30])
})

test('a run over a midnight at which the slots change is one run, whole on the day after', async () => {
  const { disaggregator, household } = homeWithCar()
  const loadW = (hour: number) => (hour < 5 || hour >= 22 ? 3600 : 100)
  for (const lengths of [
    [60, 900, 60],
    [900, 60, 900],
  ] as const) {
    const days = lengths.map((slotS, index) =>
      curveOfW(addDays('2025-05-05' as CivilDay, index), slotS, (slot) => loadW((slot * slotS) / 3600)),
    )
    const results = await disaggregator.disaggregate({ household, days, from: 0, to: 3 })
    const whole = wholeRuns(results.map(({ runs }) => runs))
    expect(whole.map(({ startAt, stopAt }) => (stopAt - startAt) / 3_600_000)).toEqual([5, 7, 7, 2])
    const [second] = await disaggregator.disaggregate({ household, days, from: 1, to: 2 })
    expect(second).toEqual(results[1])
  }
})
