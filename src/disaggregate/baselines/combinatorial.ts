/**
 * Combinatorial optimisation: in each slot on its own, the combination of states whose power is nearest to the meter's.
 * G. W. Hart, "Nonintrusive appliance load monitoring", Proc. IEEE 80(12), 1992; the usual yardstick of the trade.
 */
import type { Disaggregator } from '../engine.ts'
import { type Baseline, disaggregatorOf } from './baseline.ts'
import type { KnownStates, ProductStates } from './product-states.ts'

const baseline: Baseline = {
  model: 'combinatorial-1',
  statesMax: 65_536,
  prepare: (product) => {
    const order = orderOf(product)
    return (day, standbyW) => day.powerW.map((powerW) => nearestTo(powerW - standbyW, product.powersW, order))
  },
}

/** Combinatorial optimisation with what sub-meters of other homes taught. */
export function combinatorialOptimisation(known: KnownStates): Disaggregator {
  return disaggregatorOf(baseline, known)
}

/** The combinations by power, of equal ones the first. */
function orderOf({ count, powersW }: ProductStates): Uint32Array {
  return Uint32Array.from({ length: count }, (_, combination) => combination).sort(
    (a, b) => (powersW[a] ?? 0) - (powersW[b] ?? 0) || a - b,
  )
}

function nearestTo(targetW: number, powersW: Float64Array, order: Uint32Array): number {
  let low = 0
  let high = order.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((powersW[order[middle] ?? 0] ?? 0) < targetW) low = middle + 1
    else high = middle
  }
  const [above, below] = [order[low] ?? 0, order[Math.max(0, low - 1)] ?? 0]
  return Math.abs((powersW[below] ?? 0) - targetW) <= Math.abs((powersW[above] ?? 0) - targetW) ? below : above
}
