import { describe, expect, test } from 'vitest'
import { settleClaims } from './claims.ts'
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
  return candidatesOf(session, outputs, decision, sightingsOf(session, outputs, decision), [])
}

describe('runs', () => {
  test('go on through a short doubt, end with a long one, and need one moment of certainty', () => {
    const belief = [0, 0.5, 0.9, 0.1, 0.1, 0.5, 0, 0, 0, 0.5, 0.5, 0]
    expect(runsOf(sessionOf(12, 2000), belief, 1000).map(({ start, stop }) => [start, stop])).toEqual([[1, 6]])
  })

  test('draw nothing where nobody believes in them, nor where nothing was measured, and never more than the meter', () => {
    const [run] = runsOf(sessionOf(6, 800, [3]), [0.9, 0.9, 0.05, 0.9, 0.9, 0], 1000)
    expect([...(run?.powerW ?? [])]).toEqual([800, 800, 0, 0, 800])
  })

  test('of too little energy are none', () => {
    expect(runsOf(sessionOf(4, 100), [0, 0.9, 0.9, 0], 100)).toEqual([])
  })
})

describe('of two appliances that want one heating', () => {
  const claim = (appliance: 'dishwasher' | 'washingMachine' | 'kettle', belief: number) => ({
    appliance,
    isPulse: appliance === 'kettle',
    start: 0,
    stop: 4,
    belief,
    powerW: new Float32Array(4).fill(2000),
  })

  test('the surer has it; where there is power for both, both have', () => {
    const claims = [claim('dishwasher', 0.7), claim('washingMachine', 0.9)]
    expect(settleClaims(sessionOf(4, 2100), claims).map(({ appliance }) => appliance)).toEqual(['washingMachine'])
    expect(settleClaims(sessionOf(4, 4100), claims)).toHaveLength(2)
  })

  test('a wash does not take a kettle away, however sure it is', () => {
    const claims = [claim('kettle', 0.4), claim('washingMachine', 0.9)]
    expect(settleClaims(sessionOf(4, 2100), claims)).toHaveLength(2)
  })
})
