import { describe, expect, test } from 'vitest'
import { settleClaims } from './claims.ts'
import type { Sighting } from './familiar-power.ts'
import type { RunDecision } from './heads.ts'
import { candidatesOf, sightingsOf } from './runs-from-belief.ts'
import type { Session } from './session.ts'

const decision: RunDecision = { holds: 0.4, needs: 0.6, pauseS: 120, leastWh: 10 }

function sessionOf(slots: number, powerW: number, unmeasured: readonly number[] = []): Session {
  const measured = new Uint8Array(slots).fill(1)
  for (const slot of unmeasured) measured[slot] = 0
  return { startAt: 0, slotS: 60, powerW: new Float64Array(slots).fill(powerW), measured, midnight: slots }
}

function runsOf(session: Session, belief: readonly number[], powerW: number) {
  const outputs = { belief: Float32Array.from(belief), powerW: new Float32Array(belief.length).fill(powerW) }
  return candidatesOf(session, outputs, decision, {
    own: sightingsOf(session, outputs, decision),
    earlier: [],
    devices: 1,
    leftW: session.powerW,
  })
}

describe('runs', () => {
  test('go on through a short doubt, end with a long one, and need one moment of certainty', () => {
    const belief = [0, 0.5, 0.9, 0.1, 0.1, 0.5, 0, 0, 0, 0.5, 0.5, 0]
    expect(runsOf(sessionOf(12, 2000), belief, 1000).map(({ start, stop }) => [start, stop])).toEqual([[1, 6]])
  })

  test('draw through a doubt, nothing where nobody believes in them, nor where nothing was measured, and never more than the meter', () => {
    const [run] = runsOf(sessionOf(7, 800, [3]), [0.9, 0.9, 0.05, 0.9, 0.3, 0.9, 0], 1000)
    expect([...(run?.powerW ?? [])]).toEqual([800, 800, 0, 0, 800, 800])
  })

  test('of a program go on through half an hour that was not measured, pulses and longer gaps do not', () => {
    const throughGap = (gap: number, as: Partial<RunDecision> = {}) => {
      const session = sessionOf(
        80,
        2000,
        Array.from({ length: gap }, (_, slot) => 20 + slot),
      )
      const belief = Float32Array.from(session.measured, (flag, slot) =>
        flag === 1 && slot >= 10 && slot < 75 ? 0.9 : 0,
      )
      const outputs = { belief, powerW: new Float32Array(80).fill(1000) }
      const how = { ...decision, ...as }
      return candidatesOf(session, outputs, how, {
        own: sightingsOf(session, outputs, how),
        earlier: [],
        devices: 1,
        leftW: session.powerW,
      }).length
    }
    expect([throughGap(30), throughGap(33), throughGap(30, { isPulse: true })]).toEqual([1, 2, 2])
  })

  test('of one power draw no more than their like did, nor than the meter steps at either end', () => {
    const session = sessionOf(6, 300)
    session.powerW.set([900, 2700, 2700, 2700], 1) // something else of 500 W goes on after the last slot
    session.powerW[5] = 800
    const outputs = { belief: Float32Array.of(0, 0.9, 0.9, 0.9, 0.9, 0), powerW: new Float32Array(6).fill(2600) }
    const kettle = { ...decision, isPulse: true, isConstant: true, notices: 0.1 } as const
    const like = (belief: number, heightW: number, stop = 3) => ({
      start: 0,
      stop,
      belief,
      heightW,
      leastHeightW: heightW,
    })
    const powerOf = (devices: number, slots = 3, others = [like(0.5, 900)]) => {
      const own = sightingsOf(session, outputs, kettle)
      const earlier = [Array(5).fill(like(0.9, 2000, slots)), others]
      const seen = { own, earlier, devices, leftW: session.powerW }
      return [...(candidatesOf(session, outputs, kettle, seen)[0]?.powerW ?? [])].map((hereW) => Math.round(hereW / 20))
    }
    expect(powerOf(1)).toEqual([30, 100, 100, 95])
    // Two kettles have two powers, and pulses that the slots cut show none.
    for (const unknown of [powerOf(2), powerOf(1, 2)]) expect(unknown).toEqual([30, 120, 120, 95])
    // Nor do others: many that are not believed in, of what stands clearly above them.
    expect(powerOf(1, 2, Array(20).fill(like(0.5, 2000)))).toEqual([30, 120, 120, 95])
    expect(powerOf(1, 2, Array(5).fill(like(0.9, 900)))).toEqual([30, 120, 120, 95])
    // Another load switches off as it begins, and on as it ends: the steps are not its own. Nor is one beside a gap.
    session.powerW.set([2500, 2600], 0)
    session.powerW[5] = 2900
    expect(powerOf(1)).toEqual([100, 100, 100, 100])
    session.powerW.set([300, 900], 0)
    session.measured[0] = 0
    expect(powerOf(1)[0]).toBe(45)
    // A single slot may be cut at both of its ends: another load of 500 W goes on after it, none of which is its own.
    outputs.belief.set([0, 0, 0], 1)
    session.powerW.set([300, 2100, 800], 3)
    expect(powerOf(1)).toEqual([90])
  })

  test('of too little energy are none, of slots that are known in part also', () => {
    expect(runsOf(sessionOf(4, 100), [0, 0.9, 0.9, 0], 100)).toEqual([])
    const known = (share: number) => ({ ...sessionOf(4, 400), knownShare: new Float32Array(4).fill(share) })
    expect([0.8, 0.7].map((share) => runsOf(known(share), [0, 0.9, 0.9, 0], 400).length)).toEqual([1, 0])
  })
})

