/** Means and type-7 quantiles (Hyndman and Fan 1996, linear interpolation: the default of R, NumPy and spreadsheets). */

/**
 * The type-7 quantile of some numbers.
 * @param sorted ascending, at least one
 * @param share 0–1
 */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  const position = (sorted.length - 1) * share
  const below = Math.floor(position)
  const low = sorted[below] ?? Number.NaN
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low
  return low + (position - below) * (high - low)
}

/** The type-7 quantile of numbers in any order, at least one. */
export function quantile(values: readonly number[], share: number): number {
  return quantileOfSorted(
    values.toSorted((a, b) => a - b),
    share,
  )
}

/** The mean of at least one number. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
