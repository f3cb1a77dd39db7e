/** The running minimum around each slot, by the monotone queue of D. Lemire, Nordic Journal of Computing 13 (2006). */

/** The least value within `reach` slots on either side of each slot; windows are clipped at the ends. */
export function leastAround(valuesW: Float64Array, reach: number): Float64Array {
  const least = new Float64Array(valuesW.length)
  const queue = new Int32Array(valuesW.length)
  let [head, tail] = [0, 0]
  for (let seen = 0; seen < valuesW.length + reach; seen++) {
    if (seen < valuesW.length) {
      const valueW = valuesW[seen] ?? 0
      while (tail > head && (valuesW[queue[tail - 1] ?? 0] ?? 0) >= valueW) tail -= 1
      queue[tail++] = seen
    }
    const slot = seen - reach
    if (slot < 0) continue
    while ((queue[head] ?? 0) < slot - reach) head += 1
    least[slot] = valuesW[queue[head] ?? 0] ?? 0
  }
  return least
}
