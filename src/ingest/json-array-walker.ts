/**
 * Walks through a JSON array piece by piece, or through an array of arrays, and hands its elements to a taker one by one,
 * so that memory does not grow with them. What an element means is the taker's.
 */
import { closeBracket, comma, openBracket } from './ascii.ts'
import type { BodyParser } from './body-parser.ts'
import type { BodyProblem, BodyRefusalCode } from './body-refusals.ts'
import { skipSpace } from './json-object-walker.ts'
import { parseJson, utf8Text } from './json-row.ts'
import { JsonValueReader } from './json-value-reader.ts'

/** Takes the elements as they come. */
export interface ElementTaker {
  /** Set once the body is refused; nothing is handed over after that. */
  readonly problem: BodyProblem | undefined
  /** An inner array begins. */
  openList(): void
  /** The next element, parsed; `tooLong` where it was longer than an element may be. */
  element(element: unknown, tooLong: boolean): void
  /** The array has ended. */
  end?(): void
}

type Expected = 'array' | 'elementOrEnd' | 'element' | 'commaOrEnd' | 'nothing'

export class JsonArrayWalker implements BodyParser {
  #problem: BodyProblem | undefined
  readonly #taker: ElementTaker
  readonly #levels: 1 | 2
  readonly #reader: JsonValueReader
  #expected: Expected = 'array'
  /** Arrays that are open. */
  #depth = 0

  /** @param levels 1 where the array's elements are taken, 2 where those of its inner arrays are */
  constructor(taker: ElementTaker, levels: 1 | 2, elementBytesMax: number) {
    this.#taker = taker
    this.#levels = levels
    this.#reader = new JsonValueReader(elementBytesMax)
  }

  get problem(): BodyProblem | undefined {
    return this.#problem ?? this.#taker.problem
  }

  push(piece: Buffer): void {
    let index = 0
    while (index < piece.length && this.problem === undefined) {
      if (!this.#reader.reading) index = skipSpace(piece, index)
      if (index >= piece.length) return
      if (this.#reader.reading || this.#isElementAt(piece[index])) index = this.#elementFrom(piece, index)
      else this.#punctuation(piece[index++])
    }
  }

  /** The input has ended; refuses an array that has not. */
  end(): boolean {
    if (this.#expected !== 'nothing') this.#refuse('json_incomplete', 'the JSON ends before its end')
    else this.#taker.end?.()
    return false
  }

  #isElementAt(byte: number | undefined): boolean {
    if (this.#depth < this.#levels) return false
    return this.#expected === 'element' || (this.#expected === 'elementOrEnd' && byte !== closeBracket)
  }

  #punctuation(byte: number | undefined): void {
    const isBefore = this.#expected === 'array' || this.#expected === 'element' || this.#expected === 'elementOrEnd'
    const mayEnd = this.#expected === 'elementOrEnd' || this.#expected === 'commaOrEnd'
    if (isBefore && byte === openBracket) this.#open()
    else if (mayEnd && byte === closeBracket) this.#expected = --this.#depth === 0 ? 'nothing' : 'commaOrEnd'
    else if (this.#expected === 'commaOrEnd' && byte === comma) this.#expected = 'element'
    else this.#refuse('json_malformed', 'the body is not JSON of this format')
  }

  #open(): void {
    this.#depth++
    this.#expected = 'elementOrEnd'
    if (this.#depth === 2) this.#taker.openList()
  }

  #elementFrom(piece: Buffer, from: number): number {
    const end = this.#reader.read(piece, from)
    if (this.#reader.tooDeep) this.#refuse('json_too_deep', 'the JSON is nested too deeply')
    if (end < 0) return piece.length
    const { bytes, start, end: stop, tooLong } = this.#reader
    const text = tooLong ? 'null' : utf8Text(bytes, start, stop)
    const value = text === undefined ? undefined : parseJson(text)
    if (text === undefined) this.#refuse('body_not_utf8', 'the body is not UTF-8 text')
    else if (value === undefined) this.#refuse('json_malformed', 'the body is not JSON')
    else this.#taker.element(value, tooLong)
    this.#expected = 'commaOrEnd'
    return end
  }

  #refuse(refusal: BodyRefusalCode, detail: string): void {
    this.#problem ??= { refusal, detail }
  }
}
