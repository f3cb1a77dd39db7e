/** Cuts pieces of a body into lines, which end in LF or CRLF; the last may end with the body. */
import { carriageReturn, lineFeed, space, tab } from './ascii.ts'

/** Takes lines: the bytes from `start` up to, not including, `end`, valid during the call alone. */
export interface LineTaker {
  line(bytes: Buffer, start: number, end: number): void
  /** A line longer than the longest; its bytes are gone. */
  tooLongLine(): void
  /** May take whole lines from `start` on in its own quick way; the first of them is number `line`. */
  quickLines?(bytes: Buffer, start: number, line: number): QuickLines
}

/** How many lines were taken, and where the next one begins. */
export interface QuickLines {
  readonly taken: number
  readonly end: number
}

export class LineCutter {
  readonly #taker: LineTaker
  /** The beginning of a line whose end is still to come. */
  readonly #held: Buffer
  #heldBytes = 0
  #lines = 0

  constructor(taker: LineTaker, lineBytesMax: number) {
    this.#taker = taker
    this.#held = Buffer.allocUnsafe(lineBytesMax)
  }

  /** The number of the line given last, from 1. */
  get lines(): number {
    return this.#lines
  }

  push(piece: Buffer): void {
    let start = this.#heldBytes === 0 ? this.#quick(piece, 0) : 0
    for (let end = piece.indexOf(lineFeed, start); end >= 0; end = piece.indexOf(lineFeed, start)) {
      if (this.#heldBytes === 0) this.#give(piece, start, end)
      else this.#giveHeld(piece, start, end)
      start = this.#quick(piece, end + 1)
    }
    this.#hold(piece, start, piece.length)
  }

  /** Gives the last line where no line end follows it. */
  end(): void {
    if (this.#heldBytes > 0) this.#giveHeld(this.#held, 0, 0)
  }

  #quick(piece: Buffer, start: number): number {
    const quick = this.#taker.quickLines?.(piece, start, this.#lines + 1)
    if (quick === undefined) return start
    this.#lines += quick.taken
    return quick.end
  }

  /** Counts on beyond the longest line, so that memory is bounded and the line is known to be too long. */
  #hold(bytes: Buffer, start: number, end: number): void {
    if (this.#heldBytes < this.#held.length) bytes.copy(this.#held, this.#heldBytes, start, end)
    this.#heldBytes += end - start
  }

  #giveHeld(bytes: Buffer, start: number, end: number): void {
    this.#hold(bytes, start, end)
    const length = this.#heldBytes
    this.#heldBytes = 0
    this.#give(this.#held, 0, length)
  }

  #give(bytes: Buffer, start: number, end: number): void {
    this.#lines++
    if (end - start > this.#held.length) this.#taker.tooLongLine()
    else this.#taker.line(bytes, start, bytes[end - 1] === carriageReturn && end > start ? end - 1 : end)
  }
}

/** Whether there is nothing but white space. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (bytes[index] !== space && bytes[index] !== tab) return false
  return true
}
