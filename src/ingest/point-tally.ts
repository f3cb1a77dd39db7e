/** Counts what became of the rows of each point of delivery that a file names. */

/** How many rows came to what. */
export interface Counts {
  accepted: number
  duplicates: number
  replaced: number
  rejected: number
}

/** What became of the rows of one POD. */
export interface PointReport {
  readonly pod: string
  readonly accepted: number
  readonly duplicates: number
  readonly replaced: number
  readonly rejected_count: number
}

/** How many PODs a report names: memory stays bounded, whatever the file. */
export const reportedPointsMax = 10_000

export function emptyCounts(): Counts {
  return { accepted: 0, duplicates: 0, replaced: 0, rejected: 0 }
}

export class PointTally {
  readonly #counts = new Map<string, Counts>()

  add(pod: string, count: keyof Counts): void {
    const known = this.#counts.get(pod)
    if (known !== undefined) known[count]++
    else if (this.#counts.size < reportedPointsMax) this.#counts.set(pod, { ...emptyCounts(), [count]: 1 })
  }

  /** In the order in which the file names them. */
  reports(): PointReport[] {
    return [...this.#counts].map(([pod, { rejected, ...counts }]) => ({ pod, ...counts, rejected_count: rejected }))
  }
}
