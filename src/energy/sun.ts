/**
 * Where the sun stands, and what it would give without clouds.
 *
 * Height: `suncalc`, after Meeus, Astronomical Algorithms. Clear sky: 1098 · cos z · exp(−0.059 / cos z) W/m² on level
 * ground at zenith angle z (Haurwitz, Journal of Meteorology 2, 154, 1945, and 3, 123, 1946, as in pvlib's
 * `clearsky.haurwitz`; of the models that need the height alone the best in Reno, Hansen & Stein, SAND2012-2389).
 */
import { getPosition } from 'suncalc'
import type { EpochMs } from './civil-time.ts'

/** A point on the ground [degrees]. */
export interface Place {
  readonly latitude: number
  readonly longitude: number
}

/** Height of the sun over the horizon, refraction included [degrees]; negative at night. */
export function sunDegreesAt(at: EpochMs, { latitude, longitude }: Place): number {
  return getPosition(new Date(at), latitude, longitude).altitude
}

/** What the sun gives on level ground under a clear sky [W/m²]. */
export function clearSkyWm2(sunDegrees: number): number {
  const cosZenith = Math.sin((sunDegrees * Math.PI) / 180)
  return cosZenith <= 0 ? 0 : 1098 * cosZenith * Math.exp(-0.059 / cosZenith)
}
