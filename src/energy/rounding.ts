/**
 * Rounding for the wire: sums are taken unrounded and rounded once; parts of one total become integers that add up to
 * the rounded total exactly (largest remainder, Hamilton's method).
 */

/**
 * Integers for `parts` that add up to `Math.round(total)`: every part rounded down, then the missing units given to the
 * largest remainders (ties to the earlier part). Non-negative parts stay non-negative.
 * @param parts numbers of one unit, such as Wh per appliance
 * @param total their total, where it is known better than by adding them
 */
export function roundToTotal(parts: ArrayLike<number>, total = sumOf(parts)): number[] {
  const integers = new Array<number>(parts.length)
  let missing = Math.round(total)
  for (let index = 0; index < parts.length; index++) {
    const floor = Math.floor(parts[index] ?? 0)
    integers[index] = floor
    missing -= floor
  }
  while (missing > 0 && integers.length > 0) missing -= giveUnits(parts, integers, missing)
  while (missing < 0 && takeUnit(parts, integers)) missing++
  return integers
}

/** `value` to a number of decimals; a half that binary arithmetic puts a hair below is still a half. */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(value * scale * (1 + Number.EPSILON)) / scale
}

/** `value` to a number of significant digits; 0 stays 0. */
export function roundSignificant(value: number, digits: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(digits))
}

function sumOf(parts: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < parts.length; index++) sum += parts[index] ?? 0
  return sum
}

/** Gives one unit each to the `missing` largest remainders; returns how many were given. */
function giveUnits(parts: ArrayLike<number>, integers: number[], missing: number): number {
  const count = Math.min(missing, integers.length)
  const remainder = (index: number) => (parts[index] ?? 0) - Math.floor(parts[index] ?? 0)
  const order = integers.map((_, index) => index).sort((a, b) => remainder(b) - remainder(a) || a - b)
  for (const index of order.slice(0, count)) integers[index] = (integers[index] ?? 0) + 1
  return count
}

/** Takes one unit from the smallest remainder that has one to give (a total below the parts' floors). */
function takeUnit(parts: ArrayLike<number>, integers: number[]): boolean {
  let chosen = -1
  let smallest = Number.POSITIVE_INFINITY
  for (let index = 0; index < integers.length; index++) {
    const remainder = (parts[index] ?? 0) - (integers[index] ?? 0)
    if ((integers[index] ?? 0) > 0 && remainder < smallest) {
      chosen = index
      smallest = remainder
    }
  }
  if (chosen < 0) return false
  integers[chosen] = (integers[chosen] ?? 0) - 1
  return true
}
