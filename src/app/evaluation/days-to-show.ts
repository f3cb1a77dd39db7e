/** Which days of an appliance tell most of a method: a good one, a median one, a bad one. */
import { runRules } from '../../disaggregate/run-rules.ts'
import { type DayCurve, energyWhOf } from '../../energy/load-curve.ts'
import type { SubMeter, SubMeteredHome } from './sub-metered-home.ts'

export interface ShownDay {
  readonly rank: 'good' | 'median' | 'bad'
  readonly day: DayCurve
  /** The sub-meter's power [W]; `null` where it or the meter was not measured. */
  readonly truthW: readonly (number | null)[]
  /** The same of the estimate. */
  readonly estimateW: readonly (number | null)[]
  readonly truthWh: number
  readonly estimateWh: number
  /** Σ |estimate − truth| / (Σ truth + Σ estimate), 0–1. */
  readonly errorShare: number
}

/** Where the three stand among all days, the best first; of one day or two, the only one, or the better and the worse. */
const ranks = { good: 0.1, median: 0.5, bad: 0.9 } as const
const ranksOfFew = [[], ['median'], ['good', 'bad']] as const
/** A day counts when this much of it was measured. */
const leastMeasuredShare = 0.8
/** A day counts when the appliance used this much, or was said to [Wh]; where it has no rule of its own. */
const leastEnergyWh = 20

/** The days to show; fewer than three where there are fewer, none where the appliance never worked. */
export function daysToShow(home: SubMeteredHome, meter: SubMeter, estimateW: Float32Array): ShownDay[] {
  const leastWh = runRules[meter.appliance]?.minWh ?? leastEnergyWh
  const days: Omit<ShownDay, 'rank'>[] = []
  let from = 0
  for (const day of home.days) {
    const to = from + day.powerW.length
    const one = dayOf(day, meter, estimateW, from, to)
    if (one !== undefined && Math.max(one.truthWh, one.estimateWh) >= leastWh) days.push(one)
    from = to
  }
  days.sort((a, b) => a.errorShare - b.errorShare || a.day.startAt - b.day.startAt)
  const shown = ranksOfFew[days.length] ?? (['good', 'median', 'bad'] as const)
  return shown.flatMap((rank) => {
    const day = days[Math.round(ranks[rank] * (days.length - 1))]
    return day === undefined ? [] : [{ rank, ...day }]
  })
}

function dayOf(day: DayCurve, { powerW, mask }: SubMeter, estimateW: Float32Array, from: number, to: number) {
  let [known, truth, estimate, error] = [0, 0, 0, 0]
  for (let slot = from; slot < to; slot++) {
    if (mask[slot] !== 1) continue
    known += 1
    truth += powerW[slot] ?? 0
    estimate += estimateW[slot] ?? 0
    error += Math.abs((estimateW[slot] ?? 0) - (powerW[slot] ?? 0))
  }
  if (known < leastMeasuredShare * (to - from) || truth + estimate === 0) return undefined
  const whereMeasured = (columnW: Float32Array) =>
    Array.from(columnW.subarray(from, to), (watts, slot) => (mask[from + slot] === 1 ? watts : null))
  return {
    day,
    truthW: whereMeasured(powerW),
    estimateW: whereMeasured(estimateW),
    truthWh: energyWhOf(truth, day.slotS),
    estimateWh: energyWhOf(estimate, day.slotS),
    errorShare: error / (truth + estimate),
  }
}
