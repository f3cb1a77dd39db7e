/**
 * Minutes of a meter that sends its power when it has changed by a hundred watts or more, and its energy each quarter-hour, as the in-home device
 * of an Italian meter hears it (Chain 2). A kettle stands out in them; a drum and a compressor show in the quarter-hours' energy alone, and
 * networks that have learned from clear minutes miss them. So others, that have learned from such curves, look at such days.
 */
import type { DayCurve } from '../energy/load-curve.ts'
import { minutesPerQuarter } from '../energy/quarter-hours.ts'
import { changesOf } from './meter-steps.ts'

/** A change of so much is sent as one [W]: of the power bands that meters send (10 % of 1.5 to 6 kW and more) the least; those that send less show it too. */
const sentW = 150
/** So many changes of power are sent in a day that shows any, and of all that it shows within quarter-hours so many are. */
const [sentLeast, sentShareLeast] = [4, 0.25]
/** Others are fewer, so many and so many an hour: the end of a power that was held for long is one. Recorded homes have more, or nothing large. */
const [othersLeast, othersLeastPerHour] = [10, 3]
/** So many quarter-hours in an hour, and more than there are others, begin with a level a little above or below the one before. */
const levelsLeastPerHour = 0.5
/** A day of which less is measured [h] may show it yet. */
const enoughHours = 12

/**
 * Whether the minutes of a day show power that was sent on large changes, and the energy of quarter-hours.
 * @param before the day before it: a day that does not show it yet, or has too few changes to tell, is as that one shows itself
 */
export function hasSparsePower(day: DayCurve, before?: DayCurve): boolean {
  if (day.slotS !== 60) return false
  const { withinW } = changesOf(day)
  const measuredHours = day.measured.reduce((slots, flag) => slots + flag, 0) / 60
  const sent = withinW.filter((changeW) => changeW >= sentW).length
  const others = withinW.length - sent
  if (others > Math.max(othersLeast, othersLeastPerHour * measuredHours)) return false
  const levels = levelsOf(day)
  const isEvenlyMetered = levels > others && levels >= levelsLeastPerHour * measuredHours
  if (sent >= sentLeast && sent >= sentShareLeast * withinW.length && isEvenlyMetered) return true
  const isUndecided = measuredHours < enoughHours || (sent > 0 && sent < sentLeast)
  return isUndecided && before !== undefined && hasSparsePower(before)
}

/** How often power changes by less than is sent at the bound of a quarter-hour, and neither in the minute before nor in that after. */
function levelsOf({ powerW, measured }: DayCurve): number {
  const changeAt = (slot: number): number => {
    const isKnown = measured[slot] === 1 && measured[slot - 1] === 1
    return isKnown ? (powerW[slot] ?? 0) - (powerW[slot - 1] ?? 0) : 0
  }
  let levels = 0
  for (let slot = minutesPerQuarter; slot < powerW.length; slot += minutesPerQuarter) {
    const changeW = Math.abs(changeAt(slot))
    if (changeW > 0 && changeW < sentW && changeAt(slot - 1) === 0 && changeAt(slot + 1) === 0) levels += 1
  }
  return levels
}
