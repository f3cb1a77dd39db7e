/** Writes CSV as it comes, some thousand rows at a time, never faster than its stream takes them. */
import type { Writable } from 'node:stream'

/** A cell: `null` is written as nothing, a number as JavaScript writes it. */
export type Cell = string | number | null

const bufferedMax = 64 * 1024

export class CsvWriter {
  readonly #stream: Writable
  #buffered = ''

  /** Writes the header first; the stream belongs to the writer from here on. */
  constructor(stream: Writable, header: readonly string[]) {
    this.#stream = stream
    this.#buffered = lineOf(header)
    // A failing stream is told of by the write that fails; without a listener it would end the process instead.
    stream.on('error', () => {})
  }

  /** Writes a row; @throws what the stream fails with */
  async row(cells: readonly Cell[]): Promise<void> {
    this.#buffered += lineOf(cells)
    if (this.#buffered.length >= bufferedMax) await this.#flush()
  }

  /** Writes what is left and ends the stream; @throws what the stream fails with */
  async close(): Promise<void> {
    await this.#flush()
    await new Promise<void>((resolve, reject) => {
      this.#stream.once('error', reject)
      this.#stream.end(() => resolve())
    })
  }

  #flush(): Promise<void> {
    const text = this.#buffered
    this.#buffered = ''
    return new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(error) : resolve()))
    })
  }
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\n`
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  const text = String(cell)
  return typeof cell === 'string' && /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
