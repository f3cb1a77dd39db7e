/** Tells whether bytes that come piece by piece are UTF-8, however characters are cut. */
import type { BodyProblem } from '../body-refusals.ts'

export class Utf8Check {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  /** What is wrong with the text so far. */
  push(piece: Uint8Array): BodyProblem | undefined {
    return this.#try(() => this.#decoder.decode(piece, { stream: true }))
  }

  #try(decode: () => string): BodyProblem | undefined {
    try {
      decode()
      return undefined
    } catch {
      return { refusal: 'body_not_utf8', detail: 'the file is not UTF-8; save it as UTF-8 (it may be Latin-1)' }
    }
  }
}
