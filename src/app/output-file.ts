/**
 * A file that a command writes: it appears whole, or what stood there stays.
 *
 * It is written beside its place and put there at the end. What is no plain file (`/dev/stdout`, a pipe) is written to as it comes.
 */
import { constants } from 'node:fs'
import { access, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'

export interface OutputFile {
  /** As it was named. */
  readonly path: string
  readonly stream: Writable
  /** Puts the file in its place, once its stream has ended. */
  readonly keep: () => Promise<void>
  /** Takes away what was written. */
  readonly discard: () => Promise<void>
}

/** Opens a file to be written. @throws the system's error where that is not allowed */
export async function openOutput(path: string): Promise<OutputFile> {
  const place = await placeOfPath(path)
  const found = await stat(place).catch(() => undefined)
  if (found !== undefined) await access(place, constants.W_OK)
  const isPlain = found?.isFile() ?? true
  const written = isPlain ? `${place}.part` : place
  const stream = (await open(written, 'w')).createWriteStream()
  return {
    path,
    stream,
    keep: async () => {
      if (isPlain) await rename(written, place)
    },
    discard: async () => {
      stream.destroy()
      if (isPlain) await rm(written, { force: true })
    },
  }
}

/** Where a path leads to, links followed; the path itself where nothing is yet. */
export async function placeOfPath(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path))
}
