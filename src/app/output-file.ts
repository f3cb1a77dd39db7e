/** Files that a command writes, in place: their mode, their links and what they are mounted from stay. */
import { constants } from 'node:fs'
import { access, open, readlink, realpath, rm, stat, truncate } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { CommandRefusal } from './terminal.ts'

/** Where a path leads to, links followed, whether or not anything is there yet. */
export async function placeOfPath(path: string): Promise<string> {
  // Links that lead in a circle lead nowhere: whoever opens the path hears of it.
  const place = await realpath(path).catch(({ code }) => (code === 'ELOOP' ? resolve(path) : undefined))
  if (place !== undefined) return place
  const target = await readlink(path).catch(() => undefined)
  if (target !== undefined) return await placeOfPath(resolve(dirname(path), target))
  const folder = dirname(resolve(path))
  return join(await realpath(folder).catch(() => folder), basename(path))
}

/** What two paths share that are one file: where they lead to, or the file itself, which may have several names (hard links). */
export async function fileOfPath(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found?.isFile() === true ? `${found.dev} ${found.ino}` : await placeOfPath(path)
}

/** Says before any work whether a path can be written. @throws the system's error where it cannot */
export async function requireWritable(path: string): Promise<void> {
  const place = await placeOfPath(path)
  const found = await stat(place).catch(() => undefined)
  if (found?.isDirectory() === true || path.endsWith(sep))
    throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' })
  await access(found === undefined ? dirname(place) : place, constants.W_OK)
}

/** Exit codes of what these end. */
const endings = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Writes a file by a stream, which `write` ends. Where that fails or is stopped half-way, what was written is taken back: half an
 * answer looks like an answer.
 * @throws what the system or `write` fails with
 * @throws {CommandRefusal} where SIGINT or SIGTERM comes before the end
 */
export async function writeOutput(path: string, write: (stream: Writable) => Promise<void>): Promise<void> {
  const isNew = !(await exists(path))
  const file = await open(path, 'w')
  const isPlain = (await file.stat()).isFile()
  const stream = file.createWriteStream()
  const stopped = Promise.withResolvers<never>()
  const onSignal = (signal: keyof typeof endings) =>
    stopped.reject(new CommandRefusal(`${path} was not written to its end (${signal}).`, endings[signal]))
  // A pipe and a device keep nothing to take back.
  if (isPlain) process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  try {
    await Promise.race([write(stream), stopped.promise])
  } catch (error) {
    stream.destroy()
    if (isPlain) {
      await finished(stream).catch(() => undefined)
      await takeBack(path, isNew).catch(() => undefined)
    }
    throw error
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
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
