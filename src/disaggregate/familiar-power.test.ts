import { describe, expect, test } from 'vitest'
import { familiarBelief, heightOfW, type Sighting } from './familiar-power.ts'
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
    expect(familiarBelief(likeKettle, [...kettles, ...toasters, likeKettle])).toBeGreaterThan(0.7)
    expect(familiarBelief(likeToaster, [...kettles, ...toasters, likeToaster])).toBeLessThan(0.2)
  })

  test('a clear pulse of a height never seen before is still believed', () => {
    const clear = sighting(2000, 0.97)
    expect(familiarBelief(clear, [clear])).toBeGreaterThan(0.7)
  })

  test('stands as high as the power rises above what was drawn before and after', () => {
    expect(heightOfW(sessionOfW(200, 200, 1500, 2200, 1400, 210, 205), 2, 5)).toBe(2000)
    expect(heightOfW(sessionOfW(200, 200, 2200, 2200, 4000, 2200, 2200, 200), 2, 7)).toBe(2000)
  })
})
