/**
 * How many bodies of readings are read at once: each holds a batch of some ten MiB, so that this bounds the memory they take.
 * Whoever comes when all places are taken is told when to come again, before a byte of its body is read.
 */
import { problem } from './problems.ts'

/** What a sender waits at least before it comes again [s]. */
const retryAfterS = 2

export interface ImportGate {
  /** Bodies that are being read. */
  readonly inside: number
  /**
   * Runs `work` in one of the places.
   * @throws {ApiProblem} `overloaded`, with `Retry-After`, where none is free or the doors for live meters are full
   */
  pass<T>(work: () => Promise<T>): Promise<T>
}

/** A gate with so many places; `isPressed` tells whether live messages already wait in numbers. */
export function importGate(places: number, isPressed: () => boolean): ImportGate {
  let inside = 0
  return {
    get inside() {
      return inside
    },
    pass: async (work) => {
      if (inside >= places || isPressed())
        throw problem('overloaded', undefined, { headers: { 'retry-after': String(retryAfterS) } })
      inside++
      try {
        return await work()
      } finally {
        inside--
      }
    },
  }
}
