/** What every day told apart must be, whatever the method and the curve. */
import type { DayDisaggregation } from '../../src/disaggregate/index.ts'
import type { Run } from '../../src/energy/analysis.ts'
import type { ApplianceKey } from '../../src/energy/appliances.ts'
import type { Household } from '../../src/energy/household.ts'
import type { DayCurve } from '../../src/energy/load-curve.ts'
import { isSameRun } from '../../src/energy/whole-runs.ts'

/** Two sessions meet an hour after midnight at the earliest [s]. */
const earliestCutS = 3600
/** Single precision and rounding in sums [W]. */
const roundingW = 1e-3

/**
 * Holds the results of `days[from…]` to what the engine promises.
 * @throws naming the day and what is wrong with it
 */
export function checkDays(
  results: readonly DayDisaggregation[],
  household: Household,
  days: readonly DayCurve[],
  from: number,
): void {
  for (const [index, result] of results.entries()) {
    const day = days[from + index]
    if (day === undefined) throw new Error(`there are ${results.length} results for ${days.length - from} days`)
    const fault =
      faultOfColumns(result, household, day) ??
      faultOfConfidence(result) ??
      faultOfRuns(result, household, days, day, results[index - 1])
    if (fault !== undefined) throw new Error(`${day.day}, slots of ${day.slotS} s: ${fault}`)
  }
}

function faultOfColumns({ columns }: DayDisaggregation, household: Household, day: DayCurve): string | undefined {
  const declared = [...household.appliances.keys()].filter((key) => key !== 'smallAppliances')
  if ([...columns.keys()].sort().join() !== declared.sort().join())
    return `columns ${[...columns.keys()]}, not ${declared}`
  const sumW = new Float64Array(day.powerW.length)
  for (const [appliance, column] of columns) {
    if (column.length !== day.powerW.length) return `${appliance} has ${column.length} slots`
    for (const [slot, powerW] of column.entries()) {
      if (!(powerW >= 0) || !Number.isFinite(powerW)) return `${appliance} draws ${powerW} W in slot ${slot}`
      if (powerW > 0 && day.measured[slot] !== 1)
        return `${appliance} draws power in slot ${slot}, which was not measured`
      sumW[slot] = (sumW[slot] ?? 0) + powerW
    }
  }
  const beyond = sumW.findIndex((watts, slot) => watts > (day.powerW[slot] ?? 0) + roundingW)
  return beyond < 0 ? undefined : `slot ${beyond} gives ${sumW[beyond]} W of ${day.powerW[beyond]} W`
}

function faultOfConfidence({ columns, confidence }: DayDisaggregation): string | undefined {
  for (const [appliance, share] of Object.entries(confidence)) {
    if (!(share >= 0 && share <= 1)) return `${appliance} has a confidence of ${share}`
  }
  const silent = [...columns.keys()].find((appliance) => confidence[appliance] === undefined)
  return silent === undefined ? undefined : `${silent} has no confidence`
}

function faultOfRuns(
  { runs }: DayDisaggregation,
  household: Household,
  days: readonly DayCurve[],
  day: DayCurve,
  before: DayDisaggregation | undefined,
): string | undefined {
  const endAt = day.startAt + day.powerW.length * day.slotS * 1000
  let beforeAt = Number.NEGATIVE_INFINITY
  const busyUntil = new Map<ApplianceKey, number>()
  for (const run of runs) {
    const name = `the ${run.appliance}'s run at ${new Date(run.startAt).toISOString()}`
    if (!household.appliances.has(run.appliance)) return `${name} is of nothing declared`
    const isRest = run.startAt < day.startAt && (before === undefined || before.runs.some((one) => isSameRun(one, run)))
    if ((run.startAt < day.startAt && !isRest) || run.startAt >= endAt) return `${name} begins on another day`
    const cutAt = day.startAt + (isCutAtMidnight(days, day) ? 0 : earliestCutS * 1000)
    if (isRest && run.stopAt <= cutAt) return `${name} is over before the night's cut`
    if (run.startAt < beforeAt) return `${name} is out of order`
    if (!(run.stopAt > run.startAt)) return `${name} ends before it begins`
    const isOne = household.appliances.get(run.appliance) === 1
    if (isOne && run.startAt < (busyUntil.get(run.appliance) ?? 0)) return `${name} begins during another of its runs`
    busyUntil.set(run.appliance, run.stopAt)
    const seen = measuredWithin(days, run)
    if (!seen.first || !seen.last) return `${name} reaches into time that was not measured`
    if (!(run.energyWh > 0) || run.energyWh > seen.meterWh + roundingW)
      return `${name} has ${run.energyWh} Wh of the meter's ${seen.meterWh} Wh`
    beforeAt = run.startAt
  }
  return undefined
}

/** Whether the day before saw a day's night up to midnight alone. */
function isCutAtMidnight(days: readonly DayCurve[], day: DayCurve): boolean {
  return days[days.indexOf(day) - 1]?.slotS !== day.slotS
}

/** Whether the first and the last slot of a run were measured, and what the meter used during it. */
function measuredWithin(days: readonly DayCurve[], { startAt, stopAt }: Run) {
  let [first, last, meterWh] = [false, false, 0]
  for (const day of days) {
    const slotMs = day.slotS * 1000
    const slotOf = (instant: number) => Math.floor((instant - day.startAt) / slotMs)
    const from = Math.max(0, slotOf(startAt))
    const to = Math.min(day.powerW.length, slotOf(stopAt - 1) + 1)
    if (from >= to) continue
    for (let slot = from; slot < to; slot++) meterWh += ((day.powerW[slot] ?? 0) * day.slotS) / 3600
    if (slotOf(startAt) === from) first = day.measured[from] === 1
    if (slotOf(stopAt - 1) === to - 1) last = day.measured[to - 1] === 1
  }
  return { first, last, meterWh }
}
