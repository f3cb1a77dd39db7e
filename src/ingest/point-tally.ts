/** Counts what became of the rows of each point of delivery that a file names, for each account that took some of them. */

/** How many rows came to what. */
export interface Counts {
  accepted: number
  duplicates: number
  replaced: number
  rejected: number
}

/** What became of the rows of one POD, or of those that one of its accounts took. */
export interface PointReport {
  readonly pod: string
  /** The account that took the rows; absent where none did, or where all rows go to one. */
  readonly account_number?: string | null
  readonly accepted: number
  readonly duplicates: number
  readonly replaced: number
  readonly rejected_count: number
}

/** How many PODs a report names, each with all accounts that took its rows: memory stays bounded, whatever the file. */
export const reportedPointsMax = 10_000

export function emptyCounts(): Counts {
  return { accepted: 0, duplicates: 0, replaced: 0, rejected: 0 }
}

/** What became of the rows of one POD. */
interface PointCounts {
  rejected: number
  /** By the account that took them; `undefined` where all rows go to one. */
  readonly taken: Map<string | undefined, Omit<Counts, 'rejected'>>
}

export class PointTally {
  readonly #points = new Map<string, PointCounts>()

  /** @param account the account that took the row, where rows go to many */
  add(pod: string, count: keyof Counts, account?: string): void {
    if (!this.#points.has(pod) && this.#points.size >= reportedPointsMax) return
    const point = this.#points.getOrInsertComputed(pod, () => ({ rejected: 0, taken: new Map() }))
    if (count === 'rejected') point.rejected++
    else point.taken.getOrInsertComputed(account, () => ({ ...nothing }))[count]++
  }

  /** In the order in which the file names them. Rejected rows count with the last of the accounts that took others. */
  reports(): PointReport[] {
    return [...this.#points].flatMap(([pod, { rejected, taken }]) => {
      const accounts = taken.size === 0 ? [[undefined, nothing] as const] : [...taken]
      return accounts.map(([account, counts], index) => ({
        pod,
        ...(account === undefined ? {} : { account_number: account }),
        ...counts,
        rejected_count: index === accounts.length - 1 ? rejected : 0,
      }))
    })
  }
}

const nothing = { accepted: 0, duplicates: 0, replaced: 0 }
