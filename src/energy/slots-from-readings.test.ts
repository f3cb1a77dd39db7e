import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seriesOf } from '../../test/support/readings.ts'
import type { CivilDay } from './civil-time.ts'
import type { Reading, ReadingKind } from './readings.ts'
import { dayCurveFromReadings, slotsBetween } from './slots-from-readings.ts'

const startAt = Date.parse('2026-11-10T00:00:00Z')
const spans: Record<ReadingKind, number> = { power: 300, energy: 900, register: 3600 }

/** A reading so many seconds after the start. */
function reading(kind: ReadingKind, offsetS: number, value: number | null, spanS = spans[kind]): Reading {
  return { kind, channel: 'import', at: startAt + offsetS * 1000, value, spanS, quality: 'measured', source: 'api' }
}

function slots(readings: Reading[], count: number, slotS: 60 | 900 = 60): (number | null)[] {
  const { powerW, measured } = slotsBetween(startAt, startAt + count * slotS * 1000, slotS, seriesOf(readings))
  return Array.from(powerW, (value, slot) => (measured[slot] === 1 ? value : null))
}

describe('power readings', () => {
  test('on the minute come back unchanged, to the last bit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 50 }), (values) => {
        const readings = values.map((value, minute) => reading('power', minute * 60, value))
        expect(slots(readings, values.length)).toEqual(values.map((value) => value + 0))
      }),
    )
  })

  test('hold until the next one, at most 300 seconds', () => {
    expect(slots([reading('power', 0, 100)], 7)).toEqual([100, 100, 100, 100, 100, null, null])
    expect(slots([reading('power', 0, 100), reading('power', 120, 50)], 3)).toEqual([100, 100, 50])
  })

  test('hold no longer than an explicit null', () => {
    expect(slots([reading('power', 0, 100), reading('power', 60, null)], 3)).toEqual([100, null, null])
  })

  test('count in a slot that is at least half covered, for the mean over that part', () => {
    expect(slots([reading('power', 30, 100), reading('power', 60, null)], 1)).toEqual([100])
    expect(slots([reading('power', 31, 100), reading('power', 60, null)], 1)).toEqual([null])
    expect(slots([reading('power', 0, 100), reading('power', 15, 200), reading('power', 45, null)], 1)).toEqual([
      (100 * 15 + 200 * 30) / 45,
    ])
  })
})

describe('interval energy', () => {
  test('becomes the mean power of its quarter', () => {
    expect(slots([reading('energy', 0, 139), reading('energy', 1800, 80)], 3, 900)).toEqual([556, null, 320])
  })

  test('beats power in its sum and takes its shape from the power', () => {
    const powers = Array.from({ length: 15 }, (_, minute) => reading('power', minute * 60, minute < 5 ? 300 : 0))
    const curve = slots([...powers, reading('energy', 0, 50)], 15)
    expect(curve.slice(0, 5)).toEqual([600, 600, 600, 600, 600])
    expect(curve.slice(5)).toEqual(new Array(10).fill(0))
  })

  test('over the edge of two stretches with slots of other lengths is all there, once', () => {
    const edgeAt = startAt + 1800_000
    const readings = seriesOf([reading('energy', 0, 1000, 3600), reading('power', 1800, 3000)])
    const before = slotsBetween(startAt, edgeAt, 900, readings).powerW
    const after = slotsBetween(edgeAt, edgeAt + 1800_000, 60, readings).powerW
    const energyWh =
      before.reduce((sum, powerW) => sum + powerW / 4, 0) + after.reduce((sum, powerW) => sum + powerW / 60, 0)
    expect(energyWh).toBeCloseTo(1000, 6)
  })

  test('has its shape from all of it, however little of it is asked for', () => {
    const powers = Array.from({ length: 60 }, (_, minute) => reading('power', minute * 60, minute < 30 ? 2000 : 0))
    const hour = reading('energy', 0, 1000, 3600)
    const whole = slots([...powers, hour], 60)
    expect([whole[0], whole[45]]).toEqual([2000, 0])
    const fromAt = startAt + 45 * 60_000
    expect(slotsBetween(fromAt, fromAt + 600_000, 60, seriesOf([...powers, hour])).powerW[0]).toBe(0)
  })

  test('is spread evenly where no power tells its shape', () => {
    expect(slots([reading('energy', 0, 50)], 15)).toEqual(new Array(15).fill(200))
  })

  test('is never lost, whatever power stands beside it', () => {
    const power = fc.array(fc.option(fc.double({ min: 0, max: 5000, noNaN: true })), { minLength: 15, maxLength: 15 })
    fc.assert(
      fc.property(power, fc.integer({ min: 0, max: 3000 }), (values, energyWh) => {
        const powers = values.flatMap((value, minute) =>
          value === null ? [] : [reading('power', minute * 60, value, 60)],
        )
        const curve = slots([...powers, reading('energy', 0, energyWh)], 15)
        expect(curve.reduce<number>((sum, value) => sum + (value ?? 0) / 60, 0)).toBeCloseTo(energyWh, 6)
      }),
    )
  })
})

