import { expect, test } from 'vitest'
import { householdWith } from '../../test/support/made-up-homes.ts'
import { type Head, heads } from './heads.ts'
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