describe('of a compressor', () => {
  const cycling: RunDecision = { cycles: true, holds: 0.6, needs: 0.7, pauseS: 120, leastWh: 3 }
  const slots = 1440
  const [restW, compressorW] = [200, 80]

  /** Runs 20 minutes of each hour, and is clearly seen to; then what else there is to see. */
  function cyclesOf(change: (session: Session, belief: Float32Array) => void = () => {}) {
    const session = sessionOf(slots, restW)
    const belief = new Float32Array(slots).fill(0.05)
    for (let start = 0; start < slots; start += 60) {
      session.powerW.fill(restW + compressorW, start, start + 20)
      belief.fill(0.9, start, start + 20)
    }
    change(session, belief)
    const outputs = { belief, powerW: new Float32Array(slots).fill(compressorW) }
    return candidatesOf(session, outputs, cycling, {
      own: sightingsOf(session, outputs, cycling),
      earlier: [],
      devices: 1,
      leftW: session.powerW,
    })
  }

  test('the cycles of the night are kept where the day shows none', () => {
    const starts = cyclesOf((_, belief) => belief.fill(0.1, 420, 1320)).map(({ start }) => start)
    expect(starts).toEqual(expect.arrayContaining([0, 60, 120, 180, 240, 300, 360, 1320, 1380]))
  })

  test('cycles beside other loads draw what the calm ones of the days before did', () => {
    const calm = sessionOf(slots, restW)
    const busy = sessionOf(slots, restW)
    const belief = new Float32Array(slots).fill(0.05)
    for (let start = 0; start < slots; start += 60) {
      for (const session of [calm, busy]) session.powerW.fill(restW + compressorW, start, start + 20)
      busy.powerW.fill(restW + 2 * compressorW, start + 20, start + 30)
      belief.fill(0.9, start, start + 20)
    }
    const outputs = { belief, powerW: new Float32Array(slots).fill(0.75 * compressorW) }
    const powersW = (earlier: readonly (readonly Sighting[])[]) => {
      const own = sightingsOf(busy, outputs, cycling)
      const cycles = candidatesOf(busy, outputs, cycling, { own, earlier, devices: 1, leftW: busy.powerW })
      return new Set(cycles.flatMap(({ powerW }) => [...powerW]))
    }
    expect(powersW([sightingsOf(calm, outputs, cycling)])).toEqual(new Set([compressorW]))
    expect(powersW([])).toEqual(new Set([0.75 * compressorW]))
  })

  test('a gap of half a day costs no cycle outside it', () => {
    const cycles = cyclesOf((session, belief) => {
      session.measured.fill(0, 480, 1200)
      session.powerW.fill(0, 480, 1200)
      belief.fill(0, 480, 1200)
    })
    expect(cycles).toHaveLength(12)
    expect(cycles.every(({ start, stop }) => stop <= 480 || start >= 1200)).toBe(true)
  })

  test('one that was seen to run for hours costs no other cycle', () => {
    const starts = cyclesOf((_, belief) => belief.fill(0.75, 400, 900)).map(({ start }) => start)
    const others = [0, 60, 120, 180, 240, 300, 360, 960, 1020, 1080, 1140, 1200, 1260, 1320, 1380]
    expect(starts).toEqual(expect.arrayContaining(others))
  })

  test('cycles do not overlap, and draw no more than the meter shows, nothing where it shows nothing', () => {
    let meterW: ArrayLike<number> = []
    const cycles = cyclesOf((session) => {
      meterW = session.powerW
      session.powerW.fill(60, 305, 312)
      session.measured.fill(0, 370, 374)
      session.powerW.fill(0, 370, 374)
    })
    expect(cycles.length).toBeGreaterThan(20)
    for (const [place, { start, stop, powerW }] of cycles.entries()) {
      expect(start).toBeGreaterThanOrEqual(cycles[place - 1]?.stop ?? 0)
      for (let slot = start; slot < stop; slot++) expect(powerW[slot - start]).toBeLessThanOrEqual(meterW[slot] ?? 0)
    }
  })

  test('a home that has none is not given cycles by those that were seen on other days', () => {
    const session = sessionOf(slots, 250)
    for (let slot = 0; slot < slots; slot++) session.powerW[slot] = 250 + ((slot * 7919) % 120)
    const outputs = { belief: new Float32Array(slots).fill(0.4), powerW: new Float32Array(slots).fill(compressorW) }
    const earlier = [0, 1, 2, 3, 4].map((day) =>
      [day * 10, 300].map((start) => ({
        start,
        stop: start + 18,
        belief: 0.75,
        heightW: compressorW,
        leastHeightW: compressorW,
      })),
    )
    expect(
      candidatesOf(session, outputs, cycling, {
        own: sightingsOf(session, outputs, cycling),
        earlier,
        devices: 1,
        leftW: session.powerW,
      }),
    ).toEqual([])
  })
})

