/**
 * Where the readings of a body go: to one account, or to the accounts that have the PODs which the body names. Over HTTP
 * and on the command line alike. A dry run finds out what would become of every row, and writes nothing.
 */
import { dayInterval, type EpochMs } from '../energy/civil-time.ts'
import { normalisePod } from '../energy/pod.ts'
import type { Reading } from '../energy/readings.ts'
import type { PointReport, RowRejectionCode, WriteBatch, WriteOutcome } from '../ingest/index.ts'
import {
  type Account,
  type ClientId,
  type Database,
  findAccountsOfPod,
  weighReadings,
  writeReadings,
} from '../store/index.ts'

type Outcome = WriteOutcome | RowRejectionCode

interface WriteOptions {
  readonly db: Database
  readonly now: EpochMs
  readonly dryRun: boolean
}

/** The instant from which an account takes no readings; `null` while its supply runs. */
export function closedAtOf({ closedOn, timeZone }: Account): EpochMs | null {
  return closedOn === null ? null : dayInterval(closedOn, timeZone).fromAt
}

/** Everything into one account; rows that name another POD are rejected. */
export function oneAccount(account: Account, options: WriteOptions): WriteBatch {
  return async (batch, point) => {
    const isOther = point !== undefined && podKeyOf(point) !== account.podKey
    return isOther ? batch.map(() => 'pod_other' as const) : await store(account, batch, options)
  }
}

/** How many PODs are remembered while a body is read. */
const rememberedMax = 10_000

/** Rows into the client's accounts, by the PODs that they name. */
export class AccountsByPod {
  readonly #clientId: ClientId
  readonly #options: WriteOptions
  readonly #known = new Map<string, Account[]>()

  constructor(clientId: ClientId, options: WriteOptions) {
    this.#clientId = clientId
    this.#options = options
  }

  readonly write: WriteBatch = async (batch, point) => {
    if (point === undefined) return batch.map(() => 'pod_missing' as const)
    const accounts = await this.#accountsOf(point)
    if (accounts.length === 0) return batch.map(() => 'pod_unknown' as const)
    const outcomes: Outcome[] = batch.map(() => 'after_closure')
    const taken = new Set<number>()
    for (const account of accounts) {
      const positions = positionsBefore(closedAtOf(account), batch, taken)
      const part = await store(account, readingsAt(batch, positions), this.#options)
      for (const [index, position] of positions.entries()) outcomes[position] = part[index] ?? 'after_closure'
    }
    return outcomes
  }

  /** The reports of PODs with the account that has each now, or had it last; `null` where the client has none. */
  async withAccounts(
    reports: readonly PointReport[],
  ): Promise<(PointReport & { readonly account_number: string | null })[]> {
    const named = []
    for (const report of reports) {
      const accounts = await this.#accountsOf(report.pod)
      named.push({ ...report, account_number: accounts.at(-1)?.accountNumber ?? null })
    }
    return named
  }

  async #accountsOf(point: string): Promise<readonly Account[]> {
    const known = this.#known.get(point)
    if (known !== undefined) return known
    if (this.#known.size >= rememberedMax) this.#known.clear()
    const accounts = await findAccountsOfPod(this.#options.db, this.#clientId, podKeyOf(point))
    this.#known.set(point, accounts)
    return accounts
  }
}

async function store(account: Account, readings: Reading[], { db, now, dryRun }: WriteOptions): Promise<Outcome[]> {
  if (readings.length === 0) return []
  return dryRun ? await weighReadings(db, account, readings) : await writeReadings(db, account, readings, { now })
}

/** Where readings stand that are older than `closedAt` and not taken yet; takes them. */
function positionsBefore(closedAt: EpochMs | null, batch: readonly Reading[], taken: Set<number>): number[] {
  const positions: number[] = []
  for (const [position, { at }] of batch.entries()) {
    if (taken.has(position) || (closedAt !== null && at >= closedAt)) continue
    taken.add(position)
    positions.push(position)
  }
  return positions
}

function readingsAt(batch: readonly Reading[], positions: readonly number[]): Reading[] {
  return positions.flatMap((position) => batch[position] ?? [])
}

function podKeyOf(point: string): string {
  return normalisePod(point)?.podKey ?? point
}
