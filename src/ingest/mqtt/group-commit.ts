/**
 * Group commit: what arrives while a batch is being made durable waits, and is the next batch. Each message's promise
 * settles when its batch is committed; nobody acknowledges before. A batch that fails is tried again, slower and
 * slower, until the server stops: the senders wait that long, which is what slows them down.
 */
export interface GroupCommitOptions<T> {
  /** Makes a batch durable. */
  readonly write: (batch: readonly T[]) => Promise<void>
  /** Messages per batch at most. */
  readonly batchMax: number
  /** How long a message is [bytes]. */
  readonly bytesOf: (item: T) => number
  /** Bytes per batch at most; a longer message is a batch of its own. */
  readonly batchBytesMax: number
  /** Hears of batches that failed; `true`: what is in it is at fault. Its messages are tried one by one, those at fault given up. */
  readonly onFailure: (error: unknown) => boolean
  /** Waits before a batch is tried again [ms]. */
  readonly pause?: (durationMs: number) => Promise<void>
}

interface Waiting<T> {
  readonly item: T
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The server stopped before the message was durable: whoever sent it sends it again. */
export class NotCommittedError extends Error {
  override readonly name = 'NotCommittedError'
}

const pauseMsMin = 100
const pauseMsMax = 5_000

export class GroupCommit<T> {
  readonly #options: GroupCommitOptions<T>
  #waiting: Waiting<T>[] = []
  #running: Promise<void> | undefined
  #writing = 0
  #stopping = false

  constructor(options: GroupCommitOptions<T>) {
    this.#options = options
  }

  /** Messages that are not durable yet. */
  get pending(): number {
    return this.#waiting.length + this.#writing
  }

  /** Resolves when the message is durable. @throws {NotCommittedError} where the server stops before */
  add(item: T): Promise<void> {
    if (this.#stopping) return Promise.reject(new NotCommittedError('The server is stopping.'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Takes no more; what is being written is finished, what fails now is given back to its senders. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#running
  }

  async #run(): Promise<void> {
    // Whatever arrives in the same turn of the event loop belongs to the same batch.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#nextCount())
      this.#writing = batch.length
      await this.#commit(batch)
      this.#writing = 0
    }
    this.#running = undefined
  }

  /** How many of those that wait make the next batch: at least one. */
  #nextCount(): number {
    const { batchMax, bytesOf, batchBytesMax } = this.#options
    const count = Math.min(batchMax, this.#waiting.length)
    let bytes = 0
    for (const [index, { item }] of this.#waiting.slice(0, count).entries()) {
      bytes += bytesOf(item)
      if (bytes > batchBytesMax) return Math.max(1, index)
    }
    return count
  }

  async #commit(batch: readonly Waiting<T>[]): Promise<void> {
    for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      try {
        await this.#options.write(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
        return
      } catch (error) {
        if (await this.#isHopeless(error, batch)) return
        await (this.#options.pause ?? sleep)(pauseMs)
      }
    }
  }

  /** Whether the batch is settled although it could not be written: the server stops, or the batch itself is at fault. */
  async #isHopeless(error: unknown, batch: readonly Waiting<T>[]): Promise<boolean> {
    const isAtFault = this.#options.onFailure(error)
    if (this.#stopping) {
      for (const { reject } of batch) reject(new NotCommittedError('The server is stopping.'))
      return true
    }
    if (!isAtFault) return false
    if (batch.length === 1) batch[0]?.resolve()
    else for (const one of batch) await this.#commit([one])
    return true
  }
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