describe('interval energy that overlaps', () => {
  test('stands for the time that no shorter interval covers', () => {
    const hour = reading('energy', 0, 1000, 3600)
    const quarter = reading('energy', 900, 100, 900)
    expect(slots([hour, quarter], 4, 900)).toEqual([1000, 400, 1000, 1000])
  })

  test('is set against its like: what was measured stands beside an estimate however long either is', () => {
    const guess: Reading = { ...reading('energy', 900, 50, 900), quality: 'estimated' }
    expect(slots([reading('energy', 0, 500, 1800), guess], 2, 900)).toEqual([1000, 1000])
  })

  test('costs no slot, and moves no slot beyond those it touches, however long intervals are', () => {
    const spans = fc.constantFrom(10, 30, 60, 120, 240, 300, 420, 450, 900)
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 9 }), fc.nat(100), (spanS, shiftS, number) => {
        const count = Math.ceil(14_400 / spanS)
        const energies = Array.from({ length: count }, (_, index) =>
          reading('energy', index * spanS, spanS / 10, spanS),
        )
        const place = number % count
        const again = reading('energy', place * spanS + shiftS, spanS / 5, spanS)
        const readings = [...energies, again].sort((a, b) => a.at - b.at)
        const curve = slots(readings, 16, 900)
        const touched = (slot: number) =>
          again.at < startAt + (slot + 1) * 900_000 && again.at + spanS * 1000 > startAt + slot * 900_000
        for (const [slot, powerW] of curve.entries()) {
          if (touched(slot)) expect(powerW).toBeGreaterThanOrEqual(360 - 1e-9)
          else expect(powerW).toBeCloseTo(360, 9)
          expect(powerW).toBeLessThanOrEqual(720 + 1e-9)
        }
      }),
    )
  })
})

describe('interval energy', () => {
  test('of a minute makes slots of a minute, of a quarter-hour slots of a quarter-hour', () => {
    const lengthOf = (spanS: number) => {
      const energy = reading('energy', 3600, 5, spanS)
      return dayCurveFromReadings('2026-11-10' as CivilDay, 'Europe/Rome', seriesOf([energy])).slotS
    }
    expect([lengthOf(60), lengthOf(900)]).toEqual([60, 900])
  })
})

