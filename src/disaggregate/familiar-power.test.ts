import { describe, expect, test } from 'vitest'
import { clearHeightW, familiarBelief, heightsOf, risesOf, type Sighting } from './familiar-power.ts'
import type { Session } from './session.ts'

const sighting = (heightW: number, belief: number): Sighting => ({
  start: 0,
  stop: 3,
  heightW,
  leastHeightW: heightW,
  belief,
})

function sessionOfW(...powerW: readonly number[]): Session {
  const measured = new Uint8Array(powerW.length).fill(1)
  return { startAt: 0, slotS: 60, powerW: Float64Array.from(powerW), measured, midnight: powerW.length }
}

const one = { devices: 1 }

describe('a familiar power', () => {
  const kettles = Array.from({ length: 20 }, () => sighting(2000, 0.9))
  const toasters = Array.from({ length: 20 }, () => sighting(1000, 0.1))

  test('a doubtful pulse is believed among its like, and doubted among others', () => {
    const [likeKettle, likeToaster] = [sighting(2020, 0.4), sighting(1010, 0.4)]
    expect(familiarBelief(likeKettle, heightsOf([...kettles, ...toasters, likeKettle]), one)).toBeGreaterThan(0.7)
    expect(familiarBelief(likeToaster, heightsOf([...kettles, ...toasters, likeToaster]), one)).toBeLessThan(0.2)
  })

  test('a clear pulse of a height never seen before is still believed', () => {
    const clear = sighting(2000, 0.97)
    expect(familiarBelief(clear, heightsOf([clear]), one)).toBeGreaterThan(0.7)
  })

  test('is one: pulses of another height are doubted, even where all of them look right', () => {
    const others = Array.from({ length: 5 }, () => sighting(2600, 0.8))
    const [alone, besides] = [heightsOf(others), heightsOf([...kettles, ...others])]
    const [believed, doubted] = [alone, besides].map((heights) => familiarBelief(sighting(2600, 0.8), heights, one))
    expect(believed).toBeGreaterThan(0.8)
    expect(doubted).toBeLessThan(0.7)
    expect(familiarBelief(sighting(2000, 0.8), besides, one)).toBeGreaterThan(0.8)
  })

  test('does not rule another out, however often it was seen', () => {
    const other = sighting(2600, 0.97)
    const [month, year] = [30, 365].map((days) => heightsOf([...Array(3 * days).fill(sighting(2000, 0.9)), other]))
    expect(familiarBelief(other, month ?? heightsOf([]), one)).toBeGreaterThan(0.5)
    expect(familiarBelief(other, year ?? heightsOf([]), one)).toBe(familiarBelief(other, month ?? heightsOf([]), one))
  })

  test('is one of each device: in a home with two kettles another height is believed as much', () => {
    const others = Array.from({ length: 5 }, () => sighting(2600, 0.8))
    const [alone, besides] = [heightsOf(others), heightsOf([...kettles, ...others])]
    expect(familiarBelief(sighting(2600, 0.8), besides, { devices: 2 })).toBeCloseTo(
      familiarBelief(sighting(2600, 0.8), alone, one),
      2,
    )
  })

  test('shows in pulses that last: one cut by the slots may be of a device that draws more', () => {
    const cut: Sighting = { ...sighting(1200, 0.6), stop: 2 }
    const heights = heightsOf([...kettles, cut])
    expect(familiarBelief(cut, heights, one)).toBeGreaterThan(familiarBelief({ ...cut, stop: 3 }, heights, one) + 0.2)
  })

  test('of a kind that draws so much and no less: a pulse far below or above is doubted, one between is not', () => {
    const microwave = { devices: 1, usualW: [1100, 1700] as const }
    const beliefOf = (heightW: number, known: { readonly devices: number }): number =>
      familiarBelief(sighting(heightW, 0.7), heightsOf([sighting(heightW, 0.7)]), known)
    for (const heightW of [1100, 1400, 1700]) expect(beliefOf(heightW, microwave)).toBe(beliefOf(heightW, one))
    for (const heightW of [0, 300, 8000]) expect(beliefOf(heightW, microwave)).toBeLessThan(beliefOf(heightW, one) / 3)
    expect(beliefOf(900, microwave)).toBeGreaterThan(beliefOf(600, microwave))
  })

  test('shows beside another load as well: of what is constant, a step of its height on either side is enough', () => {
    const besideOther: Sighting = { ...sighting(3500, 0.4), leastHeightW: 2010 }
    const heights = heightsOf([...kettles, besideOther])
    expect(familiarBelief(besideOther, heights, one)).toBeLessThan(0.3)
    expect(familiarBelief(besideOther, heights, { ...one, isConstant: true })).toBeGreaterThan(0.7)
    // A small step is no height: it would be cut short by the slots, and of any device.
    const cut: Sighting = { ...sighting(900, 0.7), stop: 2, leastHeightW: 20 }
    const amongToasters = heightsOf([...kettles, ...Array.from({ length: 20 }, () => sighting(900, 0.1)), cut])
    expect(familiarBelief(cut, amongToasters, { ...one, isConstant: true })).toBeLessThan(0.3)
  })

  test('is known when enough pulses that last are believed in', () => {
    expect(clearHeightW([...kettles, ...toasters])).toBeCloseTo(2000, -2)
    expect(clearHeightW(kettles.map((kettle) => ({ ...kettle, stop: 2 })))).toBeUndefined()
    expect(clearHeightW([])).toBeUndefined()
  })

  test('stands as high as the power rises above what was drawn before and after', () => {
    const alone = sessionOfW(200, 200, 1500, 2200, 1400, 210, 205)
    expect(risesOf(alone, 2, 5)).toEqual({ heightW: 2000, leastHeightW: 1995 })
    const amid = sessionOfW(200, 200, 2200, 2200, 4000, 2200, 2200, 200)
    expect(risesOf(amid, 2, 7).heightW).toBe(2000)
    const afterOther = sessionOfW(1700, 1700, 2900, 3700, 2900, 200, 200)
    expect(risesOf(afterOther, 2, 5)).toEqual({ heightW: 3500, leastHeightW: 2000 })
    const [begins, ends] = [sessionOfW(2200, 2200, 2200, 200), sessionOfW(200, 2200, 2200, 2200)]
    for (const rises of [risesOf(begins, 0, 3), risesOf(ends, 1, 4)])
      expect(rises).toEqual({ heightW: 2000, leastHeightW: 2000 })
    alone.measured.fill(0, 0, 2)
    expect(risesOf(alone, 2, 5)).toEqual({ heightW: 1995, leastHeightW: 1995 })
  })
})
