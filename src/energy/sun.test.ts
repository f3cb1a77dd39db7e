import { expect, test } from 'vitest'
import { clearSkyWm2, sunDegreesAt } from './sun.ts'

const rome = { latitude: 41.9, longitude: 12.5 }

test('the sun is as high at noon as the tilt of the Earth has it, and below the horizon at midnight', () => {
  // 90° − latitude ± 23.44°; true noon in Rome is at 11:12 UTC in June and at 11:08 UTC in December.
  expect(sunDegreesAt(Date.parse('2023-06-21T11:12:00Z'), rome)).toBeCloseTo(90 - 41.9 + 23.44, 1)
  expect(sunDegreesAt(Date.parse('2023-12-22T11:08:00Z'), rome)).toBeCloseTo(90 - 41.9 - 23.44, 1)
  expect(sunDegreesAt(Date.parse('2023-12-22T23:08:00Z'), rome)).toBeLessThan(-60)
})

test('a clear sky gives what the tests of pvlib hold its `clearsky.haurwitz` to, and nothing at night', () => {
  const expected = [
    [-20, 0],
    [0, 0],
    [5, 48.6298687941956],
    [10, 135.741748091813],
    [30, 487.894132885425],
    [50, 778.766689344363],
    [90, 1035.0920325345],
  ] as const
  for (const [degrees, wm2] of expected) expect(clearSkyWm2(degrees)).toBeCloseTo(wm2, 6)
})
