/** Which row is which, of rows that wait to be written: their numbers, lines and where their readings end. In columns that grow. */
export class RowBounds {
  count = 0
  #numbers: Float64Array
  #lines: Float64Array
  #ends: Uint32Array

  constructor(capacity: number) {
    this.#numbers = new Float64Array(capacity)
    this.#lines = new Float64Array(capacity)
    this.#ends = new Uint32Array(capacity)
  }

  push(number: number, line: number, end: number): void {
    if (this.count === this.#ends.length) this.#grow()
    this.#numbers[this.count] = number
    this.#lines[this.count] = line
    this.#ends[this.count] = end
    this.count++
  }

  /** The number of the row in its body, from 1. */
  numberOf(index: number): number {
    return this.#numbers[index] ?? 0
  }

  /** The line on which the row stands, 0 where it has none. */
  lineOf(index: number): number {
    return this.#lines[index] ?? 0
  }

  /** Where the row's readings begin: where those of the one before end. */
  startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0)
  }

  endOf(index: number): number {
    return this.#ends[index] ?? 0
  }

  clear(): void {
    this.count = 0
  }

  #grow(): void {
    const size = this.#ends.length * 2
    const grow = <T extends Float64Array | Uint32Array>(from: T, into: T): T => {
      into.set(from)
      return into
    }
    this.#numbers = grow(this.#numbers, new Float64Array(size))
    this.#lines = grow(this.#lines, new Float64Array(size))
    this.#ends = grow(this.#ends, new Uint32Array(size))
  }
}
