/**
 * XML read by `sax` piece by piece, in bounded memory. Elements are handed over by their names without prefix. A document
 * type is refused: it can define entities that grow without bound, and no format here has one. Refused as well: elements
 * nested deeper than any format nests them, a text or an attribute that is longer than 64 KiB, too many attributes.
 */
import sax, { type QualifiedTag, type SAXParser, type Tag } from 'sax'
import type { BodyParser } from '../body-parser.ts'
import type { BodyProblem, BodyRefusalCode } from '../body-refusals.ts'

/** Takes the elements of a document as they come. */
export interface XmlTaker {
  /** Set once the document cannot be read any further. */
  readonly problem: BodyProblem | undefined
  open(name: string, attributes: Attributes, line: number): void
  /** The element ends; `text` is what stood directly in it, without white space around it. */
  close(name: string, text: string, line: number): void
}

/** Attributes of an element, by name without prefix. */
export type Attributes = Readonly<Record<string, string>>

const depthMax = 64
const attributesMax = 256
const textMax = 64 * 1024

/** A parser that hands the elements of a body to a taker. */
export function xmlBody(taker: XmlTaker): BodyParser {
  return new XmlBody(taker)
}

class XmlBody implements BodyParser {
  readonly #taker: XmlTaker
  readonly #sax: SAXParser = sax.parser(true, { position: true })
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #problem: BodyProblem | undefined
  /** The text so far of each open element. */
  readonly #texts: string[] = []
  #attributes = 0

  constructor(taker: XmlTaker) {
    this.#taker = taker
    this.#sax.onopentag = (tag) => this.#open(tag)
    this.#sax.onclosetag = (name) => this.#close(name)
    this.#sax.ontext = (text) => this.#text(text)
    this.#sax.oncdata = (text) => this.#text(text)
    this.#sax.onattribute = () => this.#attribute()
    this.#sax.ondoctype = () => this.#refuse('xml_doctype', 'the file has a document type (<!DOCTYPE …>)')
    this.#sax.onerror = (error) => this.#refuse('xml_malformed', `the XML cannot be read: ${firstLine(error.message)}`)
  }

  get problem(): BodyProblem | undefined {
    return this.#problem ?? this.#taker.problem
  }

  push(piece: Buffer): void {
    const text = this.#decoded(piece)
    if (text !== undefined && this.problem === undefined) this.#sax.write(text)
  }

  end(): boolean {
    if (this.problem !== undefined) return false
    this.#sax.onerror = () => this.#refuse('xml_incomplete', 'the XML ends before its end')
    this.#sax.close()
    return false
  }

  #decoded(piece: Buffer): string | undefined {
    try {
      return this.#decoder.decode(piece, { stream: true })
    } catch {
      this.#refuse('body_not_utf8', 'the file is not UTF-8; save it as UTF-8 (it may be Latin-1)')
      return undefined
    }
  }

  #open({ name, attributes }: Tag | QualifiedTag): void {
    this.#attributes = 0
    this.#texts.push('')
    if (this.#texts.length > depthMax) this.#refuse('xml_too_deep', 'the XML is nested too deeply')
    if (this.problem === undefined) this.#taker.open(localName(name), plainAttributes(attributes), this.#sax.line + 1)
  }

  #close(name: string): void {
    const text = this.#texts.pop() ?? ''
    if (this.problem === undefined) this.#taker.close(localName(name), text.trim(), this.#sax.line + 1)
  }

  #text(text: string): void {
    const last = this.#texts.length - 1
    const longer = `${this.#texts[last] ?? ''}${text}`
    if (longer.length > textMax) this.#refuse('line_too_long', 'a text in the XML is longer than 64 KiB')
    else if (last >= 0) this.#texts[last] = longer
  }

  #attribute(): void {
    if (++this.#attributes > attributesMax)
      this.#refuse('xml_malformed', `an element has over ${attributesMax} attributes`)
  }

  #refuse(refusal: BodyRefusalCode, detail: string): void {
    this.#problem ??= { refusal, detail: `${detail}, line ${this.#sax.line + 1}` }
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function plainAttributes(attributes: Tag['attributes'] | QualifiedTag['attributes']): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      localName(name),
      typeof value === 'string' ? value : value.value,
    ]),
  )
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
