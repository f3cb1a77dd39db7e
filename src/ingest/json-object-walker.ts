/**
 * Walks through one JSON object piece by piece, and hands its fields to a taker: small values whole, arrays element by
 * element, so that memory does not grow with them. What it refuses is the grammar; what fields mean is the taker's.
 */
import { closeBrace, closeBracket, colon, comma, isJsonSpace, openBrace, openBracket } from './ascii.ts'
import type { BodyProblem, BodyRefusalCode } from './body-refusals.ts'
import { parseJson, utf8Text } from './json-row.ts'
import { JsonValueReader } from './json-value-reader.ts'

/** Takes the fields of the object as they come. */
export interface FieldTaker {
  /** Set once the object is refused; nothing is handed over after that. */
  readonly problem: BodyProblem | undefined
  /** A field begins; says whether it must be an array. */
  openField(name: string): 'array' | 'value'
  /** The value of the field that is no array. */
  value(value: unknown): void
  /** The next element of the array, parsed from `text`; `tooLong` where it was longer than an element may be. */
  element(element: unknown, tooLong: boolean, text: string): void
  /** May take elements from the bytes at `from` in its own quick way, each with its comma; returns where to read on. */
  quickElements(piece: Buffer, from: number): number
  /** The object ends. */
  close(): void
}

/** What may come next. */
type Expected =
  | 'object'
  | 'keyOrEnd'
  | 'key'
  | 'colon'
  | 'value'
  | 'array'
  | 'commaOrEnd'
  | 'elementOrEnd'
  | 'element'
  | 'elementCommaOrEnd'
  | 'nothing'

export class JsonObjectWalker {
  #problem: BodyProblem | undefined
  readonly #taker: FieldTaker
  readonly #reader: JsonValueReader
  #expected: Expected = 'object'
  /** The pointer of the field under way. */
  #pointer = ''
  #fieldIs: 'array' | 'value' = 'value'

  constructor(taker: FieldTaker, valueBytesMax: number) {
    this.#taker = taker
    this.#reader = new JsonValueReader(valueBytesMax)
  }

  /** What is wrong with the object, by grammar or by the taker's word. */
  get problem(): BodyProblem | undefined {
    return this.#problem ?? this.#taker.problem
  }

  push(piece: Buffer): void {
    let index = 0
    while (index < piece.length && this.problem === undefined) {
      if (!this.#reader.reading) index = skipSpace(piece, index)
      if (index < piece.length) index = this.#step(piece, index)
    }
  }

  /** The input has ended; refuses an object that has not. */
  end(): void {
    if (this.#expected !== 'nothing') this.#refuse('json_incomplete', 'the JSON ends before its end')
  }

  /** Reads what begins or goes on at `index`; returns where to read on. */
  #step(piece: Buffer, index: number): number {
    const isValue = this.#expected === 'value' || this.#expected === 'element' || this.#expected === 'key'
    if (this.#reader.reading || isValue) return this.#valueFrom(piece, index)
    if (this.#expected === 'keyOrEnd' && piece[index] !== closeBrace) this.#expected = 'key'
    else if (this.#expected === 'elementOrEnd' && piece[index] !== closeBracket) this.#expected = 'element'
    else {
      this.#punctuation(piece[index])
      return index + 1
    }
    return index
  }

  #punctuation(byte: number | undefined): void {
    const next = nextAfter(this.#expected, byte, this.#fieldIs)
    if (next === undefined) {
      if (this.#expected === 'object') this.#refuse('json_not_an_object', 'a JSON body of readings is an object')
      else if (this.#expected === 'array') this.#refuse('field_invalid', 'the field is an array')
      else this.#refuse('json_malformed', 'the body is not JSON')
      return
    }
    this.#expected = next
    if (next === 'nothing') this.#taker.close()
  }

  #valueFrom(piece: Buffer, from: number): number {
    if (!this.#reader.reading && this.#expected === 'element') {
      const quickEnd = this.#taker.quickElements(piece, from)
      if (quickEnd > from) return quickEnd
    }
    const end = this.#reader.read(piece, from)
    if (this.#reader.tooDeep) this.#refuse('json_too_deep', 'the JSON is nested too deeply')
    if (end < 0) return piece.length
    this.#take()
    return end
  }

  /** Hands over the value that was read. */
  #take(): void {
    const { bytes, start, end, tooLong } = this.#reader
    const isElement = this.#expected === 'element'
    const text = tooLong && isElement ? 'null' : utf8Text(bytes, start, end)
    const value = text === undefined ? undefined : parseJson(text)
    if (tooLong && !isElement) this.#refuse('field_invalid', 'the name or value is too long')
    else if (text === undefined) this.#refuse('body_not_utf8', 'the body is not UTF-8 text')
    else if (value === undefined) this.#refuse('json_malformed', 'the body is not JSON')
    else this.#handOver(value, tooLong, text)
  }

  #handOver(value: unknown, tooLong: boolean, text: string): void {
    if (this.#expected === 'element') {
      this.#taker.element(value, tooLong, text)
      this.#expected = 'elementCommaOrEnd'
    } else if (this.#expected === 'value') {
      this.#taker.value(value)
      this.#expected = 'commaOrEnd'
    } else if (typeof value === 'string') {
      this.#pointer = pointerOf(value)
      this.#fieldIs = this.#taker.openField(value)
      this.#expected = 'colon'
    } else this.#refuse('json_malformed', 'the body is not JSON')
  }

  #refuse(refusal: BodyRefusalCode, detail: string): void {
    this.#problem ??= { refusal, detail, pointer: this.#pointer }
  }
}

/** The JSON pointer of a field of the object. */
export function pointerOf(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The index of the first byte from `from` on that is no white space. */
export function skipSpace(piece: Buffer, from: number): number {
  let index = from
  while (index < piece.length && isJsonSpace(piece[index] ?? 0)) index++
  return index
}

/** What may come after a byte of structure; `undefined` where the byte may not stand there. */
function nextAfter(expected: Expected, byte: number | undefined, fieldIs: 'array' | 'value'): Expected | undefined {
  switch (expected) {
    case 'object':
      return byte === openBrace ? 'keyOrEnd' : undefined
    case 'colon':
      return byte === colon ? fieldIs : undefined
    case 'array':
      return byte === openBracket ? 'elementOrEnd' : undefined
    case 'elementOrEnd':
      return byte === closeBracket ? 'commaOrEnd' : undefined
    case 'elementCommaOrEnd':
      return byte === comma ? 'element' : byte === closeBracket ? 'commaOrEnd' : undefined
    case 'commaOrEnd':
      return byte === comma ? 'key' : byte === closeBrace ? 'nothing' : undefined
    case 'keyOrEnd':
      return byte === closeBrace ? 'nothing' : undefined
    default:
      return undefined
  }
}