describe('register readings', () => {
  test('spread the energy between them evenly', () => {
    const readings = [0, 900, 1800].map((offset, index) => reading('register', offset, 1000 + index * 100))
    expect(slots(readings, 3, 900)).toEqual([400, 400, null])
  })

  test('further apart than an hour count in no slot', () => {
    expect(slots([reading('register', 0, 0), reading('register', 3600, 400)], 4, 900)).toEqual([400, 400, 400, 400])
    expect(slots([reading('register', 0, 0), reading('register', 3601, 400)], 4, 900)).toEqual([null, null, null, null])
  })

  test.each([60, 900] as const)(
    'up to 3,900 s apart are told whole in slots of %i s, wherever a stretch ends',
    (slotS) => {
      const counts = [-7380, -3780, 120, 3660].map((offset, index) => reading('register', offset, index * 1000, 3900))
      const series = seriesOf([...counts, reading('power', -3700, 3000, 1200)])
      const energyBetween = (fromMs: number, toMs: number) =>
        slotsBetween(startAt + fromMs, startAt + toMs, slotS, series).powerW.reduce(
          (sum, powerW) => sum + (powerW * slotS) / 3600,
          0,
        )
      const [fromMs, toMs] = [-10_800_000, 7_200_000]
      expect(energyBetween(fromMs, 0) + energyBetween(0, toMs)).toBeCloseTo(energyBetween(fromMs, toMs), 6)
    },
  )

  test('an hour apart have the shape of the power between them and their own energy', () => {
    const powers = Array.from({ length: 60 }, (_, minute) => reading('power', minute * 60, minute < 30 ? 1000 : 500))
    const curve = slots([reading('register', 0, 0), reading('register', 3600, 900), ...powers], 60)
    expect([curve[0], curve[59]]).toEqual([1200, 600])
  })

  test('that fall are a reset: unmeasured, never negative', () => {
    const readings = [reading('register', 0, 900), reading('register', 900, 10), reading('register', 1800, 110)]
    expect(slots(readings, 2, 900)).toEqual([null, 400])
  })

  test('that come back from a fall are the old count again: one 0, or several, are no energy', () => {
    const every10S = (isFaulty: (index: number) => boolean) =>
      Array.from({ length: 361 }, (_, index) => reading('register', index * 10, isFaulty(index) ? 0 : 40_000 + index))
    const energyWh = (readings: Reading[]) =>
      slots(readings, 60).reduce<number>((sum, powerW) => sum + (powerW ?? 0) / 60, 0)
    expect(energyWh(every10S(() => false))).toBeCloseTo(360, 6)
    expect(energyWh(every10S((index) => index === 180))).toBeCloseTo(360, 6)
    expect(energyWh(every10S((index) => index >= 180 && index < 186))).toBeCloseTo(354, 6)
    const rebooted = every10S(() => false).map((one, index) =>
      index >= 180 && index < 186 ? { ...one, value: index - 180 } : one,
    )
    expect(energyWh(rebooted)).toBeLessThanOrEqual(360)
  })

  test('that come back from a fall long before the stretch are no energy in it', () => {
    const counts = [40_000, 0, 0, 40_300, 40_400]
    const readings = [-9000, -6300, -2700, 900, 1800].map((offset, index) =>
      reading('register', offset, counts[index] ?? 0),
    )
    expect(slots(readings, 2, 900)).toEqual([null, 400])
  })

  test('that pass the old count little by little after a reset are a new count: all of it is energy', () => {
    const readings = [500, 0, 200, 400, 600, 1400].map((value, index) => reading('register', index * 900, value))
    expect(slots(readings, 5, 900)).toEqual([null, 800, 800, 800, 3200])
  })

  test('that go on after a count read 1 Wh too low lose the one interval that falls', () => {
    const readings = [5_000_000, 4_999_999, 5_000_199, 5_000_399].map((value, index) =>
      reading('register', index * 900, value),
    )
    expect(slots(readings, 3, 900)).toEqual([null, 800, 800])
  })

  test('that rise by more than any home draws are another meter: unmeasured, no energy from nowhere', () => {
    const exchanged = [
      reading('register', 0, 900),
      reading('register', 900, 12_345_000),
      reading('register', 1800, 12_345_100),
    ]
    expect(slots(exchanged, 2, 900)).toEqual([null, 400])
    const inAMinute = [0, 8, 90_008, 90_016].map((value, minute) => reading('register', minute * 60, value))
    expect(slots(inAMinute, 3)).toEqual([480, null, 480])
    expect(slots([reading('register', 0, 0), reading('register', 3600, 100_000)], 1, 900)).toEqual([100_000])
    expect(slots([reading('register', 0, 0), reading('register', 3600, 100_001)], 1, 900)).toEqual([null])
  })

  test.each([1000, 10_000])(
    'of a meter that counts steps of %i Wh are its energy, however soon after one another they were read',
    (stepWh) => {
      const often = Array.from({ length: 91 }, (_, index) => reading('register', index * 10, index < 45 ? 0 : stepWh))
      expect(slots(often, 1, 900)[0]).toBeCloseTo(4 * stepWh, 6)
    },
  )
})

