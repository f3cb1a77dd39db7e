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

/** One class of a grouped distribution: `count` values lie between the class before and `upTo`. */
export interface GroupedClass {
  readonly upTo: number
  readonly count: number
}

/** The quantile of a grouped distribution that starts at 0, taking values as spread evenly within a class. */
export function quantileOfClasses(classes: readonly GroupedClass[], share: number): number {
  let rank = share * classes.reduce((sum, { count }) => sum + count, 0)
  let from = 0
  for (const { upTo, count } of classes) {
    if (rank <= count) return from + (rank / count) * (upTo - from)
    rank -= count
    from = upTo
  }
  return from
}
