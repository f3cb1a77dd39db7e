import { expect, test } from 'vitest'
import { daysOfW, firstDay, householdWith, networkSaying, quartersOfW } from '../../test/support/made-up-homes.ts'
import { addDays } from '../energy/civil-time.ts'
import { type Head, heads } from './heads.ts'
import { createDisaggregator } from './index.ts'
import type { Session } from './session.ts'
import { heatsWaterAtOnce, type Sight, sightOf } from './sight.ts'

const slots = 60
const session: Session = {
  startAt: 0,
  slotS: 60,
  powerW: new Float64Array(slots).fill(3000),
  measured: new Uint8Array(slots).fill(1),
  midnight: slots,
}

/** An hour of which a network says so of some heads in each minute, and nothing of the others. */
function sightSaying(says: Partial<Record<Head, (slot: number) => readonly [belief: number, powerW: number]>>): Sight {
  const look = (output: number) => {
    const head = heads[output % heads.length] ?? 'fridge'
    return Float32Array.from({ length: slots }, (_, slot) => says[head]?.(slot)[output < heads.length ? 0 : 1] ?? 0)
  }
  return sightOf(session, look, householdWith('waterHeater', 'microwave'))
}

test('water is heated as it flows where more than a seventh of it was seen in showers, over all the sessions that are known', () => {
  const sightOfWater = (shower: number, boiler: number): Sight => ({
    ...sightSaying({}),
    hotWaterWh: { shower, boiler },
  })
  const [isShower, isBoiler] = [sightOfWater(2000, 8000), sightOfWater(1000, 9000)]
  expect([isShower, isBoiler].map((sight) => heatsWaterAtOnce([sight]))).toEqual([true, false])
  expect(heatsWaterAtOnce([isBoiler, sightOfWater(1000, 0)])).toBe(true)
  expect([[], [sightOfWater(0, 0)]].map(heatsWaterAtOnce)).toEqual([false, false])
})

test('a shower that is hardly believed in, however strong, has no say in how water is heated', () => {
  const hotWater = (belief: number) =>
    sightSaying({ shower: () => [belief, 8000], boiler: () => [0.9, 1500] }).hotWaterWh
  expect(hotWater(0.3)).toEqual({ shower: 0, boiler: expect.closeTo(1350, 0) })
  expect(hotWater(0.5).shower).toBeCloseTo(4000, 0)
})

test('the first and the last minute of a pulse that is too strong for a microwave are none of a microwave either', () => {
  const pulseOf = (fullW: number) =>
    sightSaying({
      kettle: (slot) => (slot < 20 || slot >= 24 ? [0, 0] : [0.6, slot === 20 || slot === 23 ? 900 : fullW]),
      microwave: (slot) => (slot < 20 || slot >= 24 ? [0, 0] : [0.2, 1200]),
    }).outputs.get('microwave')?.belief
  expect(pulseOf(2600)?.slice(20, 24)).toEqual(new Float32Array(4).fill(0.2))
  for (const belief of pulseOf(1500)?.slice(20, 24) ?? [0]) expect(belief).toBeCloseTo(0.5)
})

test('a home that showers has no boiler on the day on which nobody does', async () => {
  const quarter = networkSaying('quarters', {
    boiler: (powerW) => (powerW === 1500 ? [0.9, 1400] : [0, 0]),
    shower: (powerW) => (powerW === 8000 ? [0.9, 7800] : [0, 0]),
  })
  const household = householdWith('waterHeater')
  const days = Array.from({ length: 5 }, (_, index) =>
    quartersOfW(addDays(firstDay, index), (slot) => (slot === 28 && index < 4 ? 8000 : slot === 72 ? 1500 : 100)),
  )
  const [shower, nobody] = await createDisaggregator({ quarter }).disaggregate({ household, days, from: 3, to: 5 })
  expect(shower?.columns.get('waterHeater')?.[28]).toBeGreaterThan(7000)
  expect(nobody?.columns.get('waterHeater')).toEqual(new Float32Array(96))
})

test('what a network says of time that was not measured has no say in how water is heated', async () => {
  // It sees a boiler wherever 1.5 kW are drawn, and a shower of 8 kW in all that is to come.
  const quarter = networkSaying('quarters', {
    boiler: (powerW) => (powerW > 1000 ? [0.9, 1400] : [0, 0]),
    shower: (_powerW, isMeasured) => (isMeasured ? [0, 0] : [0.9, 8000]),
  })
  const household = householdWith('waterHeater')
  const morning = quartersOfW(firstDay, (slot) => (slot >= 24 && slot < 28 ? 1500 : 100))
  morning.measured.fill(0, 32)
  const ask = { household, days: [morning], from: 0, to: 1 }
  const [result] = await createDisaggregator({ quarter }).disaggregate(ask)
  expect(result?.columns.get('waterHeater')?.[25]).toBe(1400)
})

test('in a home without a kettle, what may be one or a microwave is the microwave, unless it is too strong for one', async () => {
  // A pulse of three minutes each noon, of which both heads half believe.
  const minute = networkSaying('minutes', {
    kettle: (powerW) => (powerW > 1000 ? [0.6, powerW - 100] : [0, 0]),
    microwave: (powerW) => (powerW > 1000 ? [0.3, powerW - 100] : [0, 0]),
  })
  const disaggregator = createDisaggregator({ minute })
  const microwaveWh = async (pulseW: number, ...others: 'kettle'[]) => {
    const days = daysOfW(9, (_, slot) => (slot >= 720 && slot < 723 ? 100 + pulseW : 100))
    const household = householdWith('microwave', ...others)
    const [told] = await disaggregator.disaggregate({ household, days, from: 7, to: 8 })
    return (told?.columns.get('microwave') ?? new Float32Array(0)).reduce((sum, powerW) => sum + powerW, 0) / 60
  }
  expect(await microwaveWh(1500)).toBeCloseTo(75, 0)
  expect(await microwaveWh(1500, 'kettle')).toBeLessThan(50)
  expect(await microwaveWh(2800)).toBeLessThan(0.7 * 140)
})
