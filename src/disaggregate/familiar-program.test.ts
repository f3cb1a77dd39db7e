import { expect, test } from 'vitest'
import { heatingOf, placeRuns, programOf, type Stretch } from './familiar-program.ts'
import type { Session } from './session.ts'

/** Ten hours of minutes at 200 W, with 2 kW in the heatings. */
function sessionOf(...heatings: [number, number][]): Session {
  const powerW = new Float64Array(600).fill(200)
  for (const [start, stop] of heatings) powerW.fill(2200, start, stop)
  return { startAt: 0, slotS: 60, powerW, measured: new Uint8Array(600).fill(1), midnight: 600 }
}

/** A run of two heatings of ten minutes, the first 20 minutes after its start, the second 40 minutes after that. */
function runAt(start: number): { session: Session; run: Stretch } {
  const session = sessionOf([start + 20, start + 30], [start + 70, start + 80])
  return { session, run: { start, stop: start + 100 } }
}

const programs = [100, 130, 220].map((start) => {
  const { session, run } = runAt(start)
  return programOf(heatingOf(session), run)
})

function placed(session: Session, seen: readonly Stretch[], remembered = programs): Stretch[] {
  const runs = seen.map((run) => ({ ...run, belief: 0.9 }))
  return placeRuns(session, { heating: heatingOf(session), programs: remembered }, runs).map(({ start, stop }) => ({
    start,
    stop,
  }))
}

test('a run of which the first heating was missed begins where the runs of the days before say', () => {
  const { session } = runAt(300)
  expect(placed(session, [{ start: 350, stop: 400 }])).toEqual([{ start: 300, stop: 400 }])
})

test('what was hot before a run is not its beginning', () => {
  const session = sessionOf([280, 288], [320, 330], [370, 380])
  expect(placed(session, [{ start: 275, stop: 400 }])).toEqual([{ start: 300, stop: 400 }])
})

test('another program stays where it was seen', () => {
  const session = sessionOf([320, 330], [345, 355])
  expect(placed(session, [{ start: 310, stop: 380 }])).toEqual([{ start: 310, stop: 380 }])
})

test('one earlier run moves nothing', () => {
  const { session } = runAt(300)
  const seen = { start: 350, stop: 400 }
  expect(placed(session, [seen], programs.slice(0, 1))).toEqual([seen])
})

test('earlier runs that are few of many, or that do not agree on a start, move nothing', () => {
  const { session } = runAt(300)
  const seen = { start: 350, stop: 400 }
  const [program] = programs
  if (program === undefined) throw new Error('there is no program')
  const long = { slots: 100, heatingSlots: Array.from({ length: 60 }, (_, slot) => slot) }
  expect(placed(session, [seen], [program, program, ...Array(3).fill(long)])).toEqual([{ start: 300, stop: 400 }])
  expect(placed(session, [seen], [program, program, ...Array(4).fill(long)])).toEqual([seen])
  const begunSooner = { slots: 120, heatingSlots: program.heatingSlots.map((slot) => slot + 20) }
  expect(placed(session, [seen], [program, begunSooner])).toEqual([seen])
})

test('a run begins no more than an hour and a half before it was seen, however well its program fits there', () => {
  const session = sessionOf([220, 230], [270, 280], [370, 380])
  const seen = { start: 300, stop: 400 }
  expect(placed(session, [seen])).toEqual([seen])
  expect(placed(session, [{ ...seen, start: 290 }])).toEqual([{ start: 200, stop: 400 }])
})

test('a run that was seen in two parts is one; the next begins where it ends, not within it', () => {
  const { session } = runAt(300)
  const seen = [
    { start: 350, stop: 368 },
    { start: 369, stop: 395 },
  ]
  expect(placed(session, seen)).toEqual([{ start: 300, stop: 400 }])
  expect(placed(session, [...seen, { start: 390, stop: 440 }])).toEqual([
    { start: 300, stop: 400 },
    { start: 400, stop: 440 },
  ])
})

test('a run of which half lies in one that was placed is a part of it to its end: no heating is lost, and the surer belief stands', () => {
  const session = sessionOf([50, 60], [130, 140], [165, 185])
  const heating = heatingOf(session)
  const atItsEnds = [...Array(10).keys(), ...Array.from({ length: 10 }, (_, slot) => slot + 80)]
  const remembered = { heating, programs: Array(3).fill({ slots: 100, heatingSlots: atItsEnds }) }
  const doubtful = { start: 70, stop: 90, belief: 0.9 }
  const sure = { start: 112, stop: 188, belief: 0.95 }
  expect(placeRuns(session, remembered, [doubtful])).toMatchObject([{ start: 50, stop: 150, belief: 0.9 }])
  expect(placeRuns(session, remembered, [doubtful, sure])).toMatchObject([{ start: 50, stop: 188, belief: 0.95 }])
})

test('two runs keep apart; where a program fits twice, the nearer place counts', () => {
  const session = sessionOf([220, 230], [270, 280], [320, 330], [370, 380])
  const seen = [
    { start: 205, stop: 290 },
    { start: 345, stop: 400 },
  ]
  expect(placed(session, seen)).toEqual([
    { start: 205, stop: 290 },
    { start: 300, stop: 400 },
  ])
})

test("only what heats now, and did in earlier runs, is taken for a run's heating before it was seen", () => {
  const session = sessionOf([305, 309], [322, 330], [370, 380])
  const run = { start: 350, stop: 400, belief: 0.9 }
  const [one] = placeRuns(session, { heating: heatingOf(session), programs }, [run])
  expect([...(one?.heatingSlots ?? [])].sort((a, b) => a - b)).toEqual([322, 323, 324, 325, 326, 327, 328, 329])
})

test('the edge of a gap is no heating', () => {
  const session = sessionOf([0, 600])
  session.measured.fill(0, 300, 303)
  session.powerW.fill(0, 300, 303)
  expect(heatingOf(session)).toEqual(new Uint8Array(600))
})
