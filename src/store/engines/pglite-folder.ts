/** The folder of the embedded database: created whole or not at all, opened by one process at a time. */
import { randomUUID } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type DataDirLock, lockDataDir } from './data-dir-lock.ts'
import { type PgliteClient, startPglite } from './pglite-client.ts'

/** PostgreSQL's major version in the PGlite this project depends on; its files are not read by another. */
const majorVersion = '18'

/** The folder was written by another major version of PostgreSQL. */
export class DataDirVersionError extends Error {
  override readonly name = 'DataDirVersionError'
}

/**
 * Opens the embedded database below `dataDir`, creating it on the first start.
 * @param onLost hears of an open database that is lost
 * @throws {DataDirLockedError} while another process has it open.
 * @throws {DataDirVersionError} where its files are of another PostgreSQL.
 */
export async function openPgliteFolder(dataDir: string, onLost?: (error: Error) => void): Promise<PgliteClient> {
  await makeFolder(dataDir)
  const lock = await lockDataDir(dataDir)
  try {
    const folder = join(dataDir, 'postgres')
    if (!existsSync(folder)) await createFolder(folder)
    await access(folder, constants.W_OK)
    await refuseOtherVersion(folder)
    return unlockingOnClose(await startPglite({ folder, purpose: 'serve' }, onLost), lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Makes a folder and those above it. Node's `recursive` never ends where the system makes none, as in `/proc`. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return
  await makeFolder(dirname(folder))
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    // Another process was quicker.
    if (error.code !== 'EEXIST') throw error
  })
}

/** Initialises beside the final name and renames; what earlier attempts left half-made goes first, and so does a failed one. */
async function createFolder(folder: string): Promise<void> {
  await removeHalfMade(folder)
  const beside = `${folder}.new-${randomUUID()}`
  try {
    const creator = await startPglite({ folder: beside, purpose: 'create' })
    await creator.close()
    await rename(beside, folder)
  } catch (error) {
    await removeHalfMade(folder)
    throw error
  }
}

async function removeHalfMade(folder: string): Promise<void> {
  const dataDir = dirname(folder)
  const names = await readdir(dataDir)
  const halfMade = names.filter((name) => name.startsWith(`${basename(folder)}.new-`))
  for (const name of halfMade) await rm(join(dataDir, name), { recursive: true, force: true })
}

async function refuseOtherVersion(folder: string): Promise<void> {
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(unknownWhereMissing)).trim()
  if (version === majorVersion) return
  throw new DataDirVersionError(
    `The database in ${folder} is of PostgreSQL ${version}; this version of Loadlens brings PostgreSQL ${majorVersion}.`,
  )
}

function unknownWhereMissing(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error
  return 'unknown'
}

function unlockingOnClose(client: PgliteClient, lock: DataDirLock): PgliteClient {
  return {
    query: client.query,
    close: async () => {
      try {
        await client.close()
      } finally {
        await lock.release()
      }
    },
  }
}
