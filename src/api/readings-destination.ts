/**
 * Where the readings of a body go: to one account, or to the accounts that have the PODs which the body names. Over HTTP
 * and on the command line alike. A dry run finds out what would become of every row, and writes nothing.
 */
import type { EpochMs, Interval } from '../energy/civil-time.ts'
import { normalisePod } from '../energy/pod.ts'
import { pickOf, type ReadingBatch } from '../energy/reading-batch.ts'
import { batchOutcomes, type PointReport, type WriteBatch } from '../ingest/index.ts'
import {
  type Account,
  AccountGoneError,
  type ClientId,
  ClosureMovedError,
  type Database,
  findAccountsOfPod,
  podTimeOf,
  weighBatch,
  writeBatch,
} from '../store/index.ts'

interface WriteOptions {
  readonly db: Database
  readonly now: EpochMs
  readonly dryRun: boolean
}

/** Everything into one account, while its supply lasts; rows that name another POD are rejected. */
export function oneAccount(account: Account, options: WriteOptions): WriteBatch {
  let standing = account
  const write: WriteBatch = async (batch, point) => {
    if (point !== undefined && podKeyOf(point) !== account.podKey) return { outcomes: rejected(batch, 'pod_other') }
    const outcomes = rejected(batch, 'after_closure')
    const taken = positionsWithin(batch, { fromAt: Number.NEGATIVE_INFINITY, toAt: podTimeOf(standing).toAt })
    try {
      const stored = await store(standing, partOf(batch, taken), options)
      for (const [index, position] of taken.entries()) outcomes[position] = stored[index] ?? 0
      return { outcomes }
    } catch (error) {
      if (!(error instanceof ClosureMovedError)) throw error
      standing = error.account
      return await write(batch, point)
    }
  }
  return write
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
    if (point === undefined) return { outcomes: rejected(batch, 'pod_missing') }
    const known = await this.#accountsOf(point)
    if (known.length === 0) return { outcomes: rejected(batch, 'pod_unknown') }
    const times = known.map(podTimeOf)
    const firstEndAt = Math.min(...times.map(({ toAt }) => toAt))
    const outcomes = Uint8Array.from(batch.at, (at) => (at < firstEndAt ? beforeSupply : afterClosure))
    const accounts: (string | undefined)[] = []
    for (const [index, account] of known.entries()) {
      const taken = positionsWithin(batch, times[index] ?? podTimeOf(account))
      const stored = await this.#storeInto(account, point, partOf(batch, taken))
      for (const [entry, position] of taken.entries()) {
        outcomes[position] = stored.outcomes[entry] ?? 0
        accounts[position] = stored.accounts?.[entry]
      }
    }
    return { outcomes, accounts }
  }

  /** The reports, with the account that has the POD now or had it last where none took rows; `null` where the client has none. */
  async withAccounts(reports: readonly PointReport[]): Promise<PointReport[]> {
    const named: PointReport[] = []
    for (const report of reports) {
      const latest = async () => (await this.#accountsOf(report.pod)).at(-1)?.accountNumber ?? null
      named.push({ ...report, account_number: report.account_number ?? (await latest()) })
    }
    return named
  }

  /** Where the account was deleted meanwhile, or its supply ends on another day than it did, the POD is looked up anew. */
  async #storeInto(account: Account, point: string, batch: ReadingBatch): ReturnType<WriteBatch> {
    try {
      const outcomes = await store(account, batch, this.#options)
      return { outcomes, accounts: Array.from(outcomes, () => account.accountNumber) }
    } catch (error) {
      if (!(error instanceof AccountGoneError || error instanceof ClosureMovedError)) throw error
      this.#known.delete(point)
      return await this.write(batch, point)
    }
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

/** The numbers of the store's outcomes are those of `batchOutcomes`, which begin with them. */
async function store(account: Account, batch: ReadingBatch, { db, now, dryRun }: WriteOptions): Promise<Uint8Array> {
  if (batch.at.length === 0) return new Uint8Array(0)
  return dryRun ? await weighBatch(db, account, batch) : await writeBatch(db, account, batch, { now })
}

function positionsWithin({ at }: ReadingBatch, { fromAt, toAt }: Interval): Uint32Array {
  return Uint32Array.from(at.keys()).filter((position) => {
    const instant = at[position] ?? 0
    return instant >= fromAt && instant < toAt
  })
}

function partOf(batch: ReadingBatch, positions: Uint32Array): ReadingBatch {
  return positions.length === batch.at.length ? batch : pickOf(batch, positions)
}

const beforeSupply = batchOutcomes.indexOf('before_supply')
const afterClosure = batchOutcomes.indexOf('after_closure')

function rejected(batch: ReadingBatch, code: (typeof batchOutcomes)[number]): Uint8Array {
  return new Uint8Array(batch.at.length).fill(batchOutcomes.indexOf(code))
}

function podKeyOf(point: string): string {
  return normalisePod(point)?.podKey ?? point
}
