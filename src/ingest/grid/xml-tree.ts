/** An XML document as a tree: for answers that are small enough to be held whole. Attributes are left out. */
import { type XmlTaker, xmlBody } from '../files/xml-body.ts'
import { SourceError } from './adapter.ts'

/** One element: its name without prefix, the text that stands directly in it, and what is in it. */
export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

/** The outermost element of a document. @throws {SourceError} `malformed` where it is no whole document */
export function xmlTree(xml: string): XmlElement {
  const taker = new TreeTaker()
  const body = xmlBody(taker)
  body.push(Buffer.from(xml))
  body.end()
  if (body.problem !== undefined || taker.root === undefined)
    throw new SourceError('malformed', `The answer is no XML: ${body.problem?.detail ?? 'it is empty'}.`)
  return taker.root
}

/** The children of that name. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}

/** The text of the first child of that name; empty where there is none. */
export function textIn(element: XmlElement | undefined, name: string): string {
  return childrenOf(element, name)[0]?.text ?? ''
}

class TreeTaker implements XmlTaker {
  readonly problem = undefined
  root: XmlElement | undefined
  readonly #open: XmlElement[][] = [[]]

  open(): void {
    this.#open.push([])
  }

  close(name: string, text: string): void {
    this.root = { name, text, children: this.#open.pop() ?? [] }
    this.#open.at(-1)?.push(this.root)
  }
}
