import { describe, expect, test } from 'vitest'
import { familiarBelief, heightOfW, heightsOf, type Sighting } from './familiar-power.ts'
import type { Session } from './session.ts'

const sighting = (heightW: number, belief: number): Sighting => ({ start: 0, stop: 3, heightW, belief })

function sessionOfW(...powerW: readonly number[]): Session {
  const measured = new Uint8Array(powerW.length).fill(1)
  return { startAt: 0, slotS: 60, powerW: Float64Array.from(powerW), measured, midnight: powerW.length }
}

describe('a familiar power', () => {
  const kettles = Array.from({ length: 20 }, () => sighting(2000, 0.9))
  const toasters = Array.from({ length: 20 }, () => sighting(1000, 0.1))

  test('a doubtful pulse is believed among its like, and doubted among others', () => {
    const [likeKettle, likeToaster] = [sighting(2020, 0.4), sighting(1010, 0.4)]
    expect(familiarBelief(likeKettle, heightsOf([...kettles, ...toasters, likeKettle]))).toBeGreaterThan(0.7)
    expect(familiarBelief(likeToaster, heightsOf([...kettles, ...toasters, likeToaster]))).toBeLessThan(0.2)
  })

  test('a clear pulse of a height never seen before is still believed', () => {
    const clear = sighting(2000, 0.97)
    expect(familiarBelief(clear, heightsOf([clear]))).toBeGreaterThan(0.7)
  })

  test('is one: pulses of another height are doubted, even where all of them look right', () => {
    const others = Array.from({ length: 5 }, () => sighting(2600, 0.8))
    const [alone, besides] = [heightsOf(others), heightsOf([...kettles, ...others])]
    const [believed, doubted] = [alone, besides].map((heights) => familiarBelief(sighting(2600, 0.8), heights))
    expect(believed).toBeGreaterThan(0.8)
    expect(doubted).toBeLessThan(0.7)
    expect(familiarBelief(sighting(2000, 0.8), besides)).toBeGreaterThan(0.8)
  })

  test('is one of each device: in a home with two kettles another height is believed as much', () => {
    const others = Array.from({ length: 5 }, () => sighting(2600, 0.8))
    const [alone, besides] = [heightsOf(others), heightsOf([...kettles, ...others])]
    expect(familiarBelief(sighting(2600, 0.8), besides, 2)).toBeCloseTo(familiarBelief(sighting(2600, 0.8), alone), 2)
  })

  test('shows in pulses that last: one cut by the slots may be of a device that draws more', () => {
    const cut: Sighting = { ...sighting(1200, 0.6), stop: 2 }
    const heights = heightsOf([...kettles, cut])
    expect(familiarBelief(cut, heights)).toBeGreaterThan(familiarBelief({ ...cut, stop: 3 }, heights) + 0.2)
  })

  test('stands as high as the power rises above what was drawn before and after', () => {
    expect(heightOfW(sessionOfW(200, 200, 1500, 2200, 1400, 210, 205), 2, 5)).toBe(2000)
    expect(heightOfW(sessionOfW(200, 200, 2200, 2200, 4000, 2200, 2200, 200), 2, 7)).toBe(2000)
  })
})
