/** Files that a command writes, in place: their mode, their links and what they are mounted from stay. */
import { constants } from 'node:fs'
import { access, open, readlink, realpath, rm, stat, truncate } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'

/** Where a path leads to, links followed, whether or not anything is there yet: two paths with one place are one file. */
export async function placeOfPath(path: string): Promise<string> {
  const place = await realpath(path).catch(() => undefined)
  if (place !== undefined) return place
  const target = await readlink(path).catch(() => undefined)
  if (target !== undefined) return await placeOfPath(resolve(dirname(path), target))
  const folder = dirname(resolve(path))
  return join(await realpath(folder).catch(() => folder), basename(path))
}

/** Says before any work whether a path can be written. @throws the system's error where it cannot */
export async function requireWritable(path: string): Promise<void> {
  const place = await placeOfPath(path)
  await access((await exists(place)) ? place : dirname(place), constants.W_OK)
}

/**
 * Writes a file by a stream, which `write` ends. Where that fails half-way, what was written is taken back: half an answer looks like
 * an answer.
 * @throws what the system or `write` fails with
 */
export async function writeOutput(path: string, write: (stream: Writable) => Promise<void>): Promise<void> {
  const isNew = !(await exists(path))
  const file = await open(path, 'w')
  const isPlain = (await file.stat()).isFile()
  const stream = file.createWriteStream()
  try {
    await write(stream)
  } catch (error) {
    stream.destroy()
    // A pipe and a device keep nothing.
    if (isPlain) await takeBack(path, isNew).catch(() => undefined)
    throw error
  }
}

async function takeBack(path: string, isNew: boolean): Promise<void> {
  await truncate(path)
  if (isNew) await rm(await placeOfPath(path))
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