describe('an estimate', () => {
  const guess = (one: Reading): Reading => ({ ...one, quality: 'estimated' })

  test('fills what nothing measured covers, and gives way where something does', () => {
    const quarter = guess(reading('energy', 0, 150))
    expect(slots([quarter], 15)).toEqual(new Array(15).fill(600))
    const minutes = [reading('power', 0, 100), reading('power', 60, null)]
    expect(slots([quarter, ...minutes], 2)[0]).toBe(100)
    expect(slots([quarter, ...minutes], 2)[1]).toBeGreaterThan(600)
  })

  test('cuts no measured power short that still holds, also over a midnight', () => {
    const late = guess(reading('power', 60, 5000, 900))
    expect(slots([reading('power', 0, 100), late, reading('power', 300, null)], 6)).toEqual([
      100,
      100,
      100,
      100,
      100,
      null,
    ])
    const overnight = [reading('power', -120, 1000, 3600), guess(reading('power', -60, null))]
    const { slotS, measured } = dayCurveFromReadings('2026-11-10' as CivilDay, 'UTC', seriesOf(overnight))
    expect([slotS, measured.reduce((sum, one) => sum + one, 0)]).toEqual([60, 58])
  })

  test('gives way to a measured interval however long, and to a measured register', () => {
    expect(slots([guess(reading('energy', 900, 1)), reading('energy', 0, 600, 3600)], 4, 900)).toEqual([
      600, 600, 600, 600,
    ])
    const registers = [reading('register', 0, 1000), reading('register', 900, 1100)]
    expect(slots([guess(reading('energy', 0, 1)), ...registers], 1, 900)).toEqual([400])
    expect(slots([guess(reading('register', 450, 9)), ...registers], 1, 900)).toEqual([400])
  })
})

describe("a day's curve", () => {
  const day = '2026-11-10' as CivilDay

  test('has slots of a minute where power or a fine register is read, else of a quarter-hour', () => {
    const lengthWith = (...readings: Reading[]) => dayCurveFromReadings(day, 'Europe/Rome', seriesOf(readings)).slotS
    expect(lengthWith(reading('power', 0, 1))).toBe(60)
    expect(lengthWith(reading('register', 0, 1), reading('register', 60, 2))).toBe(60)
    expect(lengthWith(reading('register', 0, 1), reading('register', 61, 2))).toBe(900)
    expect(lengthWith(reading('register', 0, 1), reading('register', 30, null), reading('register', 60, 2))).toBe(60)
    expect(lengthWith(reading('register', 0, 1), reading('register', 60, null), reading('register', 900, 2))).toBe(900)
    expect(lengthWith(reading('energy', 0, 1))).toBe(900)
  })

  test('has slots of a minute where a power of the evening before holds on into it, and loses nothing of it', () => {
    const held = (beforeS: number, holdS: number) =>
      dayCurveFromReadings(day, 'UTC', seriesOf([reading('power', -beforeS, 1000, holdS)]))
    const minutesOf = ({ measured }: { measured: Uint8Array }) => measured.reduce((sum, one) => sum + one, 0)
    expect([held(120, 420).slotS, minutesOf(held(120, 420))]).toEqual([60, 5])
    expect([held(600, 3600).slotS, minutesOf(held(600, 3600))]).toEqual([60, 50])
    expect([held(300, 300).slotS, minutesOf(held(300, 300))]).toEqual([900, 0])
    const ended = seriesOf([reading('power', -120, 1000), reading('power', 0, null)])
    expect(dayCurveFromReadings(day, 'UTC', ended).slotS).toBe(900)
  })

  test.each([
    ['2026-03-29', 1380],
    ['2026-10-25', 1500],
    ['2026-11-10', 1440],
  ])('on %s has %i minutes', (text, minutes) => {
    const at = Date.parse(`${text}T12:00:00Z`)
    const readings: Reading[] = [
      { kind: 'power', channel: 'import', at, value: 7, spanS: 300, quality: 'measured', source: 'api' },
    ]
    const curve = dayCurveFromReadings(text as CivilDay, 'Europe/Rome', seriesOf(readings))
    expect(curve.powerW.length).toBe(minutes)
    expect(curve.measured.reduce((sum, one) => sum + one, 0)).toBe(5)
  })

  test('takes in what yesterday holds over midnight', () => {
    const midnight = Date.parse('2026-11-09T23:00:00Z')
    const readings: Reading[] = [
      {
        kind: 'power',
        channel: 'import',
        at: midnight - 60_000,
        value: 7,
        spanS: 300,
        quality: 'measured',
        source: 'api',
      },
    ]
    const { measured } = slotsBetween(midnight, midnight + 6 * 60_000, 60, seriesOf(readings))
    expect([...measured]).toEqual([1, 1, 1, 1, 0, 0])
  })
})
