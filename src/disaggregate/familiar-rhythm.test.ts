import { expect, test } from 'vitest'
import { missingCycles } from './familiar-rhythm.ts'
import type { Candidate } from './runs-from-belief.ts'
import type { Session } from './session.ts'

const slots = 720

/** Twelve hours of minutes at 300 W, with 20 W from one minute to another. */
function sessionOf(low?: readonly [start: number, stop: number]): Session {
  const powerW = new Float64Array(slots).fill(300)
  if (low !== undefined) powerW.fill(20, ...low)
  return { startAt: 0, slotS: 60, powerW, measured: new Uint8Array(slots).fill(1), midnight: slots }
}

/** Cycles of 15 minutes at 80 W that begin in these minutes. */
function cyclesAt(starts: readonly number[]): Candidate[] {
  return starts.map((start) => ({ start, stop: start + 15, belief: 0.9, powerW: new Float32Array(15).fill(80) }))
}

function startsOf(session: Session, seen: readonly Candidate[], believed = 0.3): number[] {
  const belief = new Float32Array(slots).fill(believed)
  const outputs = { belief, powerW: new Float32Array(slots).fill(80) }
  return missingCycles(session, outputs, seen).map(({ start }) => start)
}

/** Every 50 minutes, but for those at 300 and 350. */
const regular = cyclesAt([0, 50, 100, 150, 200, 250, 400, 450, 500, 550, 600])

test('cycles that are missing in a rhythm are put on its beat', () => {
  expect(startsOf(sessionOf(), regular)).toEqual([300, 350])
})

test('where the meter has no room for a cycle, there is none', () => {
  expect(startsOf(sessionOf([305, 310]), regular)).not.toContain(300)
})

test('where the network saw that there is none, there is none', () => {
  expect(startsOf(sessionOf(), regular, 0.05)).toEqual([])
})

test('what was seen at odd times has no rhythm', () => {
  expect(startsOf(sessionOf(), cyclesAt([0, 20, 90, 115, 230, 260, 400, 425, 520, 640]))).toEqual([])
})

test('few cycles are no rhythm', () => {
  expect(startsOf(sessionOf(), cyclesAt([0, 50, 100, 250]))).toEqual([])
})

test('cycles of a compressor that hardly rests do not overlap', () => {
  const seen = [0, 50, 100, 150, 200, 350, 400, 450, 500].map((start) => ({
    start,
    stop: start + 35,
    belief: 0.9,
    powerW: new Float32Array(35).fill(80),
  }))
  const outputs = {
    belief: Float32Array.from({ length: slots }, (_, at) => 0.5 + 0.4 * Math.sin(at)),
    powerW: new Float32Array(slots),
  }
  const placed = missingCycles(sessionOf(), outputs, seen)
  expect(placed).toHaveLength(2)
  expect(placed[1]?.start).toBeGreaterThan(placed[0]?.stop ?? Number.POSITIVE_INFINITY)
})
