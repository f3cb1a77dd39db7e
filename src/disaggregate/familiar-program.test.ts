import { expect, test } from 'vitest'
import { familiarStretch, heatingOf, programOf, type Stretch } from './familiar-program.ts'
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

function placed(session: Session, seen: Stretch, remembered = programs): Stretch {
  return familiarStretch(session, { heating: heatingOf(session), programs: remembered }, seen)
}

test('a run of which the first heating was missed begins where the runs of the days before say', () => {
  const { session } = runAt(300)
  expect(placed(session, { start: 350, stop: 400 })).toEqual({ start: 300, stop: 400 })
})

test('what was hot before a run is not its beginning', () => {
  const session = sessionOf([280, 288], [320, 330], [370, 380])
  expect(placed(session, { start: 275, stop: 400 })).toEqual({ start: 300, stop: 400 })
})

test('another program stays where it was seen', () => {
  const session = sessionOf([320, 330], [345, 355])
  expect(placed(session, { start: 310, stop: 380 })).toEqual({ start: 310, stop: 380 })
})

test('two earlier runs move nothing', () => {
  const { session } = runAt(300)
  const seen = { start: 350, stop: 400 }
  expect(placed(session, seen, programs.slice(0, 2))).toEqual(seen)
})
