/**
 * How much is done at once: bodies of readings that are read, each of which holds a batch of some ten MiB, and answers that worker
 * threads compute, each of which holds its packed days and waits for those before it. This bounds the memory they take.
 *
 * A body keeps its place while its sender is waited for; no client has more than half of the places (rounded up), so that
 * slow senders of one do not shut the door for the others. Whoever finds no place is told when to come again, before a byte
 * of its body, or of its days, is read.
 */
import type { ClientId } from '../store/index.ts'
import { problem } from './problems.ts'

/** What a client waits at least before it comes again [s]. */
const retryAfterS = 2

export interface Gate {
  /** How much is under way. */
  readonly inside: number
  /**
   * Runs `work` in one of the places.
   * @throws {ApiProblem} `overloaded`, with `Retry-After`, where none is free, the client has half of them or the doors for live
   * meters are full
   */
  pass<T>(client: ClientId, work: () => Promise<T>): Promise<T>
}

/** A gate with so many places; `isPressed` tells whether live messages already wait in numbers. */
export function gate(places: number, isPressed: () => boolean = () => false): Gate {
  const inside: ClientId[] = []
  return {
    get inside() {
      return inside.length
    },
    pass: async (client, work) => {
      const own = inside.filter((one) => one === client).length
      if (inside.length >= places || own >= Math.ceil(places / 2) || isPressed())
        throw problem('overloaded', undefined, { headers: { 'retry-after': String(retryAfterS) } })
      inside.push(client)
      try {
        return await work()
      } finally {
        inside.splice(inside.indexOf(client), 1)
      }
    },
  }
}
