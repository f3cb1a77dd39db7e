/** Whether a sub-meter's clock goes with its meter's: by the minutes in which both rise when an appliance is switched on. */
import type { DayCurve } from '../../energy/load-curve.ts'
import type { SubMeter } from './sub-metered-home.ts'

/** Clocks are compared up to so many minutes either way. */
const mostLagMinutes = 3
/** Only what rises by this much in a minute [W] stands out of a home, and so many rises tell a lag. */
const [leastRiseW, leastRises] = [300, 20]
/**
 * At another lag the total shows this much more of the rises (less may be minutes that begin a little apart), and most of them: a total
 * in which the appliance is not shows next to none at any.
 */
const [leastGain, leastShown] = [1.5, 0.5]

/**
 * How many minutes a sub-meter's clock is behind the meter's (negative: ahead); 0 where they agree as far as anybody can tell.
 * @param days of minutes, those of the sub-meter
 */
export function clockLagMinutes({ powerW, mask }: SubMeter, days: readonly DayCurve[]): number {
  const totalW = days.flatMap((day) => [...day.powerW])
  const rises = [...powerW.keys()].filter((minute) => riseW(powerW, minute) >= leastRiseW && mask[minute - 1] === 1)
  if (rises.length < leastRises) return 0
  const lags = Array.from({ length: 2 * mostLagMinutes + 1 }, (_, index) => index - mostLagMinutes)
  const shownAt = (lag: number) =>
    rises.reduce(
      (sum, minute) => sum + Math.min(1, Math.max(0, riseW(totalW, minute - lag)) / riseW(powerW, minute)),
      0,
    )
  const best = lags.reduce((one, other) => (shownAt(other) > shownAt(one) ? other : one), 0)
  const shown = shownAt(best)
  return shown >= leastGain * shownAt(0) && shown >= leastShown * rises.length ? best : 0
}

function riseW(powerW: ArrayLike<number>, minute: number): number {
  return (powerW[minute] ?? 0) - (powerW[minute - 1] ?? 0)
}
