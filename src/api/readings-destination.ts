/**
 * Where the readings of a body go: to one account, or to the accounts that have the PODs which the body names. Over HTTP
 * and on the command line alike. A dry run finds out what would become of every row, and writes nothing.
 */
import type { EpochMs } from '../energy/civil-time.ts'
import { normalisePod } from '../energy/pod.ts'
import { pickOf, type ReadingBatch } from '../energy/reading-batch.ts'
import { batchOutcomes, type PointReport, type WriteBatch } from '../ingest/index.ts'
import {
  type Account,
  AccountGoneError,
  type ClientId,
  closedAtOf,
  type Database,
  findAccountsOfPod,
  weighBatch,
  writeBatch,
} from '../store/index.ts'

interface WriteOptions {
  readonly db: Database
  readonly now: EpochMs
  readonly dryRun: boolean
}

/** Everything into one account; rows that name another POD are rejected. */
export function oneAccount(account: Account, options: WriteOptions): WriteBatch {
  return async (batch, point) => {
    const isOther = point !== undefined && podKeyOf(point) !== account.podKey
    return { outcomes: isOther ? rejected(batch, 'pod_other') : await store(account, batch, options) }
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
    if (point === undefined) return { outcomes: rejected(batch, 'pod_missing') }
    const known = await this.#accountsOf(point)
    if (known.length === 0) return { outcomes: rejected(batch, 'pod_unknown') }
    const outcomes = rejected(batch, 'after_closure')
    const accounts: (string | undefined)[] = []
    let left = Uint32Array.from(batch.at.keys())
    for (const account of known) {
      const closedAt = closedAtOf(account) ?? Number.POSITIVE_INFINITY
      const taken = left.filter((position) => (batch.at[position] ?? 0) < closedAt)
      left = left.filter((position) => (batch.at[position] ?? 0) >= closedAt)
      const isAll = taken.length === batch.at.length
      const part = await this.#storeInto(account, point, isAll ? batch : pickOf(batch, taken))
      for (const [index, position] of taken.entries()) {
        outcomes[position] = part === undefined ? batchOutcomes.indexOf('pod_unknown') : (part[index] ?? 0)
        accounts[position] = part === undefined ? undefined : account.accountNumber
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

  /** `undefined` where the account was deleted meanwhile: it costs its own rows, and the POD is looked up anew. */
  async #storeInto(account: Account, point: string, batch: ReadingBatch): Promise<Uint8Array | undefined> {
    try {
      return await store(account, batch, this.#options)
    } catch (error) {
      if (!(error instanceof AccountGoneError)) throw error
      this.#known.delete(point)
      return undefined
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

function rejected(batch: ReadingBatch, code: (typeof batchOutcomes)[number]): Uint8Array {
  return new Uint8Array(batch.at.length).fill(batchOutcomes.indexOf(code))
}

function podKeyOf(point: string): string {
  return normalisePod(point)?.podKey ?? point
}
