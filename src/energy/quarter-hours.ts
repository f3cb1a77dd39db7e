/** Minutes as the quarter-hours that a coarser meter would have sent. */
import type { DayCurve } from './load-curve.ts'

/** Minutes of a quarter-hour. */
export const minutesPerQuarter = 15
/** A quarter-hour counts when at least half of it is known. */
const leastMinutes = 8

/** Means of quarter-hours, which of them are known, and which share of each is. */
export interface Quarters<Values> {
  readonly powerW: Values
  readonly known: Uint8Array
  readonly knownShare: Float32Array
}

/** Means of the known minutes of each quarter-hour [W]; 0 where fewer than `least` are known. */
export function quartersOf<Values extends Float32Array | Float64Array>(
  minutesW: Values,
  known: Uint8Array,
  least = leastMinutes,
): Quarters<Values> {
  const count = Math.floor(minutesW.length / minutesPerQuarter)
  const powerW = new (minutesW.constructor as new (length: number) => Values)(count)
  const [isKnown, knownShare] = [new Uint8Array(count), new Float32Array(count)]
  for (let quarter = 0; quarter < count; quarter++) {
    let [meanW, minutes] = [0, 0]
    for (let minute = quarter * minutesPerQuarter; minute < (quarter + 1) * minutesPerQuarter; minute++) {
      if (known[minute] !== 1) continue
      const minuteW = minutesW[minute] ?? 0
      // Minutes of one power keep it to the last bit.
      if (minuteW !== meanW) meanW = (meanW * minutes + minuteW) / (minutes + 1)
      minutes += 1
    }
    knownShare[quarter] = minutes / minutesPerQuarter
    if (minutes < least) continue
    powerW[quarter] = meanW
    isKnown[quarter] = 1
  }
  return { powerW, known: isKnown, knownShare }
}

/** A day of minutes in quarter-hours. */
export function inQuarters(day: DayCurve): DayCurve {
  const { powerW, known } = quartersOf(day.powerW, day.measured)
  return { ...day, slotS: 900, powerW, measured: known }
}
