/** Work in the background that comes again and again, one at a time. */

/** What is done, how often, and who hears of what fails. */
export interface Upkeep {
  /** Does it once. `signal` says that it should end early; its reason, thrown, is no failure. */
  readonly work: (signal: AbortSignal) => Promise<unknown>
  /** How often it begins [ms]; a turn is left out while the one before goes on. */
  readonly everyMs: number
  readonly onError: (error: unknown) => void
}

/** Does it at once and then again and again. @returns stops it, after what is under way */
export function keepDoing({ work, everyMs, onError }: Upkeep): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<unknown> | undefined
  const turn = () => {
    running ??= work(signal)
      .catch((error: unknown) => {
        if (!signal.aborted || error !== signal.reason) onError(error)
      })
      .finally(() => {
        running = undefined
      })
  }
  turn()
  const timer = setInterval(turn, everyMs)
  return async () => {
    stopping.abort()
    clearInterval(timer)
    await running
  }
}
