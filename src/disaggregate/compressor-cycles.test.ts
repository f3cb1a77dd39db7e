import { expect, test } from 'vitest'
import { likeliestCycles } from './compressor-cycles.ts'
import type { Session } from './session.ts'

const slots = 720
/** Runs 20 minutes, rests 40. */
const habits = { running: { medianSlots: 20, spread: 0.3 }, resting: { medianSlots: 40, spread: 0.3 } }
const [compressorW, othersW] = [80, 200]

interface Home {
  readonly session: Session
  readonly belief: Float32Array
}

/** Twelve hours of minutes; a compressor that switches on each full hour, and a network that sees it. */
function homeOf(): Home {
  const powerW = new Float64Array(slots).fill(othersW)
  const belief = new Float32Array(slots).fill(0.05)
  for (let start = 0; start < slots; start += 60) {
    for (let slot = start; slot < start + 20; slot++) powerW[slot] = othersW + compressorW
    belief.fill(0.9, start, start + 20)
  }
  return {
    session: { startAt: 0, slotS: 60, powerW, measured: new Uint8Array(slots).fill(1), midnight: slots },
    belief,
  }
}

function cyclesOf({ session, belief }: Home): (readonly [start: number, stop: number])[] {
  const outputs = { belief, powerW: new Float32Array(slots).fill(compressorW) }
  return likeliestCycles(session, outputs, habits).map(({ start, stop }) => [start, stop])
}

const onTheHour = Array.from({ length: 12 }, (_, hour) => [60 * hour, 60 * hour + 20] as const)

test('cycles that a network sees clearly are those that it sees', () => {
  expect(cyclesOf(homeOf())).toEqual(onTheHour)
})

test('a cycle that a network breaks up is one', () => {
  const home = homeOf()
  home.belief.fill(0.2, 305, 308).fill(0.2, 312, 316)
  expect(cyclesOf(home)).toEqual(onTheHour)
})

test('a flash of belief between two cycles is none', () => {
  const home = homeOf()
  home.belief.fill(0.95, 335, 339)
  expect(cyclesOf(home)).toEqual(onTheHour)
})

test('a cycle that a network hardly saw is put where the meter steps', () => {
  const home = homeOf()
  home.belief.fill(0.3, 280, 345)
  const [start, stop] = cyclesOf(home)[5] ?? []
  expect(start).toBeOneOf([299, 300, 301])
  expect(stop).toBeOneOf([319, 320, 321])
})

test('where a network saw that there is none, there is none', () => {
  const home = homeOf()
  home.belief.fill(0.02, 230, 410)
  home.session.powerW.fill(othersW, 230, 410)
  expect(cyclesOf(home).filter(([start]) => start > 230 && start < 410)).toEqual([])
})

test('where the meter has no room for a compressor, there is none', () => {
  const home = homeOf()
  home.session.powerW.fill(30, 290, 330)
  expect(cyclesOf(home).filter(([start, stop]) => start < 330 && stop > 290)).toEqual([])
})

test('a day that is still running has no cycle to come', () => {
  const home = homeOf()
  home.session.measured.fill(0, 310)
  home.session.powerW.fill(0, 310)
  home.belief.fill(0, 310)
  expect(cyclesOf(home)).toEqual([...onTheHour.slice(0, 5), [300, 310]])
})

test('cycles begin and end where something was measured', () => {
  const home = homeOf()
  home.session.measured.fill(0, 295, 305)
  home.session.powerW.fill(0, 295, 305)
  home.belief.fill(0, 295, 305)
  expect(cyclesOf(home)[5]).toEqual([305, 320])
})

test('of nothing measured there are no cycles', () => {
  const home = homeOf()
  home.session.measured.fill(0)
  expect(cyclesOf(home)).toEqual([])
})