describe('of two appliances that want one heating', () => {
  const claim = (
    appliance: 'dishwasher' | 'washingMachine' | 'kettle' | 'microwave',
    belief: number,
    { restW = 0, start = 0, slots = 4, drawsW = 2000 } = {},
  ) => ({
    appliance,
    head: appliance,
    isPulse: appliance === 'kettle' || appliance === 'microwave',
    share: 1,
    restW,
    start,
    stop: start + slots,
    belief,
    powerW: new Float32Array(slots).fill(drawsW),
  })

  test('the surer has it; where there is power for both, or for half of the other, both have', () => {
    const claims = [claim('dishwasher', 0.7), claim('washingMachine', 0.9)]
    for (const meterW of [2100, 2990])
      expect(settleClaims(sessionOf(4, meterW), claims).map(({ appliance }) => appliance)).toEqual(['washingMachine'])
    for (const meterW of [3000, 4100]) expect(settleClaims(sessionOf(4, meterW), claims)).toHaveLength(2)
  })

  test('the loser of a pulse does not live on what else the home draws beside it', () => {
    const claims = [
      claim('kettle', 0.95, { restW: 1500, start: 4 }),
      claim('microwave', 0.6, { restW: 1500, start: 4 }),
    ]
    const besideW = (pulseW: number) => {
      const session = sessionOf(12, 1500)
      session.powerW.fill(1500 + pulseW, 4, 8)
      return settleClaims(session, claims).map(({ appliance }) => appliance)
    }
    expect(besideW(2000)).toEqual(['kettle'])
    expect(besideW(4000)).toHaveLength(2)
  })

  test('a kettle within a surer, longer pulse stays: that is no rest of the home', () => {
    const session = sessionOf(20, 200)
    session.powerW.fill(1400, 4, 14)
    session.powerW.fill(3400, 8, 11)
    const around = claim('microwave', 0.95, { restW: 200, start: 4, slots: 10, drawsW: 1200 })
    const within = claim('kettle', 0.6, { restW: 1400, start: 8, slots: 3 })
    expect(settleClaims(session, [around, within])).toHaveLength(2)
  })

  test('a wash does not take a kettle away, however sure it is', () => {
    const claims = [claim('kettle', 0.4), claim('washingMachine', 0.9)]
    expect(settleClaims(sessionOf(4, 2100), claims)).toHaveLength(2)
  })
})
